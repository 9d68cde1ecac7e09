"""A Schema Registry that nobody here wrote, as a process, and a door before it that can be shut."""

import pathlib
import shutil
import socket
import sys
import tempfile
import threading
import urllib.error
import urllib.request

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "system"))
import harness  # noqa: E402
import product  # noqa: E402

APICURIO = harness.ROOT / "build" / "official" / "apicurio" / "2.6.13.Final"
RUNNER = APICURIO / "apicurio-registry-app-2.6.13.Final-runner.jar"
START_SECONDS = 90


class Registry:
    """Apicurio, in memory, with Confluent's API at `url` once it is ready."""

    def __init__(self):
        harness.require(RUNNER.exists(), f"Apicurio Registry is not in {APICURIO}")
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="kinetica-connect-registry-"))
        port = product.free_port()
        self.process = harness.Process(
            "registry", ["java", "-Xmx256m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1",
                         "-Dquarkus.http.host=127.0.0.1", f"-Dquarkus.http.port={port}",
                         "-jar", RUNNER], self.folder)
        self.address = ("127.0.0.1", port)
        self.url = f"http://127.0.0.1:{port}/apis/ccompat/v7"

    def wait_ready(self):
        def answers():
            try:
                with urllib.request.urlopen(self.url + "/subjects", timeout=5) as reply:
                    return reply.status == 200
            except (urllib.error.URLError, OSError):
                return False

        try:
            harness.wait_until(answers, "the registry to answer", START_SECONDS, [self.process])
        except AssertionError as error:
            raise AssertionError(f"{error}\n{self.process.log_ends()}") from None

    def remove(self):
        self.process.kill()
        shutil.rmtree(self.folder, ignore_errors=True)


class Door:
    """A port that leads to the registry; while it is shut, it ends each connection at once and counts
    them in `refused`."""

    def __init__(self, registry):
        self.target = registry.address
        self.shut = True
        self.refused = 0
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.url = registry.url.replace(f":{self.target[1]}/",
                                        f":{self.listener.getsockname()[1]}/")
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            try:
                client, _ = self.listener.accept()
            except OSError:
                return
            if self.shut:
                self.refused += 1
                client.close()
                continue
            server = socket.create_connection(self.target)
            for source, target in ((client, server), (server, client)):
                threading.Thread(target=self.copy, args=(source, target), daemon=True).start()

    @staticmethod
    def copy(source, target):
        try:
            while data := source.recv(1 << 16):
                target.sendall(data)
            target.shutdown(socket.SHUT_WR)
        except OSError:
            pass

    def close(self):
        self.listener.close()
