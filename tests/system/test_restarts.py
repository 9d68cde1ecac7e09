"""Loads that are interrupted: kill -9 and SIGTERM of the worker, tables with and without a key.

The server answers slowly, so that "in the middle" lasts for seconds.
"""

import json

import product
from kafka_broker import KafkaBroker

RECORDS = 200_000
BATCH_ROWS = 1000
DELAY_MS = 15
KILLS_AT = (0.2, 0.5, 0.8)  # parts of the load that are in the table by then
TERMINATED_AT = (0.3, 0.6)
PARTITIONS = 4
TOPIC = "Load"
COLUMNS = {"id": ("long",), "name": ("string", "char32"), "price": ("double", "nullable")}


def setUpModule():
    product.ProductTest.broker = KafkaBroker(num_partitions=PARTITIONS)
    broker = product.ProductTest.broker
    broker.produce(TOPIC, (json.dumps(row(key)) for key in range(RECORDS)))
    filled = {message["partition"] for message in broker.consume_ends(TOPIC)}
    if len(filled) != PARTITIONS:
        raise AssertionError(f"{TOPIC} has records in partitions {filled} only")


def tearDownModule():
    product.ProductTest.broker.remove()


def row(key):
    return {"id": key, "name": f"ticker {key}", "price": None if key % 7 == 0 else key / 8}


class Restarts(product.ProductTest):
    """All read the same topic; each has a server, a table and a consumer group of its own."""

    def prepare(self, keyed, session_ms=1500):
        """With the time after which the place of a killed worker is free."""
        self.session_ms = session_ms
        self.database = self.start_server()
        key = ("long", "primary_key") if keyed else ("long",)
        self.database.create_table(TOPIC, {**COLUMNS, "id": key})
        self.name = self.id().rsplit(".", 1)[-1]

    def start_sink(self):
        return self.start_worker(
            self.worker_properties(consumer_session_timeout_ms=self.session_ms),
            self.sink_properties(self.name, self.database, TOPIC, batch_size=BATCH_ROWS))

    def interrupted_at(self, parts, interrupt):
        """Runs the load; each time the table has that part of it, `interrupt(worker)`, and a
        restart."""
        self.database.delay_requests(DELAY_MS)
        for part in parts:
            worker = self.start_sink()
            self.wait_for_rows(self.database, TOPIC, int(part * RECORDS), seconds=60)
            interrupt(worker)
            size = self.database.size(TOPIC)
            self.assertLess(size, RECORDS, "the interruption came too late to be one")
            print(f"at {part:.0%}: {size} rows ...", end=" ", flush=True)
        self.database.delay_requests(0)
        return self.start_sink()

    def wait_for_all_keys(self):
        """Until each record is there at least once; the rows."""
        rows = []

        def complete():
            nonlocal rows
            if self.database.size(TOPIC) < RECORDS:
                return False
            rows = self.database.rows(TOPIC)
            return len({row["id"] for row in rows}) >= RECORDS

        self.wait_until(complete, lambda: f"{RECORDS} keys; there are "
                                          f"{len({row['id'] for row in rows})} in "
                                          f"{self.database.size(TOPIC)} rows", seconds=60)
        return rows

    def assert_right(self, rows):
        """Nothing missing, nothing that was not sent; the number of duplicates."""
        by_id = {}
        for found in rows:
            self.assertEqual(found, row(found["id"]))
            by_id[found["id"]] = found
        self.assertEqual(len(by_id), RECORDS)
        return len(rows) - RECORDS

    def terminate(self, worker):
        self.assertEqual(worker.process.terminate(seconds=10), 0)

    def finish(self, worker):
        """The table's rows, once all are there and the worker has ended."""
        self.wait_for_all_keys()
        self.terminate(worker)
        return self.database.rows(TOPIC)

    def test_kill_9_with_a_primary_key_leaves_each_row_once(self):
        self.prepare(keyed=True)
        worker = self.interrupted_at(KILLS_AT, lambda worker: worker.process.kill())
        self.assertEqual(self.assert_right(self.finish(worker)), 0)

    def test_kill_9_without_a_key_loses_nothing(self):
        self.prepare(keyed=False)
        worker = self.interrupted_at(KILLS_AT, lambda worker: worker.process.kill())
        duplicates = self.assert_right(self.finish(worker))
        print(f"{duplicates} duplicates ...", end=" ", flush=True)

    def test_sigterm_in_the_middle_neither_loses_nor_doubles(self):
        # A worker that leaves its group needs no such time, and must not lose its place on a busy
        # machine.
        self.prepare(keyed=False, session_ms=45000)
        worker = self.interrupted_at(TERMINATED_AT, self.terminate)
        self.assertEqual(self.assert_right(self.finish(worker)), 0)


if __name__ == "__main__":
    product.main()
