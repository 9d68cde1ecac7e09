"""What Kinetica's clients need to connect (vectors/kinetica/connect_matrix.json: a server without
one thing or another, five clients, who could still connect) is what the server says, whichever
Kinetica it is.

    test_connect_matrix.py PATH/TO/kinetica-connect [unittest arguments]
"""

import json
import pathlib
import sys
import urllib.request

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "system"))
import harness  # noqa: E402

MATRIX = json.loads(
    (pathlib.Path(__file__).parent / "vectors/kinetica/connect_matrix.json").read_text())
RELEASES = ("7.0", "7.1", "7.2")
REQUEST_SECONDS = 30


def needed():
    """The variations without which some client does not connect."""
    return {name for name, clients in MATRIX.items()
            if not all(client["ok"] for client in clients.values())}


class ConnectMatrix(harness.SystemTest):
    def ask(self, server, endpoint):
        request = urllib.request.Request(server + endpoint, b"{}", method="POST",
                                         headers={"Content-Type": "application/json"})
        with urllib.request.urlopen(request, timeout=REQUEST_SECONDS) as reply:
            return json.loads(json.load(reply)["data_str"])

    def test_what_a_client_misses_is_there(self):
        for release in RELEASES:
            server = self.start("server", "server", "--listen", "127.0.0.1:0", "--monitor-port",
                                "0", "--kinetica-version", release).wait_ready()
            properties = self.ask(server, "/show/system/properties")["property_map"]
            status = self.ask(server, "/show/system/status")["status_map"]
            for variation in needed():
                with self.subTest(f"Kinetica {release}, {variation}"):
                    self.check(variation, properties, status)

    def check(self, variation, properties, status):
        what, _, name = variation.partition(" ")
        if what == "drop":
            self.assertTrue(properties.get(name))
        elif variation == "version 4 comps":
            parts = properties["version.gpudb_core_version"].split(".")
            self.assertGreaterEqual(len([part for part in parts if part.isdigit()]), 5)
        elif variation == "empty properties":
            self.assertTrue(properties)
        elif what == "status":
            self.assertEqual(json.loads(status["system"])["status"], "running")
        else:
            self.fail("nobody has said what this means for the server")

    def test_every_call_of_a_client_is_answered(self):
        server = self.start("server", "server", "--listen", "127.0.0.1:0", "--monitor-port",
                            "0").wait_ready()
        calls = {call for clients in MATRIX.values() for client in clients.values()
                 for _, call in client["calls"]}
        self.assertTrue(calls)
        for call in calls:
            with self.subTest(call):
                self.assertIn("info", self.ask(server, "/show/system/" + call))


if __name__ == "__main__":
    harness.main(programs=(), kafka=False)
