"""Kinetica's Python client connects and reads what a server says of itself."""

import pathlib
import socket
import sys
import unittest
from unittest import mock

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
import official

import gpudb


def has_ipv6():
    try:
        with socket.create_server(("::1", 0), family=socket.AF_INET6):
            return True
    except OSError:
        return False


class Connect(official.OfficialTest):
    def test_the_client_connects_and_the_server_is_running(self):
        server = self.start_server()
        db = gpudb.GPUdb(host=server.url)
        self.assertTrue(db.is_kinetica_running(server.url))
        self.assertTrue(db.ping(server.url).startswith("Kinetica is running"))
        properties = db.show_system_properties()["property_map"]
        self.assertIn("conf.set_monitor_port", properties)
        self.assertEqual(db.show_system_status()["status_info"]["status"], "OK")

    def test_a_server_with_an_ipv6_address_is_reached_by_its_name(self):
        """By its address neither version of the client gets as far as a request: it drops the
        brackets of http://[::1]:9191 and parses what is left over and over again."""
        if not has_ipv6():
            self.skipTest("this machine has no IPv6")
        server = self.start_server("--advertise", "six.test", host="[::1]")
        find = socket.getaddrinfo

        def name_service(host, *more, **options):
            return find("::1" if host == "six.test" else host, *more, **options)

        with mock.patch("socket.getaddrinfo", name_service):
            db = gpudb.GPUdb(host=f"http://six.test:{server.url.rsplit(':', 1)[1]}")
            self.assertEqual(db.show_system_status()["status_info"]["status"], "OK")

    def test_a_table_that_is_not_there_is_an_error_with_its_name(self):
        db = gpudb.GPUdb(host=self.start_server().url)
        self.assertFalse(db.has_table("no_such_table")["table_exists"])
        response = db.show_table("no_such_table")
        self.assertEqual(response["status_info"]["status"], "ERROR")
        self.assertIn("no_such_table", response["status_info"]["message"])


if __name__ == "__main__":
    official.main()
