"""Rows that cannot be stored, calls that cannot be done, replies that never come: what the client
makes of the server's answers, and what is in the table afterwards."""

import unittest

from python_client import IS_7_1, PythonTest, official, release

import gpudb

# A column and a value that its type does not allow.
BAD_VALUES = [
    (["int", "int8"], 128),
    (["int", "int16"], -32769),
    (["int", "boolean"], 2),
    (["long", "timestamp"], 99_999_999_999_999),
    (["string", "char4"], "12345"),
    (["string", "char2"], "日"),
    (["string", "date"], "2023-02-30"),
    (["string", "date"], "yesterday"),
    (["string", "time"], "25:00:00"),
    (["string", "datetime"], "2023-01-01 00:61:00"),
    (["string", "decimal"], "1,5"),
    (["string", "ipv4"], "1.2.3.256"),
    (["string", "ulong"], "18446744073709551616"),
    (["string", "uuid"], "123e4567"),
]
BAD_VALUES_OF_7_2 = [
    (["string", "decimal(5,2)"], "12345.67"),
    (["string", "json"], '{"a":'),
    (["string", "array(int)"], "[1,two]"),
    (["bytes", "vector(3)"], b"\0" * 8),
]


class Errors(PythonTest):
    def setUp(self):
        super().setUp()
        self.server = self.start_server()
        self.db = self.connect(self.server)

    def insert(self, rows, options, columns, table="t"):
        """The response to rows in the client's own encoding."""
        record_type = gpudb.GPUdbRecordType(columns)
        records = [gpudb.GPUdbRecord(record_type, row).binary_data for row in rows]
        return self.db.insert_records(table, records, options=options)

    def test_each_value_is_checked(self):
        values = BAD_VALUES + ([] if IS_7_1 or release() != "7.2" else BAD_VALUES_OF_7_2)
        for number, (column, value) in enumerate(values):
            with self.subTest(column=column, value=value):
                columns = [["id", "int"], ["v", *column]]
                table = gpudb.GPUdbTable(columns, f"t{number}", db=self.db)
                try:
                    encoded = gpudb.GPUdbRecord(gpudb.GPUdbRecordType([["id", "int"],
                                                                       ["v", column[0]]]),
                                                [1, value]).binary_data
                    response = self.db.insert_records(table.name, [encoded])
                except gpudb.GPUdbException as refusal:
                    self.fail(f"the client itself refused: {refusal}")
                self.assertIn("v", self.refused(response))
                self.assertEqual(table.size(), 0)

    def test_errors_are_reported_row_by_row(self):
        columns = [["id", "long", "primary_key"], ["s", "string", "char2"]]
        table = gpudb.GPUdbTable(columns, "t", db=self.db)
        plain = [["id", "long"], ["s", "string"]]
        rows = [[1, "ok"], [2, "too long"], [3, "ok"], [4, "also too long"]]
        options = {"return_individual_errors": "true", "allow_partial_batch": "true"}
        response = self.ok(self.insert(rows, options, plain))
        self.assertEqual(response["count_inserted"], 2)
        info = response["info"]
        self.assertEqual({key for key in info if key.startswith("error_")}, {"error_1", "error_3"})
        self.assertEqual(sorted(info["bad_record_indices"].replace(" ", "").split(",")), ["1", "3"])
        self.assertEqual(sorted(row["id"] for row in table.get_records()), [1, 3])
        # Without allow_partial_batch nothing of the batch is stored.
        response = self.ok(self.insert([[5, "ok"], [6, "too long"]],
                                       {"return_individual_errors": "true"}, plain))
        self.assertEqual(response["count_inserted"], 0)
        self.assertIn("error_1", response["info"])
        self.refused(self.insert([[5, "ok"], [6, "too long"]], {}, plain))
        self.assertEqual(sorted(row["id"] for row in table.get_records()), [1, 3])

    def test_strings_are_cut_when_asked(self):
        columns = [["id", "long", "primary_key"], ["s", "string", "char4"]]
        table = gpudb.GPUdbTable(columns, "t", db=self.db)
        self.ok(self.insert([[1, "abcdefgh"]], {"truncate_strings": "true"},
                            [["id", "long"], ["s", "string"]]))
        self.assertEqual([row["s"] for row in table.get_records()], ["abcd"])

    def test_a_key_that_is_there_already(self):
        columns = [["id", "long", "primary_key"], ["s", "string"]]
        table = gpudb.GPUdbTable(columns, "t", db=self.db)
        table.insert_records([[1, "a"]])
        if release() == "7.0":
            table.insert_records([[1, "b"]])
        else:
            with self.assertRaises(gpudb.GPUdbException):
                table.insert_records([[1, "b"]])
            response = self.ok(self.insert(
                [[1, "b"], [2, "c"]],
                {"return_individual_errors": "true", "allow_partial_batch": "true"}, columns))
            self.assertEqual((response["count_inserted"], "error_0" in response["info"]), (1, True))
        self.assertIn("a", [row["s"] for row in table.get_records()])

    def test_a_dry_run_stores_nothing_and_record_ids_come_when_asked(self):
        columns = [["id", "long", "primary_key"], ["s", "string"]]
        table = gpudb.GPUdbTable(columns, "t", db=self.db)
        self.ok(self.insert([[1, "a"]], {"dry_run": "true"}, columns))
        self.assertEqual(table.size(), 0)
        response = self.ok(self.insert([[1, "a"], [2, "b"]], {"return_record_ids": "true"},
                                       columns))
        self.assertEqual(len(set(response["record_ids"])), 2)
        response = self.ok(self.insert([[3, "a"]], {}, columns))
        self.assertEqual(list(response["record_ids"]), [])

    def test_what_is_not_there_is_named(self):
        columns = [["id", "long"]]
        gpudb.GPUdbTable(columns, "t", db=self.db)
        for refused in (
                self.db.get_records("nowhere"),
                self.db.get_records_by_column("nowhere", ["id"]),
                self.db.delete_records("nowhere", ["id = 1"]),
                self.db.update_records("nowhere", ["id = 1"], [{"id": "2"}]),
                self.db.create_table_monitor("nowhere"),
                self.insert([[1]], {}, columns, "nowhere"),
        ):
            self.assertIn("nowhere", self.refused(refused))
        for refused in (
                self.db.get_records("t", options={"expression": "missing = 1"}),
                self.db.get_records_by_column("t", ["missing"]),
                self.db.delete_records("t", ["missing = 1"]),
                self.db.update_records("t", ["id = 1"], [{"missing": "2"}]),
        ):
            self.assertIn("missing", self.refused(refused))
        self.refused(self.db.get_records("t", options={"expression": "id = = 1"}))
        self.refused(self.db.create_type("{", "label", {}))
        self.refused(self.db.create_type('{"type":"record","name":"x","fields":[]}', "label", {}))

    def test_an_unavailable_server_is_an_error_and_a_delay_is_waited_for(self):
        gpudb.GPUdbTable([["id", "long"]], "t", db=self.db)
        self.post(self.server.url + "/debug/faults",
                  {"delay": {"ms": 300, "times": 1}})
        self.assertTrue(self.ok(self.db.has_table("t"))["table_exists"])
        self.post(self.server.url + "/debug/faults",
                  {"answer": {"status": 500, "times": 20, "endpoint": "/has/table"}})
        with self.assertRaises(gpudb.GPUdbException):
            self.db.has_table("t")


if __name__ == "__main__":
    official.main()
