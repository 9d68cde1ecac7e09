"""Records without value delete rows (kinetica.delete_enabled): a topic of inserts, updates and
deletes of few keys, the worker killed in the middle; the table has the last state of each key.

The server answers slowly, so that "in the middle" lasts for seconds.
"""

import json
import os
import random

import product
from kafka_broker import KafkaBroker

RECORDS = 40_000
KEYS = 3000
BATCH_ROWS = 500
DELAY_MS = 15
KILLS_AT = (0.2, 0.5, 0.8)  # of the records
PARTITIONS = 4
TOPIC = "Changes"
COLUMNS = {"id": ("long", "primary_key"), "region": ("string", "char16", "primary_key"),
           "number": ("long",)}


def setUpModule():
    product.ProductTest.broker = KafkaBroker(num_partitions=PARTITIONS)


def tearDownModule():
    product.ProductTest.broker.remove()


def changes(rng):
    """(key, value) of each record, None for a delete; and what they come to, id -> row."""
    last = {}
    records = []
    for number in range(RECORDS):
        key = {"id": rng.randrange(KEYS)}
        key["region"] = f"r\"{key['id'] % 7}"
        value = None if rng.random() < 0.4 else {**key, "number": number}
        records.append((key, value))
        if value is None:
            last.pop(key["id"], None)
        else:
            last[key["id"]] = value
    return records, last


class Deletes(product.ProductTest):
    def setUp(self):
        super().setUp()
        seed = int(os.environ.get("SEED", random.randrange(1 << 32)))
        print(f"SEED={seed}")
        self.rng = random.Random(seed)

    def start_sink(self):
        return self.start_worker(
            self.worker_properties(),
            self.sink_properties("deletes", self.database, TOPIC, batch_size=BATCH_ROWS,
                                 single_table_per_topic="true", delete_enabled="true"))

    def rows(self):
        return {row["id"]: row for row in self.database.rows(TOPIC)}

    def wait_for_record(self, number):
        self.wait_until(lambda: any(row["number"] >= number for row in self.rows().values()),
                        lambda: f"record {number}", seconds=60)

    def test_kill_9_leaves_the_last_state_of_each_key(self):
        records, last = changes(self.rng)
        self.broker.produce_keyed(TOPIC, records)
        self.database = self.start_server()
        self.database.create_table(TOPIC, COLUMNS)
        self.database.delay_requests(DELAY_MS)
        for part in KILLS_AT:
            worker = self.start_sink()
            self.wait_for_record(part * RECORDS)
            worker.process.kill()
            self.assertNotEqual(self.rows(), last, "the kill came too late to be one")
        self.database.delay_requests(0)
        worker = self.start_sink()
        self.wait_until(lambda: self.rows() == last,
                        lambda: f"{len(last)} rows; there are {len(self.rows())}", seconds=60)
        self.assertEqual(worker.process.terminate(), 0)
        self.assertEqual(self.rows(), last)


if __name__ == "__main__":
    product.main()
