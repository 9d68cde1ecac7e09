"""SQL as the Python client sends it: by execute_sql, its iterator, its database API and pandas."""

import unittest

from python_client import IS_7_1, AllTypes, PythonTest, official, release

import gpudb


class Sql(PythonTest):
    def setUp(self):
        super().setUp()
        self.server = self.start_server()
        self.db = self.connect(self.server)
        self.table = gpudb.GPUdbTable([["id", "long", "primary_key"],
                                       ["name", "string", "char16", "nullable"],
                                       ["amount", "double", "nullable"]], "orders", db=self.db)
        self.table.insert_records([[1, "one", 1.5], [2, None, 2.5], [3, "three", None]])

    def rows(self, statement, **options):
        response = self.ok(self.db.execute_sql_and_decode(statement, get_column_major=False,
                                                          **options))
        return [tuple(dict(row).values()) for row in response["records"]]

    def test_rows_are_selected(self):
        for statement, rows in {
            "SELECT * FROM orders ORDER BY id": [(1, "one", 1.5), (2, None, 2.5),
                                                 (3, "three", None)],
            "select name, id from orders where id > 1 order by id desc": [("three", 3), (None, 2)],
            "SELECT id FROM ki_home.orders WHERE name = 'one'": [(1,)],
            "SELECT id FROM orders WHERE name IS NULL": [(2,)],
            "SELECT id FROM orders WHERE amount IS NOT NULL AND id IN (2, 3)": [(2,)],
            "SELECT id FROM orders ORDER BY id LIMIT 2": [(1,), (2,)],
            "SELECT count(*) FROM orders": [(3,)],
            "SELECT id AS number FROM orders WHERE id BETWEEN 2 AND 3 ORDER BY id": [(2,), (3,)],
        }.items():
            with self.subTest(statement):
                self.assertEqual(self.rows(statement), rows)

    def test_tables_are_made_filled_and_dropped(self):
        self.ok(self.db.execute_sql(
            "CREATE TABLE people (id BIGINT NOT NULL, name VARCHAR(32), born DATE, "
            "PRIMARY KEY (id))"))
        done = self.ok(self.db.execute_sql(
            "INSERT INTO people (id, name, born) VALUES (1, 'Ada', '1815-12-10'), (2, NULL, NULL)"))
        self.assertEqual(done["count_affected"], 2)
        self.assertEqual(self.rows("SELECT * FROM people ORDER BY id"),
                         [(1, "Ada", "1815-12-10"), (2, None, None)])
        people = gpudb.GPUdbTable(None, "people", db=self.db)
        self.assertEqual(people.size(), 2)
        self.ok(self.db.execute_sql("DROP TABLE people"))
        self.assertFalse(people.exists())

    def test_what_is_not_understood_is_refused(self):
        for statement in ("SELEKT 1", "SELECT * FROM nowhere", "SELECT missing FROM orders",
                          "SELECT * FROM orders WHERE", ""):
            with self.subTest(statement):
                self.refused(self.db.execute_sql(statement))

    def test_results_are_paged(self):
        rows = [[i, f"n{i}", i / 2] for i in range(10, 1010)]
        self.table.insert_records(rows)
        response = self.ok(self.db.execute_sql_and_decode("SELECT id FROM orders ORDER BY id",
                                                          offset=10, limit=5))
        self.assertEqual(list(response["records"]["id"]), [17, 18, 19, 20, 21])
        self.assertEqual(response["total_number_of_records"], 1003)
        self.assertTrue(response["has_more_records"])
        if hasattr(self.db, "query"):
            with self.db.query("SELECT id, name FROM orders ORDER BY id", batch_size=100) as found:
                self.assertEqual([list(row)[0] for row in found], [1, 2, 3, *range(10, 1010)])

    @unittest.skipIf(IS_7_1, "came with 7.2")
    def test_parameters_are_filled_in(self):
        row = self.db.query_one("SELECT name FROM orders WHERE id = $1", sql_params=[3])
        self.assertEqual(list(row), ["three"])

    @unittest.skipIf(IS_7_1, "needs pandas, which one client has")
    def test_a_table_becomes_a_data_frame_and_back(self):
        all_types = AllTypes(release())
        table = gpudb.GPUdbTable(all_types.columns, "everything", db=self.db)
        table.insert_records(all_types.rows)
        frame = self.db.to_df("SELECT id, i, i16, l, d, s, c4, day, price FROM everything "
                              "ORDER BY id")
        self.assertEqual(list(frame.columns),
                         ["id", "i", "i16", "l", "d", "s", "c4", "day", "price"])
        self.assertEqual(list(frame["id"]), [1, 2, 3])
        self.assertEqual(list(frame["l"])[:2], [1 << 62, -(1 << 63)])
        self.assertEqual(list(frame["s"])[:2], ["naïve café", ""])
        self.assertTrue(frame.isna().iloc[2, 1:].all())
        orders = self.table.to_df()
        self.assertEqual(sorted(orders["id"]), [1, 2, 3])
        numbers = orders[["id", "amount"]].fillna(0).astype({"id": "int64", "amount": "float64"})
        copied = gpudb.GPUdbTable.from_df(numbers, db=self.db,
                                          table_name="copied")
        self.assertEqual(copied.size(), 3)
        self.assertEqual(sorted(row["amount"] for row in copied.get_records()), [0.0, 1.5, 2.5])
        self.assertEqual(list(self.table.type_as_df()["name"]), ["id", "name", "amount"])


if __name__ == "__main__":
    official.main()
