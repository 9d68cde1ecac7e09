// session.js HOST PORT PLUGIN CONFIG: every call of the npm package kafka-connect-client, once or more, on a worker that has
// no connectors yet; prints a line of JSON a call: its name, the status, the data. CONFIG is that of a sink connector; PLUGIN
// its class's last name.
"use strict";

const { KafkaConnectClient } = require("kafka-connect-client");

const [host, port, plugin, configText] = process.argv.slice(2);
const config = JSON.parse(configText);
const client = new KafkaConnectClient({ host, port: Number(port) });
const connector = client.connector("npm");
const ATTEMPTS = 200;

async function call(name, request) {
  let answer;
  try {
    answer = await request();
  } catch (error) {
    if (!error.response) throw error;
    answer = error.response;
  }
  console.log(JSON.stringify({ call: name, status: answer.status, body: answer.data === "" ? null : answer.data }));
}

async function untilState(state) {
  for (let attempt = 0; attempt < ATTEMPTS; ++attempt) {
    const { data } = await connector.getStatus();
    const states = [data.connector, ...data.tasks].map((part) => part.state);
    if (states.every((one) => one === state)) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`the connector is not ${state}`);
}

async function main() {
  await call("getCluster", () => client.getCluster());
  await call("getConnectors", () => client.getConnectors());
  await call("getConnectorPlugins", () => client.getConnectorPlugins());
  await call("getConnectorPlugins of all kinds", () => client.getConnectorPlugins({ connectorsOnly: false }));
  await call("validateConnectorConfig", () => client.validateConnectorConfig(plugin, { ...config, name: "npm" }));
  await call("createConnector", () => client.createConnector("npm", config));
  await untilState("RUNNING");
  await call("createConnector again", () => client.createConnector("npm", config));
  await call("getConnectors expanded", () => client.getConnectors({ expand: "status" }));
  await call("get", () => connector.get());
  await call("getConfig", () => connector.getConfig());
  await call("getStatus", () => connector.getStatus());
  await call("getTasks", () => connector.getTasks());
  await call("getTaskStatus", () => connector.getTaskStatus(0));
  await call("restartTask", () => connector.restartTask(0));
  await untilState("RUNNING");
  await call("restart", () => connector.restart());
  await call("restart with options", () => connector.restart({ includeTasks: true, onlyFailed: false }));
  await untilState("RUNNING");
  await call("updateConfig", () => connector.updateConfig({ ...config, name: "npm", "errors.log.enable": "true" }));
  await untilState("RUNNING");
  await call("pause", () => connector.pause());
  await call("resume", () => connector.resume());
  await call("resetTopics", () => connector.resetTopics());
  await call("stop", () => connector.stop());
  await call("getOffsets", () => connector.getOffsets());
  await call("delete", () => connector.delete());
  await call("get of what is gone", () => connector.get());
}

main().catch((error) => {
  console.error(error);
  process.exit(1);
});
