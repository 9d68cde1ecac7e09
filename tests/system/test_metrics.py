"""GET /metrics of a worker that has work, as Prometheus' own client library reads it, and the
dashboard and the alert rules of docs/monitoring, which may use nothing that is not there."""

import json
import re
import signal
import urllib.error
import urllib.request

import yaml
from prometheus_client.parser import text_string_to_metric_families

import harness
import product
from kafka_broker import KafkaBroker

MONITORING = harness.ROOT / "docs" / "monitoring"
TABLE = "KafkaConnectorTest"
ROWS = 200
PASSWORD = "planted-Pa55word"
# What stands in PromQL besides names of metrics, label names among them.
PROMQL_WORDS = {
    "absent", "and", "by", "deriv", "histogram_quantile", "increase", "label_values", "max", "on",
    "rate", "sum", "clientId", "client_id", "connector", "instance", "le", "state", "topic"}


def setUpModule():
    product.ProductTest.broker = KafkaBroker()


def tearDownModule():
    product.ProductTest.broker.remove()


def used_names(expression):
    """The names of metrics in a PromQL expression."""
    without_texts = re.sub(r'"[^"]*"', "", expression)
    without_variables = re.sub(r"\$\w+", "", without_texts)
    without_durations = re.sub(r"\[\w*\]", "", without_variables)
    return set(re.findall(r"[a-zA-Z_]\w*", without_durations)) - PROMQL_WORDS


def dashboard_expressions():
    dashboard = json.loads((MONITORING / "grafana-dashboard.json").read_text())
    for panel in dashboard["panels"]:
        for target in panel.get("targets", []):
            yield target["expr"]
    for variable in dashboard["templating"]["list"]:
        if variable["type"] == "query":
            yield variable["query"]["query"]


def alert_expressions():
    for group in yaml.safe_load((MONITORING / "alert-rules.yml").read_text())["groups"]:
        for rule in group["rules"]:
            yield rule["expr"]


class Metrics(product.ProductTest):
    def scrape(self, worker):
        """The text, and {name: {labels: value}}."""
        accept = {"Accept": "application/openmetrics-text;version=1.0.0,text/plain;version=0.0.4"}
        request = urllib.request.Request(worker.url + "/metrics", headers=accept)
        with urllib.request.urlopen(request, timeout=10) as response:
            self.assertEqual(response.headers["Content-Type"],
                             "text/plain; version=0.0.4; charset=utf-8")
            text = response.read().decode()
        samples = {}
        for family in text_string_to_metric_families(text):
            self.assertTrue(family.documentation, family.name)
            self.assertNotEqual(family.type, "unknown", family.name)
            for sample in family.samples:
                series = samples.setdefault(sample.name, {})
                labels = frozenset(sample.labels.items())
                self.assertNotIn(labels, series, f"{sample.name} is there twice")
                series[labels] = sample.value
        return text, samples

    def value(self, samples, name, **labels):
        """Of the one series that has these labels."""
        found = [value for series, value in samples.get(name, {}).items()
                 if labels.items() <= dict(series).items()]
        self.assertEqual(len(found), 1, f"{name} with {labels}")
        return found[0]

    def test_a_worker_with_work(self):
        database = self.start_server()
        self.run_program("datapump", "datapump", "-t", 0, database.url)
        topic = f"Metrics.{TABLE}"
        source = self.source_properties("source", database, TABLE, topic_prefix="Metrics.",
                                        password=PASSWORD)
        sink = self.sink_properties("sink", database, topic, table_prefix="out_",
                                    password=PASSWORD)
        worker = self.start_worker(
            self.worker_properties(consumer_rdkafka_statistics_interval_ms=200,
                                   producer_rdkafka_statistics_interval_ms=200), source, sink)
        self.wait_until(lambda: TABLE in database.subscribed_tables(), "a table monitor")
        self.run_program("datapump", "datapump", "-n", ROWS, "-t", 1, "-d", 0, database.url)
        self.wait_for_rows(database, f"out_{TABLE}", ROWS)
        self.wait_until(lambda: self.all_told(worker), "metrics that tell of all rows")

        text, samples = self.scrape(worker)
        self.assertNotIn(PASSWORD, text)
        self.check_values(samples)
        self.check_commit(worker, samples)
        for expressions in (dashboard_expressions(), alert_expressions()):
            for expression in expressions:
                names = used_names(expression)
                self.assertTrue(names, expression)
                self.assertLessEqual(names, samples.keys(), expression)

    def all_told(self, worker):
        _, samples = self.scrape(worker)
        lag = samples.get("kafka_consumer_fetch_manager_records_lag_max", {})
        committed = samples["kafka_connect_sink_task_sink_record_active_count"]
        sent = samples["kafka_connect_source_task_source_record_write_total"]
        commits = samples["kafka_connect_sink_task_offset_commit_completion_total"]
        return (list(lag.values()) == [0] and list(committed.values()) == [0]
                and sum(commits.values()) > 0
                and list(sent.values()) == [ROWS] and samples.get("rdkafka_broker_up"))

    def check_values(self, samples):
        task = {"connector": "sink", "task": "0"}
        for dialect in ("kafka_connect_sink_task", "kafka_connect_sink_task_metrics"):
            for name in ("sink_record_read_total", "sink_record_send_total"):
                self.assertEqual(self.value(samples, f"{dialect}_{name}", **task), ROWS)
        self.assertEqual(
            self.value(samples, "kinetica_connect_sink_rows_inserted_total", **task), ROWS)
        inserts = self.value(samples, "kinetica_connect_sink_inserts_total", **task)
        self.assertEqual(
            self.value(samples, "kinetica_connect_sink_insert_seconds_count", **task), inserts)
        for name, connector in (("sink_latency", "sink"), ("source_latency", "source")):
            self.assertEqual(self.value(samples, f"kinetica_connect_{name}_seconds_count",
                                        connector=connector, task="0"), ROWS)
        self.assertEqual(self.value(samples, "kafka_connect_worker_connector_count"), 2)
        self.assertEqual(self.value(samples, "kafka_connect_connect_worker_metrics_connector_count",
                                    connector="aggregate"), 2)
        self.assertEqual(self.value(samples, "kafka_connect_worker_connector_running_task_count",
                                    connector="source"), 1)
        self.assertEqual(self.value(samples, "kafka_connect_connector_status", connector="sink",
                                    status="running"), 1)
        self.assertEqual(self.value(samples, "kafka_connect_connector_metrics", connector="sink",
                                    connector_class=product.SINK_CLASS), 1)
        for state in ("running", "waiting", "stalled", "failed"):
            self.assertEqual(self.value(samples, "kinetica_connect_task_state", **task,
                                        state=state), 1 if state == "running" else 0)

    def check_commit(self, worker, samples):
        """The one that the program says it was built from, wherever it says so."""
        with urllib.request.urlopen(worker.url + "/", timeout=10) as response:
            commit = json.load(response)["commit"]
        self.assertRegex(commit, "^([0-9a-f]{16}|unknown)$")
        self.assertEqual(self.value(samples, "kafka_connect_app_info", commit_id=commit), 1)

    def health(self, worker):
        """(status, body) of GET /health."""
        try:
            with urllib.request.urlopen(worker.url + "/health", timeout=10) as response:
                return response.status, json.loads(response.read())
        except urllib.error.HTTPError as error:
            return error.code, json.loads(error.read())

    def test_a_task_that_makes_no_progress_is_unhealthy(self):
        topic = "Stalled"
        database = self.start_server()
        database.create_table(topic, {"id": ("long", "primary_key")})
        worker = self.start_worker(self.worker_properties(task_stall_timeout_ms=1000),
                                   self.sink_properties("sink", database, topic))
        self.wait_running(worker, "sink")
        server = self.processes[0].child
        server.send_signal(signal.SIGSTOP)
        try:
            self.broker.produce(topic, [json.dumps({"id": key}) for key in range(500)])
            status, body = self.wait_until(
                lambda: (self.health(worker)[0] == 500 and self.health(worker)),
                "a worker that is unhealthy")
            self.assertEqual((status, body["status"]), (500, "unhealthy"))
            self.assertIn("Task sink-0 has work and has made no progress for", body["message"])
            _, samples = self.scrape(worker)
            task = {"connector": "sink", "task": "0"}
            self.assertEqual(self.value(samples, "kinetica_connect_task_unhealthy", **task), 1)
            self.assertEqual(
                self.value(samples, "kinetica_connect_task_state", **task, state="stalled"), 1)
        finally:
            server.send_signal(signal.SIGCONT)
        self.wait_for_rows(database, topic, 500, seconds=60)
        self.wait_until(lambda: self.health(worker)[0] == 200, "a worker that is healthy again")

    def test_kinetica_that_leaves_a_source_is_told(self):
        database = self.start_server()
        database.create_table("Leaving", {"id": ("int",)})
        worker = self.start_worker(self.worker_properties(task_stall_timeout_ms=1000),
                                   self.source_properties("source", database, "Leaving"))
        self.wait_running(worker, "source")
        self.assertEqual(self.health(worker)[0], 200)
        self.processes[0].kill()
        self.wait_for_trace(worker, "source", database.url)
        self.wait_until(lambda: self.health(worker)[0] == 500, "a worker that is unhealthy")
        message = self.health(worker)[1]["message"]
        self.assertIn("Task source-0 has been waiting for", message)
        self.assertIn(database.url, message)
        _, samples = self.scrape(worker)
        self.assertEqual(
            self.value(samples, "kinetica_connect_task_state", connector="source", task="0",
                       state="waiting"), 1)

    def test_kinetica_that_is_away_is_told(self):
        nowhere = f"http://127.0.0.1:{product.free_port()}"
        worker = self.start_worker(self.worker_properties(task_stall_timeout_ms=1000),
                                   self.sink_properties("sink", nowhere, "Nothing"))
        address = nowhere.removeprefix("http://")
        self.wait_for_trace(worker, "sink", address)
        self.wait_until(lambda: self.health(worker)[0] == 500, "a worker that is unhealthy")
        message = self.health(worker)[1]["message"]
        self.assertIn("Task sink-0 has been waiting for", message)
        self.assertIn(address, message)
        _, samples = self.scrape(worker)
        task = {"connector": "sink", "task": "0"}
        self.assertEqual(
            self.value(samples, "kinetica_connect_task_state", **task, state="waiting"), 1)
        self.assertEqual(self.value(samples, "kinetica_connect_task_unhealthy", **task), 1)
        self.assertEqual(self.value(samples, "kafka_connect_worker_connector_unassigned_task_count",
                                    connector="sink"), 1)
        self.assertEqual(self.value(samples, "kafka_connect_worker_task_startup_attempts_total"), 0)


if __name__ == "__main__":
    product.main()
