"""Tables whose columns and names change: as GPUdbTable changes them, and as those notice who were
there before."""

from python_client import official
import test_monitors
import test_tables
from test_tables import COLUMNS

import gpudb


class Changes(test_tables.TablesTest):
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

    def test_a_table_that_is_not_there_is_named(self):
        for answer in (self.db.alter_table("nowhere", "add_column", "x", {"column_type": "int"}),
                       self.db.alter_table_columns("nowhere", [], {})):
            self.assertIn("nowhere", self.refused(answer))


class WatchedChanges(test_monitors.MonitorsTest):
    def test_rows_of_a_changed_table_are_understood(self):
        """A client reads the type again when a row does not fit the one that it knows: a row without
        the last column does not, one with a new last column is taken for what it begins with."""
        table = gpudb.GPUdbTable([["id", "long"], ["s", "string", "nullable"],
                                  ["n", "double", "nullable"]], "watched", db=self.db)
        self.watch("watched")
        table.insert_records([[1, "a", 0.5]])
        self.wait_heard(test_monitors.Event.INSERT_DECODED, 1)
        self.ok(table.alter_table("delete_column", "n", {}))
        changed = gpudb.GPUdbTable(None, "watched", db=self.db)
        changed.insert_records([[2, "b"]])
        self.wait_heard(test_monitors.Event.INSERT_DECODED, 2)
        self.assertEqual(self.heard[test_monitors.Event.INSERT_DECODED],
                         [{"id": 1, "s": "a", "n": 0.5}, {"id": 2, "s": "b"}])


if __name__ == "__main__":
    official.main()
