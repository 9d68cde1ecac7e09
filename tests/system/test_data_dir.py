"""The server's --data-dir: what was acknowledged is there after kill -9, whatever was going on."""

import json
import threading
import time

import harness
import product

COLUMNS = {"id": ("long", "primary_key"), "version": ("long",), "text": ("string", "nullable")}
LOADERS = 3
KEYS = 2_000  # of each loader; so that most rows replace one and the log is packed
BODY_ROWS = 200
TEXT = "x" * 300


class Loader(threading.Thread):
    """Upserts bodies over its own keys, each body one version, until the server is gone."""

    def __init__(self, url, number, version, acknowledged):
        super().__init__()
        self.database = product.Database(url)
        self.first = number * KEYS
        self.version = version
        self.acknowledged = acknowledged  # key -> version
        self.in_doubt = {}  # those of the last body, if it was not answered
        self.bodies = 0

    def run(self):
        while True:
            begin = self.first + self.version * BODY_ROWS % KEYS
            keys = range(begin, begin + BODY_ROWS)
            self.version += 1
            self.in_doubt = dict.fromkeys(keys, self.version)
            try:
                self.database.call(
                    "/insert/records", table_name="t", list=[], list_encoding="json",
                    list_str=[json.dumps({"id": key, "version": self.version, "text": TEXT})
                              for key in keys],
                    options={"update_on_existing_pk": "true"})
            except (OSError, ValueError):
                return  # killed
            self.acknowledged.update(self.in_doubt)
            self.in_doubt = {}
            self.bodies += 1


class DataDir(product.ProductTest):
    def start_durable(self, *arguments):
        process = self.start("server", "server", "--listen", "127.0.0.1:0", "--data-dir",
                             self.folder / "data", *arguments)
        return process, product.Database(process.wait_ready())

    def test_no_acknowledged_row_is_gone_after_kill_9_in_the_middle_of_a_load(self):
        process, database = self.start_durable()
        database.create_table("t", COLUMNS)
        acknowledged = {}
        version = 0
        for pause in (0.3, 1.5, 0.7, 2.0):
            loaders = [Loader(database.url, number, version, acknowledged)
                       for number in range(LOADERS)]
            for loader in loaders:
                loader.start()
            self.wait_until(lambda: all(loader.bodies > 2 for loader in loaders),
                            "every loader to have been answered")
            time.sleep(pause)  # the moment of the kill is to be any
            process.kill()
            for loader in loaders:
                loader.join()
            version = max(loader.version for loader in loaders)
            process, database = self.start_durable()
            stored = {row["id"]: row["version"] for row in database.rows("t")}
            self.check(stored, acknowledged, loaders)
            acknowledged.update(stored)

    def check(self, stored, acknowledged, loaders):
        for loader in loaders:
            # A body that was not answered is there as a whole or not at all.
            there = {key for key, version in loader.in_doubt.items()
                     if stored.get(key) == version}
            self.assertIn(len(there), (0, len(loader.in_doubt)))
            for key in there:
                stored_version = stored[key]
                acknowledged[key] = stored_version
        self.assertEqual(stored, acknowledged)

    def test_what_is_created_altered_and_dropped_is_as_it_was(self):
        process, database = self.start_durable("--data-sync")
        for name in ("kept", "dropped"):
            database.create_table(name, COLUMNS)
            database.insert(name, [{"id": key, "version": 0, "text": None} for key in range(10)])
        database.call("/clear/table", table_name="dropped", authorization="")
        database.call("/delete/records", table_name="kept", expressions=["id >= 5"])
        before = database.call("/show/table", table_name="kept")
        process.kill()
        process, database = self.start_durable()
        self.assertFalse(database.has_table("dropped"))
        self.assertEqual([row["id"] for row in database.rows("kept")], list(range(5)))
        self.assertEqual(database.call("/show/table", table_name="kept"), before)
        # Ids and numbers go on where they were.
        database.create_table("another", {"n": ("int",)})
        database.insert("another", [{"n": 1}])
        self.assertEqual(len(database.rows("kept")), 5)

    def test_two_servers_do_not_share_a_folder(self):
        self.start_durable()
        second = self.start("server", "server", "--listen", "127.0.0.1:0", "--data-dir",
                            self.folder / "data")
        self.assertEqual(second.wait(), 1)
        self.assertIn("another server uses this folder", second.err)

    def test_a_torn_end_is_cut_off_and_damage_is_an_error(self):
        process, database = self.start_durable()
        database.create_table("t", COLUMNS)
        for key in range(3):
            database.insert("t", [{"id": key, "version": 0, "text": "text"}])
        process.kill()
        log, = (self.folder / "data" / "tables").glob("*.log")
        whole = log.read_bytes()
        log.write_bytes(whole[:-3])
        process, database = self.start_durable()
        self.assertIn("cut off", process.err)
        self.assertEqual([row["id"] for row in database.rows("t")], [0, 1])
        process.kill()
        damaged = bytearray(whole)
        damaged[len(whole) // 2] ^= 1
        log.write_bytes(damaged)
        process = self.start("server", "server", "--listen", "127.0.0.1:0", "--data-dir",
                             self.folder / "data")
        self.assertEqual(process.wait(), 1)
        self.assertIn(str(log), process.err)
        self.assertIn("damaged at byte", process.err)
        self.assertEqual(log.read_bytes(), damaged)

    def test_at_the_memory_limit_an_insert_is_refused_and_nothing_of_it_is_kept(self):
        process, database = self.start_durable("--memory-limit", "4M")
        database.create_table("t", COLUMNS)
        database.insert("t", [{"id": 1, "version": 0, "text": "x"}])
        row = {"version": 0, "text": "x" * 1_000_000}
        with self.assertRaisesRegex(AssertionError, "400 .*memory limit.*--memory-limit"):
            database.insert("t", [{"id": 2, **row}, *({"id": 3 + n, **row} for n in range(4))])
        self.assertEqual(database.size("t"), 1)
        process.kill()
        _, database = self.start_durable("--memory-limit", "4M")
        self.assertEqual(database.size("t"), 1)


if __name__ == "__main__":
    harness.main(programs=(), kafka=False)
