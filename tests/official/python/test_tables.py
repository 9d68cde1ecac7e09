"""Tables, types and schemas as a user of GPUdbTable makes, changes, lists and drops them."""

import json
import unittest

from python_client import IS_7_1, PythonTest, official, release

import gpudb

COLUMNS = [["id", "long", "primary_key"], ["name", "string", "char32", "nullable"],
           ["amount", "double"]]


class Tables(PythonTest):
    def setUp(self):
        super().setUp()
        self.server = self.start_server()
        self.db = self.connect(self.server)

    def table(self, columns=None, name="t", **options):
        return gpudb.GPUdbTable(columns, name, db=self.db, **options)

    def rows(self, table, **options):
        return [tuple(dict(row).values()) for row in table.get_records(**options)]

    def test_a_table_exists_from_its_creation_to_its_end(self):
        self.assertFalse(self.ok(self.db.has_table("t"))["table_exists"])
        table = self.table(COLUMNS)
        self.assertTrue(table.exists())
        self.assertEqual(table.size(), 0)
        described = self.ok(table.show_table())
        self.assertEqual(len(described["table_names"]), 1)
        self.assertEqual(json.loads(described["type_schemas"][0])["fields"],
                         [{"name": "id", "type": "long"},
                          {"name": "name", "type": ["string", "null"]},
                          {"name": "amount", "type": "double"}])
        properties = described["properties"][0]
        self.assertEqual(sorted(properties["name"]), ["char32", "nullable"])
        self.assertEqual(list(properties["id"]), ["primary_key"])
        self.ok(table.clear())
        self.assertFalse(table.exists())
        self.refused(self.db.show_table("t"))

    def test_what_is_there_already_is_refused_or_taken(self):
        type_id = gpudb.GPUdbRecordType(COLUMNS).create_type(self.db)
        self.ok(self.db.create_table("t", type_id))
        self.assertIn("t", self.refused(self.db.create_table("t", type_id)))
        self.ok(self.db.create_table("t", type_id, {"no_error_if_exists": "true"}))
        self.refused(self.db.clear_table("nowhere"))
        self.ok(self.db.clear_table("nowhere", options={"no_error_if_not_exists": "true"}))
        self.refused(self.db.create_table("u", "no such type"))

    def test_types_are_found_by_id_and_label(self):
        record_type = gpudb.GPUdbRecordType(COLUMNS, label="people")
        type_id = record_type.create_type(self.db)
        self.assertTrue(self.ok(self.db.has_type(type_id))["type_exists"])
        self.assertFalse(self.ok(self.db.has_type("987654321"))["type_exists"])
        for by in ((type_id, ""), ("", "people")):
            shown = self.ok(self.db.show_types(*by))
            self.assertEqual(list(shown["type_ids"]), [type_id])
            self.assertEqual(list(shown["labels"]), ["people"])
            again = gpudb.GPUdbRecordType(None, "people", shown["type_schemas"][0],
                                          shown["properties"][0])
            self.assertEqual(again, record_type)

    @unittest.skipIf(release() == "7.0", "schemas came with 7.1")
    def test_schemas_hold_tables(self):
        self.ok(self.db.create_schema("shop"))
        self.assertTrue(self.ok(self.db.has_schema("shop"))["schema_exists"])
        self.refused(self.db.create_schema("shop"))
        table = self.table(COLUMNS, "shop.orders")
        table.insert_records([[1, None, 2.5]])
        self.assertEqual(table.qualified_table_name, "shop.orders")
        shown = self.ok(self.db.show_schema("shop"))
        self.assertEqual(list(shown["schema_names"]), ["shop"])
        self.assertEqual([[name.split(".")[-1] for name in names]
                          for names in shown["schema_tables"]], [["orders"]])
        self.refused(self.db.drop_schema("shop"))
        self.ok(self.db.drop_schema("shop", {"cascade": "true"}))
        self.assertFalse(table.exists())
        self.ok(self.db.drop_schema("shop", {"no_error_if_not_exists": "true"}))

    def test_a_collection_name_is_a_schema(self):
        table = self.table(COLUMNS, "orders", options={"collection_name": "shop"})
        table.insert_records([[1, None, 2.5]])
        found = self.table(None, "shop.orders" if release() != "7.0" else "orders")
        self.assertEqual(self.rows(found), [(1, None, 2.5)])
        self.assertEqual(found.collection_name, "shop")

    def test_a_name_of_the_servers_choice(self):
        table = gpudb.GPUdbTable(COLUMNS, db=self.db)
        table.insert_records([[1, "a", 2.5]])
        self.assertEqual(self.rows(gpudb.GPUdbTable(None, table.name, db=self.db)),
                         [(1, "a", 2.5)])

    def test_columns_are_added_changed_renamed_and_deleted(self):
        table = self.table(COLUMNS)
        table.insert_records([[1, "Ada", 1.5], [2, None, -2]])
        changed = self.ok(table.alter_table("add_column", "n", {
            "column_type": "int", "column_properties": "int16,nullable"}))
        self.assertIn('"n"', changed["type_definition"])
        self.assertEqual(self.rows(table), [(1, "Ada", 1.5, None), (2, None, -2, None)])
        self.ok(table.alter_table("change_column", "name", {
            "column_type": "string", "column_properties": "char64,nullable",
            "rename_column": "full_name"}))
        self.ok(table.alter_table("delete_column", "amount"))
        table = self.table(None)
        self.assertEqual([column.name for column in table.get_table_type().columns],
                         ["id", "full_name", "n"])
        table.insert_records([[3, "x" * 64, 7]])
        self.assertEqual(self.rows(table), [(1, "Ada", None), (2, None, None), (3, "x" * 64, 7)])
        self.refused_change(table, "delete_column", "id")
        self.refused_change(table, "delete_column", "nothing")
        self.refused_change(table, "dance", "now")

    def refused_change(self, table, action, value, options=None):
        try:
            self.refused(table.alter_table(action, value, options or {}))
        except gpudb.GPUdbException:
            pass

    def test_many_columns_are_changed_at_once(self):
        table = self.table(COLUMNS)
        table.insert_records([[1, "Ada", 1.5]])
        self.ok(table.alter_table_columns([
            {"column_name": "day", "action": "add_column", "column_type": "string",
             "column_properties": "date,nullable"},
            {"column_name": "amount", "action": "change_column", "column_type": "double",
             "column_properties": "nullable"},
        ], {"column_properties": "nullable"}))
        table = self.table(None)
        table.insert_records([[2, None, None, "2024-02-29"]])
        self.assertEqual(self.rows(table), [(1, "Ada", 1.5, None), (2, None, None, "2024-02-29")])

    def test_a_table_is_renamed(self):
        table = self.table(COLUMNS)
        table.insert_records([[1, "Ada", 1.5]])
        self.ok(self.db.alter_table("t", "rename_table", "u"))
        self.assertFalse(self.ok(self.db.has_table("t"))["table_exists"])
        self.assertEqual(self.rows(self.table(None, "u")), [(1, "Ada", 1.5)])

    def test_a_type_that_changed_meanwhile_is_read_again(self):
        table = self.table(COLUMNS)
        table.insert_records([[1, "Ada", 1.5]])
        self.ok(self.db.alter_table("t", "add_column", "n", {
            "column_type": "int", "column_properties": "nullable"}))
        self.assertEqual(self.rows(table), [(1, "Ada", 1.5, None)])

    def test_tables_are_listed(self):
        for name in ("a", "b"):
            self.table(COLUMNS, name).insert_records([[1, None, 0]])
        everything = self.ok(self.db.show_table("*", {"get_sizes": "true",
                                                      "show_children": "true"}))
        sizes = dict(zip([name.split(".")[-1] for name in everything["table_names"]],
                         everything["sizes"]))
        self.assertEqual({name: sizes.get(name) for name in "ab"}, {"a": 1, "b": 1})

    def test_a_replicated_table_is_one(self):
        table = self.table(COLUMNS, options={"is_replicated": "true"})
        self.assertTrue(self.table(None).is_replicated)
        table.insert_records([[1, "Ada", 1.5]])
        self.assertEqual(self.rows(table), [(1, "Ada", 1.5)])

    def test_permissions_are_granted(self):
        self.table(COLUMNS)
        if hasattr(self.db, "has_permission"):
            answer = self.ok(self.db.has_permission("", "t", "table", "insert"))
            self.assertTrue(answer["has_permission"])


if __name__ == "__main__":
    official.main()
