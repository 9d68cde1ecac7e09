"""Files, records and batches that are at fault: what is said, and what goes on all the same."""

import json

import product
from kafka_broker import KafkaBroker

PARTITIONS = 2
BAD_PARTITION = 1
BEFORE = 50  # good records before the bad one, in its partition: the bad one's offset


def setUpModule():
    product.ProductTest.broker = KafkaBroker(num_partitions=PARTITIONS)


def tearDownModule():
    product.ProductTest.broker.remove()


def lines(first, count):
    return [json.dumps({"id": key, "name": f"row {key}"}) for key in range(first, first + count)]


class Files(product.ProductTest):
    def test_every_fault_is_named_and_nothing_starts(self):
        worker = self.worker_properties(offset_flush_interval_ms="soon")
        del worker["value.converter"]
        sink = self.sink_properties("sink", "http://127.0.0.1:9", "T", batch_size=0,
                                    create_table="perhaps")
        del sink["kinetica.url"]
        source = self.source_properties("source", product.Database("http://127.0.0.1:9"), "T")
        source["tasks.max"] = "many"
        process = self.launch_worker(worker, sink, source)
        self.assertEqual(process.wait(), 1)
        self.assertEqual(process.out, "")
        for fault in ("offset.flush.interval.ms", "soon", "value.converter", "kinetica.url",
                      "kinetica.batch_size", "kinetica.create_table", "perhaps", "tasks.max",
                      "many"):
            self.assertIn(fault, process.err)

    def test_a_missing_file_is_named(self):
        process = self.start("worker", "standalone", self.folder / "absent.properties")
        self.assertEqual(process.wait(), 1)
        self.assertIn("absent.properties", process.err)

    def test_references_that_lead_to_themselves_are_a_fault(self):
        secrets = self.folder / "secrets.properties"
        secrets.write_text(f"one = ${{file:{secrets}:two}}\ntwo = ${{file:{secrets}:one}}\n")
        worker = self.worker_properties(config_providers="file")
        worker["config.providers.file.class"] = \
            "org.apache.kafka.common.config.provider.FileConfigProvider"
        sink = self.sink_properties("sink", "http://127.0.0.1:9", "T")
        sink["kinetica.username"] = f"${{file:{secrets}:one}}"
        process = self.launch_worker(worker, sink)
        self.assertEqual(process.wait(), 1)
        self.assertEqual(process.out, "")
        for text in ("kinetica.username", f"${{file:{secrets}:one}}"):
            self.assertIn(text, process.err)

    def test_an_unknown_property_is_a_warning_with_the_nearest_name(self):
        database = self.start_server()
        worker = self.start_worker(
            {**self.worker_properties(), "ofset.flush.interval.ms": 1000},
            self.sink_properties("sink", database, "Unknown", batch_sise=5))
        self.wait_running(worker, "sink")
        for given, near in (("ofset.flush.interval.ms", "offset.flush.interval.ms"),
                            ("kinetica.batch_sise", "kinetica.batch_size")):
            said = [line for line in worker.process.err.splitlines() if given in line]
            self.assertTrue(any(near in line for line in said), said)


class Records(product.ProductTest):
    def start_sinks(self, database, topic, name):
        """A worker with a sink that will meet the bad record and one that will not."""
        return self.start_worker(self.worker_properties(),
                                 self.sink_properties(name, database, topic),
                                 self.sink_properties(f"{name}-other", database, f"{topic}Other"))

    def ids(self, database, table):
        return sorted(row["id"] for row in database.rows(table))

    def test_a_record_that_is_not_json_fails_its_task_alone_and_again(self):
        topic, name = "Broken", "broken"
        self.broker.produce(topic, [*lines(0, BEFORE), "not json", *lines(BEFORE, BEFORE)],
                            partition=BAD_PARTITION)
        self.broker.produce(topic + "Other", lines(0, 10))
        database = self.start_server()
        for attempt in (1, 2):
            worker = self.start_sinks(database, topic, name)
            trace = self.wait_for_task(worker, name, "FAILED")
            place = f"Topic {topic}, partition {BAD_PARTITION}, offset {BEFORE}"
            for text in (place, "unexpected character 'n'"):
                self.assertIn(text, trace)
            self.assertIn(place, worker.process.err)
            # What came before the bad record is stored, once, also after a restart.
            self.wait_for_rows(database, topic, BEFORE)
            self.assertEqual(self.ids(database, topic), list(range(BEFORE)))
            # The other connector works on.
            self.broker.produce(topic + "Other", lines(10 * attempt, 10))
            self.wait_for_rows(database, topic + "Other", 10 * attempt + 10)
            self.wait_running(worker, f"{name}-other")
            self.assertEqual(self.ids(database, topic + "Other"),
                             list(range(10 * attempt + 10)))
            self.assertEqual(worker.process.terminate(), 0)
        self.assertEqual(self.broker.take_rest(f"connect-{name}", topic), {BAD_PARTITION: BEFORE})

    def test_a_refused_batch_fails_the_task_and_arrives_after_a_restart(self):
        topic, name, rows = "Refused", "refused", 1000
        self.broker.produce(topic, lines(0, rows))
        database = self.start_server()
        database.create_table(topic, {"id": ("long", "primary_key"), "name": ("string",)})
        database.refuse_inserts()
        worker = self.start_sinks(database, topic, name)
        trace = self.wait_for_task(worker, name, "FAILED")
        for text in ("A fault was asked for", topic):
            self.assertIn(text, trace)
        self.assertIn("A fault was asked for", worker.process.err)
        self.wait_running(worker, f"{name}-other")
        self.assertEqual(worker.process.terminate(), 0)
        database.refuse_inserts(False)
        worker = self.start_sinks(database, topic, name)
        self.wait_for_rows(database, topic, rows)
        self.wait_running(worker, name)
        self.assertEqual(self.ids(database, topic), list(range(rows)))


if __name__ == "__main__":
    product.main()
