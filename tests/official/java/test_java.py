"""Kinetica's Java client against servers of three ranks: see README.md.

    test_java.py PATH/TO/kinetica-connect --client 7.1.10.5 [--release 7.1] [unittest arguments]
"""

import argparse
import json
import pathlib
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
import official  # noqa: E402
from official import harness  # noqa: E402

BUILD = harness.ROOT / "build" / "official" / "java"
RANKS = 3
USER, PASSWORD = "judge", "s3cret"
# What runs one after the other against one server. The rest needs servers of a special kind.
SCENARIOS = (
    "types", "tables", "columns", "inserts", "keys", "record_object", "plain_object", "duplicates",
    "bad_rows", "queries", "changes", "sql", "json", "connector_sink", "connector_source",
    "resharding")
# What the client can decode of 7.1 only.
SCENARIOS_OF_7_1 = ("monitors",)


class Options:
    """The command line, for the whole run."""

    client = None
    release = None


class JavaClient(official.OfficialTest):
    """Servers of three ranks, and scenarios of the Java program against them."""

    def serve(self, *arguments, host="127.0.0.1"):
        release = ["--kinetica-version", Options.release] if Options.release else []
        return self.start_server("--ranks", RANKS, *release, *arguments, host=host)

    def judge(self, *scenarios, servers, **settings):
        """Starts the Java program; its process."""
        command = ["java", "-Xmx256m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-cp",
                   f"{BUILD}/classes:{BUILD}/{Options.client}/lib/*", "judge.Judge",
                   "--url", ",".join(server.url for server in servers), "--ranks", RANKS,
                   "--kinetica-version", Options.release or "7.2"]
        for name, value in settings.items():
            command += ["--" + name, value]
        process = harness.Process("judge", [*command, *scenarios], self.folder)
        self.processes.append(process)
        return process

    def pass_all(self, judge, seconds=150):
        status = judge.wait(seconds)
        failed = [line for line in judge.out.splitlines() if line.startswith("FAILED")]
        self.assertEqual((status, failed), (0, []))

    def test_one_server(self):
        more = SCENARIOS_OF_7_1 if Options.release == "7.1" else ()
        self.pass_all(self.judge(*SCENARIOS, *more, servers=[self.serve()]))

    def check_failover(self, **settings):
        """The client tells clusters apart by their hosts, so each has an address of its own."""
        servers = [self.serve(), self.serve(host="127.0.0.2")]
        for server in servers:
            self.post(server.url + "/debug/ha_ring", {"urls": [s.url for s in servers]})
        judge = self.judge("failover", servers=servers, **settings)
        self.wait_until(lambda: f"kill {servers[0].url}\n" in judge.out, "the judge's word")
        servers[0].kill()
        self.pass_all(judge)

    def test_failover_to_a_given_cluster(self):
        self.check_failover()

    def test_failover_to_a_cluster_that_the_server_told(self):
        self.check_failover(discover="true")

    def test_credentials(self):
        users = self.write_file("users", f"{USER}:{PASSWORD}\n")
        users.chmod(0o600)
        self.pass_all(self.judge("credentials", servers=[self.serve("--users", users)], user=USER,
                                 password=PASSWORD))

    def test_certificate(self):
        certificate, key = self.folder / "server.pem", self.folder / "server.key"
        subprocess.run(
            ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj",
             "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", key, "-out",
             certificate], check=True, capture_output=True)
        server = self.serve("--tls-cert", certificate, "--tls-key", key)
        self.assertTrue(server.url.startswith("https://"), server.url)
        self.pass_all(self.judge("certificate", servers=[server], certificate=certificate))

    def test_file_of_rows(self):
        columns = [{"name": "k", "type": "long",
                    "properties": ["timestamp", "shard_key", "nullable"]},
                   {"name": "f", "type": "float"}, {"name": "s", "type": "string"}]
        rows = [[None if i % 10 == 0 else 1_700_000_000_000 + i, i / 4, f"row {i} \u00e9"]
                for i in range(1000)]
        file = self.write_file("rows.json", json.dumps({"columns": columns, "rows": rows}))
        server = self.serve()
        self.pass_all(self.judge("insert_file", servers=[server], file=file, table="from_file"))
        ranks = self.get(server.url + "/debug/ranks")["ranks"]
        counts = [rank["tables"].get("ki_home.from_file", {"rows": 0})["rows"] for rank in ranks]
        self.assertEqual((counts[0], sum(counts)), (0, 1000))
        self.assertGreater(min(counts[1:]), 200)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--client", required=True, metavar="VERSION", help="of gpudb-api")
    parser.add_argument("--release", choices=["7.1", "7.2"], help="that the servers behave as")
    arguments, rest = parser.parse_known_args()
    Options.client = arguments.client
    Options.release = arguments.release
    harness.require((BUILD / Options.client / "lib").is_dir(),
                    f"Kinetica's Java client {Options.client} is not in {BUILD}")
    harness.require((BUILD / "classes" / ".complete").exists(),
                    f"The Java judge is not compiled (compile.sh) in {BUILD}")
    sys.argv[1:] = rest
    official.main()


if __name__ == "__main__":
    main()
