"""A Schema Registry that nobody here wrote, as a process, a door before it that can be shut, and a
register of GUIDs before it, which it has none of."""

import http.server
import json
import pathlib
import re
import shutil
import socket
import sys
import tempfile
import threading
import urllib.error
import urllib.request
import uuid

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "system"))
import harness  # noqa: E402
import product  # noqa: E402

APICURIO = harness.ROOT / "build" / "official" / "apicurio" / "2.6.13.Final"
RUNNER = APICURIO / "apicurio-registry-app-2.6.13.Final-runner.jar"
START_SECONDS = 90
REQUEST_SECONDS = 30


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


class GuidRegister:
    """The registry with GUIDs, at `url`: adds "guid" wherever it answers a schema's id, and the
    endpoint /schemas/guids/{guid}, which is its /schemas/ids/{id}. All else goes through as it is."""

    SPACE = uuid.UUID("5a1c9e0e-6f0b-4f6e-9a55-0d2f6a4c1b77")

    def __init__(self, registry):
        register = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *_):
                pass

            def do_GET(self):
                self.answer(None)

            def do_POST(self):
                self.answer(self.rfile.read(int(self.headers["Content-Length"])))

            def answer(self, body):
                status, answer = register.answer(self.command, self.path, body)
                self.send_response(status)
                self.send_header("Content-Type", "application/vnd.schemaregistry.v1+json")
                self.send_header("Content-Length", str(len(answer)))
                self.end_headers()
                self.wfile.write(answer)

        self.ids = {}  # by their GUIDs
        self.asked = []  # the GUIDs, in the order in which they were
        self.address = registry.address
        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.url = registry.url.replace(f":{self.address[1]}/", f":{self.server.server_port}/")
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def answer(self, method, path, body):
        named = re.search(r"/schemas/guids/([^/?]+)", path)
        if named:
            guid = named[1]
            self.asked.append(guid)
            if guid not in self.ids:
                return 404, b'{"error_code":40403,"message":"Schema not found"}'
            path = path.replace(f"/guids/{guid}", f"/ids/{self.ids[guid]}")
        request = urllib.request.Request(
            f"http://{self.address[0]}:{self.address[1]}{path}", body, method=method,
            headers={"Content-Type": "application/vnd.schemaregistry.v1+json"})
        try:
            with urllib.request.urlopen(request, timeout=REQUEST_SECONDS) as reply:
                status, answer = reply.status, reply.read()
        except urllib.error.HTTPError as error:
            return error.code, error.read()
        return status, self.with_guid(path, json.loads(answer))

    def with_guid(self, path, answer):
        by_id = re.search(r"/schemas/ids/(\d+)", path)
        if isinstance(answer, dict) and ("id" in answer or by_id):
            schema_id = int(by_id[1]) if by_id else answer["id"]
            guid = str(uuid.uuid5(self.SPACE, str(schema_id)))
            self.ids[guid] = schema_id
            answer["guid"] = guid
        return json.dumps(answer).encode()

    def close(self):
        self.server.shutdown()
        self.server.server_close()
