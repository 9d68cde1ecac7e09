"""Tables, types and schemas as a user of GPUdbTable makes, changes, lists and drops them."""

import json
import unittest

from python_client import IS_7_1, PythonTest, official, release

import gpudb

COLUMNS = [["id", "long", "primary_key"], ["name", "string", "char32", "nullable"],
           ["amount", "double"]]


class TablesTest(PythonTest):
    """A server and its tables."""

    def setUp(self):
        super().setUp()
        self.server = self.start_server()
        self.db = self.connect(self.server)

    def table(self, columns=None, name="t", **options):
        return gpudb.GPUdbTable(columns, name, db=self.db, **options)

    def rows(self, table, **options):
        return [tuple(dict(row).values()) for row in table.get_records(**options)]


class Tables(TablesTest):
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
