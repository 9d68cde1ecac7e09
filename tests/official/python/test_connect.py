"""Kinetica's Python client connects and reads what a server says of itself."""

import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
import official

import gpudb


class Connect(official.OfficialTest):
    def test_the_client_connects_and_the_server_is_running(self):
        server = self.start_server()
        db = gpudb.GPUdb(host=server.url)
        self.assertTrue(db.is_kinetica_running(server.url))
        self.assertTrue(db.ping(server.url).startswith("Kinetica is running"))
        properties = db.show_system_properties()["property_map"]
        self.assertIn("conf.set_monitor_port", properties)
        self.assertEqual(db.show_system_status()["status_info"]["status"], "OK")

    def test_a_table_that_is_not_there_is_an_error_with_its_name(self):
        db = gpudb.GPUdb(host=self.start_server().url)
        self.assertFalse(db.has_table("no_such_table")["table_exists"])
        response = db.show_table("no_such_table")
        self.assertEqual(response["status_info"]["status"], "ERROR")
        self.assertIn("no_such_table", response["status_info"]["message"])


if __name__ == "__main__":
    official.main()
