"""Connectors that are made, moved and ended over REST, on a real Apache Kafka: what the embedded
broker cannot do (a group's offsets, topics that are created) and what must not be lost or doubled
while connectors are paused, restarted and replaced."""

import json
import urllib.error
import urllib.request

import product
from kafka_broker import KafkaBroker

COLUMNS = {"id": ("long",), "name": ("string", "char32")}


def setUpModule():
    product.ProductTest.broker = KafkaBroker(num_partitions=2)


def tearDownModule():
    product.ProductTest.broker.remove()


class Rest(product.ProductTest):
    def setUp(self):
        super().setUp()
        self.database = self.start_server()
        self.worker = self.start_worker(self.worker_properties())

    def call(self, method, path, body=None):
        """Status and body of an answer."""
        request = urllib.request.Request(
            self.worker.url + path, method=method,
            data=None if body is None else json.dumps(body).encode(),
            headers={"Content-Type": "application/json"})
        try:
            with urllib.request.urlopen(request, timeout=60) as response:
                status, text = response.status, response.read().decode()
        except urllib.error.HTTPError as error:
            status, text = error.code, error.read().decode()
        return status, json.loads(text) if text else None

    def expect(self, status, method, path, body=None):
        answered, answer = self.call(method, path, body)
        self.assertEqual(answered, status, answer)
        return answer

    def offsets(self, name):
        return self.expect(200, "GET", f"/connectors/{name}/offsets")["offsets"]

    def test_offsets_of_a_sink_are_those_of_its_group(self):
        broker = self.broker
        broker.partitions("numbers")
        broker.produce("numbers", [json.dumps({"id": n}) for n in range(10)], partition=0)
        sink = self.sink_properties("s", self.database, "numbers")
        del sink["name"]
        self.expect(201, "POST", "/connectors", {"name": "s", "config": sink})
        self.wait_for_rows(self.database, "numbers", 10)
        self.wait_until(lambda: self.offsets("s") == [
            {"partition": {"kafka_partition": 0, "kafka_topic": "numbers"},
             "offset": {"kafka_offset": 10}}], "the committed offset")
        self.expect(400, "DELETE", "/connectors/s/offsets")
        self.expect(204, "PUT", "/connectors/s/stop")

        def at(offset, topic="numbers", partition=0):
            return {"offsets": [{"partition": {"kafka_topic": topic, "kafka_partition": partition},
                                 "offset": offset}]}
        self.expect(400, "PATCH", "/connectors/s/offsets", at({"kafka_offset": 1}, "nope"))
        self.expect(400, "PATCH", "/connectors/s/offsets", at({"kafka_offset": 1}, partition=7))
        self.expect(200, "PATCH", "/connectors/s/offsets", at({"kafka_offset": "7"}))
        self.assertEqual(self.offsets("s")[0]["offset"], {"kafka_offset": 7})
        self.expect(202, "PUT", "/connectors/s/resume")
        self.wait_for_rows(self.database, "numbers", 13)
        self.expect(204, "PUT", "/connectors/s/stop")
        self.expect(200, "PATCH", "/connectors/s/offsets", at(None))
        self.assertEqual(self.offsets("s"), [])
        self.expect(200, "DELETE", "/connectors/s/offsets")
        self.expect(200, "DELETE", "/connectors/s/offsets")
        self.expect(202, "PUT", "/connectors/s/resume")
        self.wait_for_rows(self.database, "numbers", 23)
        self.assertEqual(self.expect(200, "GET", "/connectors/s/topics"),
                         {"s": {"topics": ["numbers"]}})

    def test_nothing_is_lost_or_doubled_while_a_sink_is_moved(self):
        self.move_sink("moved")

    def test_nor_with_the_consumer_group_protocol(self):
        self.move_sink("moved848", **{"consumer.override.group.protocol": "consumer"})

    def move_sink(self, topic, **more):
        """Records come on while the connector goes through every state: each is stored once."""
        path = f"/connectors/{topic}"
        sink = {**self.sink_properties(topic, self.database, topic), **more}
        self.broker.partitions(topic)
        self.expect(201, "PUT", f"{path}/config", sink)
        sent = 0
        steps = [("PUT", "/pause", None), ("PUT", "/resume", None),
                 ("POST", "/restart?includeTasks=true", None),
                 ("PUT", "/config", {**sink, "tasks.max": "2"}),
                 ("PUT", "/stop", None), ("PUT", "/resume", None),
                 ("PATCH", "/config", {"kinetica.batch_size": "50"})]
        for method, step, body in steps:
            self.broker.produce(topic, [json.dumps({"id": sent + n}) for n in range(200)])
            sent += 200
            status, answer = self.call(method, path + step, body)
            self.assertIn(status, (200, 202, 204), answer)
        self.wait_for_rows(self.database, topic, sent)
        self.assertEqual(sorted(row["id"] for row in self.database.rows(topic)),
                         list(range(sent)))

    def test_topics_are_found_by_a_java_pattern(self):
        for topic in ("orders-1", "orders-x"):
            self.broker.partitions(topic)
        sink = self.sink_properties("p", self.database, "")
        del sink["topics"]
        self.expect(201, "PUT", "/connectors/p/config",
                    {**sink, "topics.regex": r"(?i)ORDERS-\d+"})
        self.broker.produce("orders-1", [json.dumps({"id": 1})], partition=0)
        self.wait_for_rows(self.database, "orders-1", 1)
        self.broker.partitions("orders-22")
        self.broker.produce("orders-22", [json.dumps({"id": 2})], partition=0)
        self.wait_for_rows(self.database, "orders-22", 1)
        self.assertEqual(self.expect(200, "GET", "/connectors/p/topics"),
                         {"p": {"topics": ["orders-1", "orders-22"]}})

    def test_topics_are_created_for_a_source(self):
        self.database.create_table("Ticker", COLUMNS)
        source = self.source_properties("f", self.database, "TEST.Ticker")
        self.expect(201, "PUT", "/connectors/f/config",
                    {**source, "topic.creation.default.partitions": "3",
                     "topic.creation.default.replication.factor": "1"})
        self.wait_until(lambda: "Ticker" in self.database.subscribed_tables(), "the monitor")
        self.database.insert("Ticker", [{"id": 1, "name": "a"}])

        def topics():
            return self.expect(200, "GET", "/connectors/f/topics")["f"]["topics"]
        self.wait_until(lambda: len(self.offsets("f")) == 1, "the source's offset")
        self.assertEqual(self.broker.partitions(topics()[0]), 3)
        self.expect(204, "PUT", "/connectors/f/stop")
        self.expect(200, "DELETE", "/connectors/f/offsets")
        self.assertEqual(self.offsets("f"), [])
        self.expect(204, "DELETE", "/connectors/f")
        self.expect(404, "GET", "/connectors/f/offsets")


if __name__ == "__main__":
    product.main()
