"""Table -> topic -> table: the product document's system test, with the files it shows."""

import base64
import json
import struct

import product
from kafka_broker import KafkaBroker

TABLES = ("KafkaConnectorTest", "KafkaConnectorTest2")
BATCHES = 20
BATCH_ROWS = 50


def setUpModule():
    product.ProductTest.broker = KafkaBroker()


def tearDownModule():
    product.ProductTest.broker.remove()


def canonical(rows):
    """Rows as sorted texts, whatever the order of rows and columns. A number that is a float in one
    table and a double in the other is the same when it is the same float."""

    def number(value):
        if isinstance(value, float):
            return struct.unpack("f", struct.pack("f", value))[0]
        return value

    return sorted(json.dumps({column: number(value) for column, value in row.items()},
                             sort_keys=True) for row in rows)


class RoundTrip(product.ProductTest):
    """Each test has topics of its own, by the prefix."""

    def pump(self, database, *arguments):
        self.run_program("datapump", "datapump", *arguments, database.url)

    def round_trip(self, prefix, schemas, start_workers):
        """`start_workers(source properties, sink properties)` runs them."""
        database = self.start_server()
        self.pump(database, "-t", 0)
        topics = [prefix + table for table in TABLES]
        start_workers(
            self.source_properties("TwitterSourceConnector", database, ",".join(TABLES),
                                   topic_prefix=prefix),
            self.sink_properties("TwitterSinkConnector", database, ",".join(topics),
                                 table_prefix="out_"))
        # A table monitor tells nothing of rows from before somebody listened.
        self.wait_until(lambda: database.subscribed_tables() >= set(TABLES),
                        lambda: f"subscribers of both tables, not of "
                                f"{database.subscribed_tables()}")
        self.pump(database, "-n", BATCH_ROWS, "-t", BATCHES, "-d", 0)
        for table in TABLES:
            self.wait_for_rows(database, f"out_{table}", BATCHES * BATCH_ROWS)
        for table in TABLES:
            expected = database.rows(table)
            self.assertEqual(len(expected), BATCHES * BATCH_ROWS)
            self.assertEqual(len(expected[0]), 11, "columns of a tweet")
            if not schemas:
                # JSON alone does not tell bytes from text: the sink stores base64.
                for row in expected:
                    row["test_bytes"] = base64.b64encode(bytes.fromhex(row["test_bytes"])).decode()
            self.assertEqual(canonical(expected), canonical(database.rows(f"out_{table}")))
        return topics

    def with_one_worker(self, schemas):
        prefix = f"Tweets.{schemas}."

        def start(source, sink):
            worker = self.start_worker(self.worker_properties(schemas), source, sink)
            self.wait_running(worker, source["name"], sink["name"])

        topics = self.round_trip(prefix, schemas, start)
        message = json.loads(self.broker.consume(topics[0])[0]["payload"])
        self.assertEqual("payload" in message, schemas, message)

    def test_one_worker_with_schemas(self):
        self.with_one_worker(True)

    def test_one_worker_without_schemas(self):
        self.with_one_worker(False)

    def test_two_workers_of_a_connector_and_a_rest_port_each(self):
        def start(source, sink):
            for name, connector in (("source", source), ("sink", sink)):
                port = product.free_port()
                properties = self.worker_properties(
                    schemas=True, rest_port=port,
                    offset_storage_file_filename=self.folder / f"{name}.offsets")
                del properties["listeners"]
                # As the document has them; a worker without a JVM has no use for them.
                for role in ("key", "value"):
                    properties[f"internal.{role}.converter"] = product.JSON_CONVERTER
                    properties[f"internal.{role}.converter.schemas.enable"] = "false"
                worker = self.start_worker(properties, connector, name=f"{name}_worker")
                self.assertTrue(worker.url.endswith(f":{port}"), worker.url)
                self.wait_running(worker, connector["name"])

        self.round_trip("Tweets.", True, start)


if __name__ == "__main__":
    product.main()
