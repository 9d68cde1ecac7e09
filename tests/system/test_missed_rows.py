"""A source whose tables have an incrementing column: kill -9 of the worker and of the database
while rows are inserted. Nothing is lost, and only rows beyond the stored offset come twice."""

import json
import threading

import product
from kafka_broker import KafkaBroker

KILLS = 3
INSERT_ROWS = 100
INSERT_PAUSE = 0.01  # seconds, so that there is a limit to the rows
ROWS_EACH_RUN = 2000  # at the least, before a worker is killed
TABLES = {"Plain": ("long",), "Keyed": ("long", "primary_key")}


def setUpModule():
    product.ProductTest.broker = KafkaBroker(num_partitions=1)


def tearDownModule():
    product.ProductTest.broker.remove()


class Inserter(threading.Thread):
    """Inserts rows with the ids 0, 1, 2 ... into both tables until it is stopped."""

    def __init__(self, database):
        super().__init__(daemon=True)
        self.database = database
        self.inserted = 0
        self.failure = None
        self.stopping = threading.Event()

    def run(self):
        try:
            while not self.stopping.wait(INSERT_PAUSE):
                insert(self.database, self.inserted, self.inserted + INSERT_ROWS)
                self.inserted += INSERT_ROWS
        except (AssertionError, OSError) as error:
            self.failure = error

    def finish(self):
        self.stopping.set()
        self.join(30)
        if self.failure:
            raise self.failure
        return self.inserted


def insert(database, begin, end):
    for table in TABLES:
        database.insert(table, [{"id": number, "text": f"row {number}"}
                                for number in range(begin, end)])


class MissedRows(product.ProductTest):
    def setUp(self):
        super().setUp()
        self.prefix = self.id().rsplit(".", 1)[-1] + "."

    def create_tables(self, database):
        for table, key in TABLES.items():
            database.create_table(table, {"id": key, "text": ("string", "char32")}, collection="")

    def start_source(self, database):
        worker = self.start_worker(self.worker_properties(), self.source_properties(
            "source", database, ",".join(TABLES), topic_prefix=self.prefix, from_beginning="true",
            incrementing_column="id"))
        self.wait_running(worker, "source")
        return worker

    def stored(self, worker):
        """The greatest value of each table that the stored offsets have."""
        values = dict.fromkeys(TABLES, -1)
        for entry in product.http(worker.url + "/connectors/source/offsets")["offsets"]:
            values[entry["partition"]["table"]] = entry["offset"]["incrementing"]
        return values

    def wait_stored(self, worker, value):
        """Until the rows up to that value are in Kafka, of both tables; the stored values."""
        self.wait_until(lambda: min(self.stored(worker).values()) >= value,
                        lambda: f"offsets of {value}; there are {self.stored(worker)}")
        return self.stored(worker)

    def sent(self, table):
        return [json.loads(message["payload"])
                for message in self.broker.consume(self.prefix + table)]

    def assert_nothing_lost(self, table, rows, may_be_double):
        found = self.sent(table)
        times = {}
        for row in found:
            self.assertEqual(row["text"], f"row {row['id']}")
            times[row["id"]] = times.get(row["id"], 0) + 1
        self.assertEqual(set(times), set(range(rows)))
        self.assertLess(len(found), 2 * rows)
        if table == "Keyed":  # without a key, also those inserted while a reading ended
            for number, count in times.items():
                self.assertTrue(count == 1 or may_be_double(number), f"row {number} came again")
        print(f"{table}: {rows} rows, {len(found) - rows} doubles ...", end=" ", flush=True)

    def test_kill_9_of_the_worker_while_rows_are_inserted(self):
        database = self.start_server()
        self.create_tables(database)
        inserter = Inserter(database)
        inserter.start()
        kills = []
        value = 0
        for _ in range(KILLS):
            worker = self.start_source(database)
            value = self.wait_stored(worker, value + ROWS_EACH_RUN)
            worker.process.kill()
            kills.append((value, inserter.inserted + INSERT_ROWS))
            value = max(value.values())
        rows = inserter.finish()
        worker = self.start_source(database)
        self.wait_stored(worker, rows - 1)
        self.assertEqual(worker.process.terminate(), 0)
        for table in TABLES:
            # Sent, with an offset that was not stored yet.
            self.assert_nothing_lost(table, rows, lambda number, table=table: any(
                stored[table] < number < inserted for stored, inserted in kills))

    def test_kill_9_of_the_database(self):
        folder = self.folder / "data"
        database = self.start_server(0, "--data-dir", folder)
        port = int(database.url.rsplit(":", 1)[1])
        self.create_tables(database)
        worker = self.start_source(database)
        insert(database, 0, 1000)
        self.wait_stored(worker, 999)
        self.processes[0].kill()
        database = self.start_server(port, "--data-dir", folder)
        insert(database, 1000, 2000)  # the monitors are not made again yet, or are
        self.wait_stored(worker, 1999)
        insert(database, 2000, 3000)
        self.wait_stored(worker, 2999)
        with product.urllib.request.urlopen(worker.url + "/metrics") as response:
            metrics = response.read().decode()
        self.assertIn("kinetica_connect_source_gap_possible_timestamp_seconds"
                      '{connector="source",task="0"} 0\n', metrics)
        self.assertEqual(worker.process.terminate(), 0)
        for table in TABLES:
            # Inserted while a reading went on.
            self.assert_nothing_lost(table, 3000, lambda number: number >= 999)


if __name__ == "__main__":
    product.main()
