"""What every test of an official client stands on: `OfficialTest`, a `SystemTest` (see
tests/system/harness.py for processes, waits and logs) that starts embedded servers.

A test file ends in `official.main()`, so it runs as

    test_x.py PATH/TO/kinetica-connect [--server OPTION] [unittest arguments, e.g. -v or Class.test]

and each `--server` option is given to every server that the file starts, for example
`--server=--kinetica-version=7.1`.
"""

import argparse
import json
import pathlib
import sys
import urllib.error
import urllib.request

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "system"))
import harness  # noqa: E402

REQUEST_SECONDS = 30


class Options:
    """The command line, for the whole run."""

    server = []


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--server", action="append", default=[], metavar="OPTION")
    arguments, rest = parser.parse_known_args()
    Options.server = arguments.server
    sys.argv[1:] = rest
    harness.main(programs=(), kafka=False)


class OfficialTest(harness.SystemTest):
    """A test that starts servers of its own; each takes its ports from the kernel."""

    def start_server(self, *arguments, host="127.0.0.1", monitor_port=0):
        """`kinetica-connect server`, ready: a process with its `url`."""
        server = self.start("server", "server", "--listen", f"{host}:0", "--monitor-port", monitor_port,
                            *Options.server, *arguments)
        server.url = server.wait_ready()
        return server

    def get(self, url):
        """The JSON that a plain GET of `url` answers."""
        with urllib.request.urlopen(url, timeout=REQUEST_SECONDS) as reply:
            return json.load(reply)

    def post(self, url, body):
        """The text that a POST of the JSON `body` answers, for the server's /debug endpoints."""
        request = urllib.request.Request(url, json.dumps(body).encode(), method="POST",
                                         headers={"Content-Type": "application/json"})
        with urllib.request.urlopen(request, timeout=REQUEST_SECONDS) as reply:
            return reply.read().decode()
