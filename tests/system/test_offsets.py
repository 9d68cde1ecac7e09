"""The command `offsets` on a sink's consumer group, between two lives of its worker."""

import json
import subprocess

import harness
import product
from kafka_broker import KafkaBroker

TOPIC = "Places"
RECORDS = 30


def setUpModule():
    product.ProductTest.broker = KafkaBroker(num_partitions=2)
    product.ProductTest.broker.produce(TOPIC, (json.dumps({"id": key}) for key in range(RECORDS)))


def tearDownModule():
    product.ProductTest.broker.remove()


class Offsets(product.ProductTest):
    def offsets(self, action, *more, fails=False):
        """Standard output of `offsets`, or standard error when it is to fail."""
        files = [self.folder / "worker.properties", self.folder / "places.properties"]
        done = subprocess.run([harness.Options.binary, "offsets", action, *files, *more],
                              capture_output=True, text=True, timeout=60, check=False)
        self.assertEqual(done.returncode, 1 if fails else 0, done.stderr)
        return done.stderr if fails else done.stdout

    def exported(self):
        """Partition -> offset."""
        return {(entry["partition"]["kafka_topic"], entry["partition"]["kafka_partition"]):
                entry["offset"]["kafka_offset"]
                for entry in json.loads(self.offsets("export"))["offsets"]}

    def run_worker(self, rows, port=0):
        """A worker until the table has so many rows; it runs on."""
        worker = self.start_worker(
            self.worker_properties(listeners=f"http://127.0.0.1:{port}"),
            self.sink_properties("places", self.database, TOPIC, single_table_per_topic="true"))
        self.wait_for_rows(self.database, TOPIC, rows)
        return worker

    def test_show_export_reset_and_import(self):
        self.database = self.start_server()
        port = product.free_port()
        worker = self.run_worker(RECORDS, port)
        # While it runs, nothing is changed: the worker tells, or the broker where it cannot be asked.
        refusal = self.offsets("reset", fails=True)
        self.assertIn(f"A worker answers at http://127.0.0.1:{port}", refusal)
        self.write_properties("worker.properties", self.worker_properties())
        self.assertIn("haven't stopped completely", self.offsets("reset", fails=True))
        self.assertEqual(worker.process.terminate(), 0)

        whole = self.exported()
        self.assertEqual(sum(whole.values()), RECORDS)
        self.assertIn("places: 2 offset(s) in consumer group connect-places", self.offsets("show"))

        saved = self.folder / "saved.json"
        self.offsets("export", saved)
        self.offsets("reset")
        self.assertEqual(self.exported(), {})
        self.offsets("import", saved)
        self.assertEqual(self.exported(), whole)
        everything = saved.read_text()

        # All or nothing, where the broker can be asked before.
        def import_both(forgotten, fails=False):
            entries = [{"partition": {"kafka_topic": TOPIC, "kafka_partition": 0},
                        "offset": {"kafka_offset": 1}},
                       {"partition": forgotten, "offset": None}]
            saved.write_text(json.dumps({"offsets": entries}))
            return self.offsets("import", saved, fails=fails)

        for missing in ({"kafka_topic": TOPIC, "kafka_partition": 77},
                        {"kafka_topic": "NoSuchTopic", "kafka_partition": 0}):
            self.assertIn(f"there is no partition {missing['kafka_partition']} of topic "
                          f"{missing['kafka_topic']}. Nothing was changed",
                          import_both(missing, fails=True))
            self.assertEqual(self.exported(), whole)
        for _ in range(2):
            import_both({"kafka_topic": TOPIC, "kafka_partition": 1})
            self.assertEqual(self.exported(), {(TOPIC, 0): 1})
        saved.write_text(everything)
        self.offsets("import", saved)

        # One partition from its beginning again: its records are stored a second time, no others.
        again = whole[(TOPIC, 1)]
        partition = {"kafka_topic": TOPIC, "kafka_partition": 1}
        saved.write_text(json.dumps({"offsets": [{"partition": partition, "offset": None}]}))
        self.offsets("import", saved)
        self.assertEqual(self.exported(), {(TOPIC, 0): whole[(TOPIC, 0)]})
        worker = self.run_worker(RECORDS + again)
        self.assertEqual(worker.process.terminate(), 0)
        self.assertEqual(self.database.size(TOPIC), RECORDS + again)
        self.assertEqual(self.exported(), whole)

    def test_a_partition_that_is_not_there(self):
        sink = self.sink_properties("places", "http://127.0.0.1:1", TOPIC)
        self.write_properties("places.properties", sink)
        self.write_properties("worker.properties", self.worker_properties())
        wrong = self.folder / "wrong.json"
        partition = {"kafka_topic": TOPIC, "kafka_partition": 77}
        wrong.write_text(json.dumps({"offsets": [{"partition": partition,
                                                  "offset": {"kafka_offset": 1}}]}))
        self.assertIn("places", self.offsets("import", wrong, fails=True))


if __name__ == "__main__":
    harness.main(programs=("kcat", "java"))
