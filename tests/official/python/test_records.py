"""Rows of every type go in, come out equal, are found, changed and deleted: by the client's plain
calls and by GPUdbTable, in every encoding, through one port and through those of three ranks."""

import unittest

from python_client import IS_7_1, AllTypes, PythonTest, official, release

import gpudb


class Records:
    """The same for each encoding; `multihead` uses the ranks' own ports."""

    multihead = False

    def setUp(self):
        super().setUp()
        self.server = self.start_server(*(["--ranks", "3"] if self.multihead else []))
        self.db = self.connect(self.server)
        self.all_types = AllTypes(release())

    def table(self, columns=None, name="t", **options):
        return gpudb.GPUdbTable(columns, name, db=self.db, use_multihead_io=self.multihead,
                                flush_multi_head_ingest_per_insertion=True, **options)

    def rows_of(self, table, **options):
        """As dictionaries, by id."""
        rows = [dict(row) for row in table.get_records(**options)]
        return {row["id"]: row for row in rows}

    def as_read(self, value):
        """What the client reads where it has written `value`."""
        return value

    def expected(self):
        return {row["id"]: {name: self.as_read(value) for name, value in row.items()}
                for row in self.all_types.dicts()}

    def test_every_type_comes_back_as_it_went_in(self):
        table = self.table(self.all_types.columns)
        table.insert_records(self.all_types.rows)
        self.assertEqual(table.size(), 3)
        self.assertEqual(self.rows_of(table), self.expected())

    def test_dictionaries_and_keyword_arguments_are_rows_too(self):
        table = self.table(self.all_types.columns)
        full, limits, nulls = self.all_types.dicts()
        table.insert_records([full, limits])
        table.insert_records(**nulls)
        self.assertEqual(self.rows_of(table), self.expected())

    def test_types_and_properties_are_read_from_a_table_that_is_there(self):
        made = self.table(self.all_types.columns)
        made.insert_records(self.all_types.rows)
        found = self.table(None)
        self.assertEqual(self.rows_of(found), self.expected())
        self.assertEqual(found.get_table_type(), made.get_table_type())
        # A type that is equal is accepted, another is not.
        self.table(self.all_types.columns)
        with self.assertRaisesRegex(gpudb.GPUdbException, "does not match"):
            self.table([["id", "long"]])

    def test_columns_are_read_by_name(self):
        table = self.table(self.all_types.columns)
        table.insert_records(self.all_types.rows)
        names = self.all_types.names
        columns = table.get_records_by_column(names, options={"sort_by": "id"})
        self.assertEqual({name: list(columns[name]) for name in names},
                         {name: [self.as_read(row[i]) for row in self.all_types.rows]
                          for i, name in enumerate(names)})
        some = table.get_records_by_column(["s", "id"], options={"order_by": "id desc"})
        self.assertEqual([list(some["id"]), list(some["s"])], [[3, 2, 1], [None, "", "naïve café"]])
        page = table.get_records_by_column(["id"], offset=1, limit=1, options={"sort_by": "id"})
        self.assertEqual(list(page["id"]), [2])

    def test_expressions_choose_rows(self):
        table = self.table(self.all_types.columns)
        table.insert_records(self.all_types.rows)
        for expression, ids in {
            "id = 2": [2],
            "(id >= 2) and (id <> 3)": [2],
            "i8 = 127 or i8 = -128": [1, 2],
            "not (id = 1)": [2, 3],
            "is_null(s)": [3],
            "not is_null(s)": [1, 2],
            "id in (1, 3, 5)": [1, 3],
            "id between 2 and 9": [2, 3],
            's = "naïve café"': [1],
            "c4 = 'abcd'": [1],
            "f > 1": [1],
            "d < 0": [1],
            'day = "2024-02-29"': [1],
            'moment > "2025-01-01 00:00:00"': [2],
            "l < 0": [2],
        }.items():
            with self.subTest(expression):
                found = self.rows_of(table, options={"expression": expression})
                self.assertEqual(sorted(found), ids)

    def test_rows_are_sorted_and_paged(self):
        table = self.table([["id", "long", "primary_key"], ["s", "string", "char8", "nullable"]])
        table.insert_records([[i, f"n{i % 10}"] for i in range(100)])
        ids = [row["id"] for row in table.get_records(options={"sort_by": "id"})]
        self.assertEqual(ids, list(range(100)))
        page = table.get_records(offset=90, limit=5, options={"sort_by": "id",
                                                              "sort_order": "descending"})
        self.assertEqual([row["id"] for row in page], [9, 8, 7, 6, 5])
        # The iterator and the slice are the table's own ways to page.
        self.assertEqual({row["id"] for row in table}, set(range(100)))
        self.assertEqual(len(table[10:30]), 20)
        self.assertEqual(len(table), 100)

    def test_an_upsert_replaces_and_counts(self):
        table = self.table([["id", "long", "primary_key"], ["s", "string", "nullable"]])
        table.insert_records([[1, "a"], [2, "b"]])
        table.insert_records([[2, "B"], [3, None]], options={"update_on_existing_pk": "true"})
        self.assertEqual(self.rows_of(table), {1: {"id": 1, "s": "a"}, 2: {"id": 2, "s": "B"},
                                               3: {"id": 3, "s": None}})
        if not IS_7_1:
            self.assertEqual((table.total_insert_records_count, table.total_update_records_count),
                             (3, 1))
        table.insert_records([[3, "x"], [4, "d"]], options={"ignore_existing_pk": "true"})
        self.assertEqual(self.rows_of(table)[3]["s"], None)
        self.assertEqual(self.rows_of(table)[4]["s"], "d")

    def test_rows_are_deleted_by_expression_and_all(self):
        table = self.table(self.all_types.columns)
        table.insert_records(self.all_types.rows)
        response = self.ok(table.delete_records(["id = 1", "id = 17", "is_null(s)"]))
        self.assertEqual(response["count_deleted"], 2)
        self.assertEqual(list(response["counts_deleted"]), [1, 0, 1])
        self.assertEqual(list(self.rows_of(table)), [2])
        response = self.ok(table.delete_records([], options={"delete_all_records": "true"}))
        self.assertEqual(table.size(), 0)

    def test_rows_are_updated(self):
        table = self.table(self.all_types.columns)
        table.insert_records(self.all_types.rows)
        response = self.ok(table.update_records(
            ["id = 1", "id = 3", "id = 99"],
            [{"s": "new", "i8": "-5", "day": None}, {"d": "1.5", "raw": None, "flag": "1"},
             {"s": "nobody"}]))
        self.assertEqual(response["count_updated"], 2)
        self.assertEqual(list(response["counts_updated"]), [1, 1, 0])
        expected = self.expected()
        expected[1].update(s="new", i8=-5, day=None)
        expected[3].update(d=1.5, flag=1)
        self.assertEqual(self.rows_of(table), expected)

    def test_aggregates(self):
        table = self.table([["id", "long", "primary_key"], ["v", "double", "nullable"],
                            ["s", "string", "char8"]])
        table.insert_records([[i, i / 2 if i % 2 else None, "ab"[i % 2]] for i in range(10)])
        stats = self.ok(table.aggregate_statistics("v", "count,sum,min,max,mean"))["stats"]
        self.assertEqual({k: stats[k] for k in ("count", "sum", "min", "max", "mean")},
                         {"count": 10, "sum": 12.5, "min": 0.5, "max": 4.5, "mean": 2.5})
        limits = self.ok(table.aggregate_min_max("id"))
        self.assertEqual((limits["min"], limits["max"]), (0, 9))
        groups = self.ok(table.aggregate_group_by(["s", "count(*) as n"], options={"sort_by": "key"}))
        self.assertEqual(groups["total_number_of_records"], len(set(groups["data"]["s"])))
        self.assertEqual(sum(groups["data"]["n"]), stats["count"])
        values = self.ok(table.aggregate_unique("s"))
        self.assertEqual(sorted(values["data"]["s"]), ["a", "b"])


class Binary(Records, PythonTest):
    pass


@unittest.skipIf(IS_7_1, "the 7.1 client cannot decode what it asks for in JSON")
class Json(Records, PythonTest):
    encoding = "JSON"

    def as_read(self, value):
        return value.hex() if isinstance(value, bytes) else value


@unittest.skipIf(IS_7_1, "one client with the package for it is enough")
class Snappy(Records, PythonTest):
    encoding = "SNAPPY"


class MultiHead(Records, PythonTest):
    multihead = True

    def test_a_row_is_found_by_its_key(self):
        table = self.table(self.all_types.columns)
        table.insert_records(self.all_types.rows)
        for key in (1, 2, 3):
            found = self.ok(table.get_records_by_key([key]))
            self.assertEqual([dict(row) for row in found["data"]], [self.expected()[key]])
        self.assertEqual(self.ok(table.get_records_by_key({"id": 4}))["data"], [])
        filtered = self.ok(table.get_records_by_key([1], "i8 = 126"))
        self.assertEqual(filtered["data"], [])

    def test_every_rank_gets_rows(self):
        table = self.table([["id", "long", "primary_key"], ["s", "string"]])
        table.insert_records([[i, str(i)] for i in range(3000)])
        ranks = self.get(self.server.url + "/debug/ranks")["ranks"]
        counts = {rank["rank"]: rank["tables"].get("ki_home.t", {}).get("rows", 0)
                  for rank in ranks}
        self.assertEqual(sum(counts.values()), 3000)
        self.assertEqual(counts.pop(0, 0), 0, "rows at the head")
        self.assertEqual(len(counts), 3)
        self.assertGreater(min(counts.values()), 700)

    def test_an_ingestor_flushes_when_a_batch_is_full_and_at_the_end(self):
        columns = [["id", "long", "primary_key"], ["s", "string", "nullable"]]
        self.table(columns)
        record_type = gpudb.GPUdbRecordType(columns)
        ingestor = gpudb.GPUdbIngestor(self.db, "t", record_type, 100, {})
        for i in range(1000):
            ingestor.insert_record([i, None])
        self.assertLess(len(self.table(None)), 1000)
        ingestor.flush()
        self.assertEqual(ingestor.get_count_inserted(), 1000)
        self.assertEqual(set(self.rows_of(self.table(None))), set(range(1000)))


if __name__ == "__main__":
    official.main()
