"""Names and passwords, encryption, and a second cluster that takes over."""

import os
import shutil
import subprocess
import unittest.mock

from python_client import PythonTest, official

import gpudb

COLUMNS = [["id", "long", "primary_key"], ["s", "string"]]


class Credentials(PythonTest):
    def setUp(self):
        super().setUp()
        users = self.write_file("users", "ada:secret\nbob:pass:word\n")
        users.chmod(0o600)
        self.server = self.start_server("--users", users)

    def test_the_right_name_and_password_are_let_in(self):
        for name, password in (("ada", "secret"), ("bob", "pass:word")):
            db = self.connect(self.server, username=name, password=password)
            table = gpudb.GPUdbTable(COLUMNS, "t_" + name, db=db)
            table.insert_records([[1, "a"]])
            self.assertEqual(table.size(), 1)

    def test_others_are_unauthorized(self):
        for credentials in ({}, {"username": "ada", "password": "wrong"},
                            {"username": "eve", "password": "secret"}):
            with self.subTest(credentials):
                with self.assertRaises(gpudb.GPUdbUnauthorizedAccessException):
                    self.connect(self.server, **credentials)


class Encryption(PythonTest):
    def test_the_servers_certificate_is_used(self):
        if not shutil.which("openssl"):
            self.fail("openssl is not installed")
        key, certificate = self.folder / "key.pem", self.folder / "certificate.pem"
        subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2",
                        "-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1",
                        "-keyout", key, "-out", certificate], check=True, capture_output=True)
        server = self.start_server("--tls-cert", certificate, "--tls-key", key,
                                   "--ranks", "2")
        self.assertTrue(server.url.startswith("https://"), server.url)
        trust = {"REQUESTS_CA_BUNDLE": str(certificate), "SSL_CERT_FILE": str(certificate)}
        environment = unittest.mock.patch.dict(os.environ, trust)
        environment.start()
        self.addCleanup(environment.stop)
        db = self.connect(server)
        table = gpudb.GPUdbTable(COLUMNS, "t", db=db, use_multihead_io=True,
                                 flush_multi_head_ingest_per_insertion=True)
        table.insert_records([[i, "a"] for i in range(100)])
        self.assertEqual(table.size(), 100)


class Failover(PythonTest):
    def test_the_second_cluster_takes_over(self):
        """The client tells clusters apart by their hosts, so each has an address of its own."""
        first = self.start_server("--ranks", "3")
        second = self.start_server("--ranks", "3", host="127.0.0.2")
        # Clusters of a ring hold the same tables.
        for server in (first, second):
            gpudb.GPUdbTable(COLUMNS, "t", db=self.connect(server))
        db = self.connect(first, second, primary_host=first.url)
        # Inserts through the head: the ingestor of 7.2.3.13 stumbles over its own failover (it
        # updates the response that it has not got), after the rows are stored.
        table = gpudb.GPUdbTable(None, "t", db=db)
        table.insert_records([[i, "first"] for i in range(100)])
        self.assertEqual(table.size(), 100)
        reader = gpudb.GPUdbTable(None, "t", db=db, use_multihead_io=True)
        self.assertEqual(len(self.ok(reader.get_records_by_key([30]))["data"]), 1)
        first.kill()
        self.assertEqual(table.size(), 0)
        table.insert_records([[i, "second"] for i in range(50)])
        self.assertEqual(gpudb.GPUdbTable(None, "t", db=self.connect(second)).size(), 50)
        found = self.ok(reader.get_records_by_key([30]))["data"]
        self.assertEqual([row["s"] for row in found], ["second"])

    def test_a_cluster_that_is_down_at_the_start_is_passed_over(self):
        first = self.start_server()
        second = self.start_server(host="127.0.0.2")
        first.kill()
        db = self.connect(first, second, primary_host=first.url)
        gpudb.GPUdbTable(COLUMNS, "t", db=db).insert_records([[1, "a"]])
        self.assertEqual(gpudb.GPUdbTable(None, "t", db=self.connect(second)).size(), 1)

    def test_with_no_cluster_left_there_is_an_error(self):
        server = self.start_server()
        db = self.connect(server)
        server.kill()
        with self.assertRaises(gpudb.GPUdbException):
            db.has_table("t")

    def test_rows_move_when_shards_do(self):
        server = self.start_server("--ranks", "3")
        db = self.connect(server)
        table = gpudb.GPUdbTable(COLUMNS, "t", db=db, use_multihead_io=True,
                                 flush_multi_head_ingest_per_insertion=True)
        table.insert_records([[i, "a"] for i in range(500)])
        self.post(server.url + "/debug/reshard", {"seed": 7})
        table.insert_records([[i, "b"] for i in range(500, 1000)])
        self.assertEqual(table.size(), 1000)
        for key in (3, 700):
            found = self.ok(table.get_records_by_key([key]))
            self.assertEqual([row["id"] for row in found["data"]], [key])


if __name__ == "__main__":
    official.main()
