"""Our own client and Kinetica's send the same rows to the same ranks: see README.md of the folder above.

    test_routing.py PATH/TO/kinetica-connect --inserter PATH/TO/insert_rows [--java VERSION] [unittest arguments]

Run with a Python that has `gpudb`.
"""

import argparse
import json
import pathlib
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
import official  # noqa: E402
from official import harness  # noqa: E402

import gpudb  # noqa: E402
import random_rows  # noqa: E402

RANKS = 3
ROWS = 10_000
ROWS_OF_ONE_TYPE = 300
JAVA = harness.ROOT / "build" / "official" / "java"


class Options:
    """The command line, for the whole run."""

    inserter = None
    java = None


class Routing(official.OfficialTest):
    def setUp(self):
        super().setUp()
        self.server = self.start_server("--ranks", RANKS)
        self.db = gpudb.GPUdb(host=self.server.url)

    def run_program(self, *command):
        done = subprocess.run([str(word) for word in command], stdin=subprocess.DEVNULL,
                              capture_output=True, text=True, check=False, timeout=150)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        return done.stdout

    def insert_with_ours(self, table, file):
        self.run_program(Options.inserter, self.server.url, table, file)

    def insert_with_java(self, table, file):
        self.run_program("java", "-Xmx256m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-cp",
                         f"{JAVA}/classes:{JAVA}/{Options.java}/lib/*", "judge.Judge", "--url",
                         self.server.url, "--ranks", RANKS, "--kinetica-version", "7.2", "--file",
                         file, "--table", table, "insert_file")

    def insert_with_python(self, table, rows):
        columns = [gpudb.GPUdbRecordColumn(column["name"], column["type"],
                                           column_properties=column["properties"],
                                           is_nullable="nullable" in column["properties"])
                   for column in rows["columns"]]
        target = gpudb.GPUdbTable([[c.name, c.column_type, *c.column_properties] for c in columns],
                                  table, db=self.db, use_multihead_io=True)
        target.insert_records(rows["rows"])
        target.flush_data_to_server()

    def ranks(self, table):
        """Rank -> the number of rows that came there and the digest of their bytes."""
        return {rank["rank"]: rank["tables"].get(f"ki_home.{table}")
                for rank in self.get(self.server.url + "/debug/ranks")["ranks"]}

    def compare(self, name, rows, java=False):
        file = self.write_file(f"{name}.json", json.dumps(rows))
        self.insert_with_ours(f"{name}_ours", file)
        self.insert_with_python(f"{name}_python", rows)
        ours = self.ranks(f"{name}_ours")
        self.assertIsNone(ours[0], "rows at the head")
        self.assertEqual(sum(rank["rows"] for rank in ours.values() if rank), len(rows["rows"]))
        self.assertEqual(self.ranks(f"{name}_python"), ours, "Python's ranks and ours")
        if java and Options.java:
            self.insert_with_java(f"{name}_java", file)
            self.assertEqual(self.ranks(f"{name}_java"), ours, "Java's ranks and ours")

    def test_a_key_of_every_type(self):
        self.compare("all_types", random_rows.table(random_rows.KEYS, ROWS, seed=1), java=True)

    def test_a_primary_key(self):
        names = ["long", "uuid", "char16", "timestamp", "string"]
        self.compare("primary", random_rows.table(names, ROWS, seed=2, key="primary_key"),
                     java=True)

    def test_each_type_alone(self):
        for seed, name in enumerate(random_rows.KEYS, start=3):
            with self.subTest(name):
                rows = random_rows.table([name], ROWS_OF_ONE_TYPE, seed)
                self.compare(f"only_{name}", rows)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--inserter", required=True, type=pathlib.Path)
    parser.add_argument("--java", metavar="VERSION", help="of gpudb-api, compared as well")
    arguments, rest = parser.parse_known_args()
    Options.inserter = arguments.inserter
    Options.java = arguments.java
    sys.argv[1:] = rest
    official.main()


if __name__ == "__main__":
    main()
