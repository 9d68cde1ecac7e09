#!/usr/bin/env python3
"""Secrets stand wherever they can: none is seen in the log at its most talkative, in what the REST
API answers, in metrics, in the offset file or in the dead letters."""

import json
import urllib.error
import urllib.request

import product
from kafka_broker import KafkaBroker

PLAIN = "org.apache.kafka.common.security.plain.PlainLoginModule"
FILE_PROVIDER = "org.apache.kafka.common.config.provider.FileConfigProvider"
OAUTH = "org.apache.kafka.common.security.oauthbearer.OAuthBearerLoginModule"
AVRO = "io.confluent.connect.avro.AvroConverter"
REST_PATHS = ("", "?expand=info", "?expand=status", "?expand=info&expand=status", "/{0}",
              "/{0}/config", "/{0}/status", "/{0}/tasks", "/{0}/tasks/0/status", "/{0}/offsets",
              "/{0}/topics", "/{0}/tasks-config")


def setUpModule():
    product.ProductTest.broker = KafkaBroker()


def tearDownModule():
    product.ProductTest.broker.remove()


def call(url, body=None, method=None):
    """(status, text) of a request, whatever it is answered with."""
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(url, data=data, method=method,
                                     headers={"Content-Type": "application/json"})
    try:
        with urllib.request.urlopen(request, timeout=30) as response:
            return response.status, response.read().decode(errors="replace")
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode(errors="replace")


class Plants:
    """Secrets, each another one, so that a leak says where it comes from."""

    def __init__(self):
        self.all = []

    def secret(self, place):
        self.all.append(f"s3cret-{len(self.all)}-{place}")
        return self.all[-1]

    def jaas(self, place):
        return f'{PLAIN} required username="u" password="{self.secret(place)}";'

    def found_in(self, text):
        return [one for one in self.all if one in text]


class Secrets(product.ProductTest):
    def setUp(self):
        super().setUp()
        self.plants = Plants()
        self.seen = {}  # what was read, by where

    def provided(self, place):
        """A reference to a config provider whose value is a secret."""
        path = self.folder / "secrets.properties"
        key = f"key{len(self.plants.all)}"
        with open(path, "a") as file:
            file.write(f"{key}={self.plants.secret(place)}\n")
        return f"${{file:{path}:{key}}}"

    def planted_worker(self):
        plants = self.plants
        registry = f"http://u:{plants.secret('registry-url')}@127.0.0.1:1"
        return {
            **self.worker_properties(),
            "config.providers": "file",
            "config.providers.file.class": FILE_PROVIDER,
            "security.protocol": "PLAINTEXT",
            "sasl.jaas.config": plants.jaas("worker-jaas"),
            "ssl.truststore.password": plants.secret("worker-truststore"),
            "ssl.keystore.password": plants.secret("worker-keystore"),
            "ssl.key.password": plants.secret("worker-key"),
            "ssl.keystore.key": plants.secret("worker-pem"),
            "consumer.sasl.jaas.config": plants.jaas("consumer-jaas"),
            "consumer.ssl.truststore.password": self.provided("consumer-truststore"),
            "producer.sasl.jaas.config": plants.jaas("producer-jaas"),
            "producer.sasl.oauthbearer.client.secret": plants.secret("producer-oauth"),
            "admin.sasl.jaas.config": plants.jaas("admin-jaas"),
            "schema.registry.url": registry,
            "basic.auth.user.info": "u:" + plants.secret("worker-user-info"),
            "basic.auth.credentials.source": "USER_INFO",
            "schema.registry.ssl.key.password": plants.secret("registry-key"),
            "bearer.auth.token": plants.secret("bearer"),
            "bearer.auth.client.secret": plants.secret("bearer-client"),
        }

    def planted(self, properties):
        plants = self.plants
        name = properties["name"]
        return {
            **properties,
            "kinetica.username": "u",
            "kinetica.password": plants.secret(f"{name}-password"),
            "kinetica.oauth_token": "",
            "kinetica.ssl.truststore.password": plants.secret(f"{name}-truststore"),
            "kinetica.ssl.keystore.password": self.provided(f"{name}-keystore"),
            "kinetica.ssl.key.password": plants.secret(f"{name}-key"),
            "consumer.override.sasl.jaas.config": plants.jaas(f"{name}-consumer"),
            "producer.override.sasl.jaas.config": plants.jaas(f"{name}-producer"),
            "admin.override.ssl.key.password": plants.secret(f"{name}-admin"),
            "transforms": "tag",
            "transforms.tag.type": "org.apache.kafka.connect.transforms.InsertField$Value",
            "transforms.tag.static.field": "tag",
            "transforms.tag.static.value": self.provided(f"{name}-transform"),
            "unknown.password": plants.secret(f"{name}-unknown"),
            "errors.log.enable": "true",
        }

    def look_at_everything(self, worker, *connectors):
        """All that the REST API says, and all that was written."""
        for path in ("/", "/metrics", "/connector-plugins", "/admin/loggers", "/health"):
            self.seen[path] = call(worker.url + path)[1]
        for connector in connectors:
            stored = json.loads(call(f"{worker.url}/connectors/{connector}/config")[1])
            # What was shown is taken back, and what is wrong is told, without a secret either.
            for body in (stored, {**stored, "kinetica.url": "x", "tasks.max": "many"}):
                path = f"/connector-plugins/{stored['connector.class']}/config/validate"
                self.seen[f"{path} {body['tasks.max']}"] = call(worker.url + path, body, "PUT")[1]
                path = f"/connectors/{connector}/config"
                self.seen[f"PUT {path} {body['tasks.max']}"] = call(worker.url + path, body,
                                                                   "PUT")[1]
            for path in REST_PATHS:
                path = "/connectors" + path.format(connector)
                self.seen[path] = call(worker.url + path)[1]

    def check_nothing_is_seen(self, process):
        self.seen["the log"] = process.err
        self.seen["standard output"] = process.out
        offsets = self.folder / "connect.offsets"
        if offsets.exists():
            self.seen["the offset file"] = offsets.read_bytes().decode("latin-1")
        leaks = {where: self.plants.found_in(text) for where, text in self.seen.items()}
        self.assertEqual({where: found for where, found in leaks.items() if found}, {})

    def say_everything(self, worker):
        """The log at a level below that of --verbose."""
        status, changed = call(worker.url + "/admin/loggers/root", {"level": "TRACE"}, "PUT")
        self.assertEqual(status, 200)
        self.assertIn("org.apache.kafka.clients", json.loads(changed))

    def launch(self, properties, *connectors):
        files = [self.write_properties("worker.properties", properties)]
        files += [self.write_properties(f"{one['name']}.properties", one) for one in connectors]
        return self.start("worker", "--verbose", "standalone", *files)

    def test_a_worker_that_works(self):
        database = self.start_server()
        database.create_table("Seen", {"id": ("long", "primary_key"), "tag": ("string",)})
        sink = self.planted(self.sink_properties("sink", database, "Planted"))
        source = self.planted(self.source_properties("source", database, "Seen"))
        # The first is what the worker needs; both fail for what does not concern secrets here.
        self.broker.produce("Planted", [json.dumps({"id": 1}), "no JSON"])
        process = self.launch(self.planted_worker(), sink, source)
        worker = product.Worker(process, process.wait_ready())
        self.say_everything(worker)
        self.wait_for_task(worker, "sink", "FAILED")
        self.wait_for_task(worker, "source", "RUNNING")
        # One that is made over REST.
        made = {name: str(value) for name, value in self.planted(
            self.sink_properties("made", database, "Planted")).items()}
        self.seen["POST"] = call(worker.url + "/connectors", {"name": "made", "config": made})[1]
        wrong = {**made, "name": "wrong", "kinetica.batch_size": self.provided("number")}
        wrong["kinetica.password"] = self.plants.secret("wrong")
        self.seen["POST wrong"] = call(worker.url + "/connectors",
                                       {"name": "wrong", "config": {**wrong, "tasks.max": "0"}})[1]
        self.assertIn("[hidden]", self.seen["POST"])
        self.wait_for_task(worker, "made", "FAILED")
        self.look_at_everything(worker, "sink", "source", "made")
        config = json.loads(self.seen["/connectors/sink/config"])
        self.assertEqual(config["kinetica.password"], "[hidden]")
        self.assertEqual(config["transforms.tag.static.value"],
                         sink["transforms.tag.static.value"])
        self.assertIn("DEBUG", process.err)
        process.terminate()
        self.check_nothing_is_seen(process)

    def test_parties_that_are_away_or_refuse(self):
        """A registry and a database that nobody answers for, reached with credentials."""
        plants = self.plants
        converter = {
            "value.converter": AVRO,
            "value.converter.schema.registry.url":
                f"http://u:{plants.secret('own-registry-url')}@127.0.0.1:1",
            "value.converter.basic.auth.credentials.source": "URL",
        }
        avro = self.planted({**self.sink_properties("avro", "http://127.0.0.1:1", "Away"),
                             **converter, "errors.retry.timeout": "1"})
        away = self.planted(self.sink_properties("away", "http://127.0.0.1:1", "Away"))
        database = self.start_server()
        oauth = self.planted({
            **self.sink_properties("oauth", database, "Framed"), **converter,
            "value.converter.bearer.auth.credentials.source": "OAUTHBEARER",
            "value.converter.bearer.auth.issuer.endpoint.url":
                f"http://u:{plants.secret('issuer-url')}@127.0.0.1:1/token",
            "value.converter.bearer.auth.client.id": "c",
            "value.converter.bearer.auth.client.secret": plants.secret("registry-client"),
            "errors.retry.timeout": "1"})
        login = self.planted(self.sink_properties("login", database, "Away"))
        login.update({
            "consumer.override.security.protocol": "SASL_PLAINTEXT",
            "consumer.override.sasl.mechanism": "OAUTHBEARER",
            "consumer.override.sasl.oauthbearer.token.endpoint.url":
                f"http://u:{plants.secret('token-url')}@127.0.0.1:1/token",
            "consumer.override.sasl.login.retry.backoff.max.ms": "100",
            "consumer.override.sasl.jaas.config":
                f'{OAUTH} required clientId="c" clientSecret="{plants.secret("login-client")}";'})
        # What a provider gives turns up in a message at run time: the host that is not there.
        host = plants.secret("host")
        (self.folder / "secrets.properties").write_text(
            (self.folder / "secrets.properties").read_text() + f"host={host}\n")
        lost = self.planted(self.sink_properties(
            "lost", f"http://${{file:{self.folder / 'secrets.properties'}:host}}:1", "Away"))
        self.broker.produce("Away", [json.dumps({"id": 1})])
        self.broker.produce("Framed", ["\0\0\0\0\1x"])  # as of a registry's schema 1
        names = ("avro", "away", "lost", "oauth", "login")
        process = self.launch(self.planted_worker(), avro, away, lost, oauth, login)
        worker = product.Worker(process, process.wait_ready())
        self.say_everything(worker)
        self.wait_for_trace(worker, "away", "127.0.0.1:1")
        self.wait_for_trace(worker, "lost", "[hidden]")
        self.wait_until(lambda: worker.task("avro")[1], "a trace of the registry")
        for name in ("oauth", "login"):
            self.wait_for_trace(worker, name, "OAuth provider")
        self.look_at_everything(worker, *names)
        process.terminate()
        self.check_nothing_is_seen(process)

    def test_files_at_fault(self):
        """Every secret in a place where it is wrong: the faults name the properties."""
        sink = self.planted(self.sink_properties("sink", "http://127.0.0.1:1", "Faulty"))
        sink.update({
            "kinetica.batch_size": self.provided("batch-size"),
            "consumer.override.security.protocol": "SASL_SSL",
            "consumer.override.sasl.mechanism": "PLAIN",
            "consumer.override.sasl.jaas.config":
                f"{PLAIN} required username=u password={self.plants.secret('unquoted')}+x;",
            "kinetica.url": f"http://u:{self.plants.secret('database-url')}@127.0.0.1:1",
            "kinetica.ssl.truststore.location": self.folder / "worker.properties",
            "transforms.tag.type": self.provided("class"),
        })
        worker = self.planted_worker()
        worker.update({"offset.flush.interval.ms": self.provided("interval"),
                       "listeners": f"http://{self.provided('listener')}:x"})
        process = self.launch(worker, sink)
        self.assertEqual(process.wait(), 1)
        for name in ("kinetica.batch_size", "consumer", "kinetica.ssl.truststore.location",
                     "offset.flush.interval.ms"):
            self.assertIn(name, process.err)
        self.check_nothing_is_seen(process)


if __name__ == "__main__":
    product.main()
