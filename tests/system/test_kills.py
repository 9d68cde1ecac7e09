"""kill -9 at random moments of what changes stored offsets and configurations over REST and by the
command `offsets`, without Kafka: all of a change is there afterwards, or nothing of it."""

import http.client
import json
import os
import random
import subprocess
import threading
import time
import urllib.parse

import harness
import product

KILLS = 20
SECONDS_MAX = 0.15  # from the first change to the kill
TABLES = [f"Table{number:03}" for number in range(300)]


def offsets(number):
    """The same number for each table."""
    return {"offsets": [{"partition": {"table": table}, "offset": {"record": number}}
                        for table in TABLES]}


class Client(threading.Thread):
    """Makes one change after the other, `change(number)` being method, path and body, until the
    worker is gone. Numbers that were sent, and answered, last."""

    def __init__(self, worker, first, change):
        super().__init__()
        self.address = urllib.parse.urlparse(worker.url).netloc
        self.change = change
        self.sent = first - 1
        self.answered = -1
        self.refusal = None

    def run(self):
        try:
            while self.refusal is None:
                method, path, body = self.change(self.sent + 1)
                connection = http.client.HTTPConnection(self.address, timeout=10)
                self.sent += 1
                connection.request(method, path, json.dumps(body),
                                   {"Content-Type": "application/json"})
                answer = connection.getresponse()
                text = answer.read()
                connection.close()
                if answer.status >= 300:
                    self.refusal = (answer.status, text)
                else:
                    self.answered = self.sent
        except (OSError, http.client.HTTPException):
            pass  # it was killed


class Kills(product.ProductTest):
    def setUp(self):
        super().setUp()
        seed = int(os.environ.get("SEED", random.randrange(1 << 32)))
        print(f"SEED={seed}")
        self.random = random.Random(seed)
        nowhere = f"http://127.0.0.1:{product.free_port()}"
        source = self.source_properties("source", product.Database(nowhere), ",".join(TABLES))
        self.sink = self.sink_properties("sink", nowhere, "t")
        self.files = [
            self.write_properties("worker.properties", {
                "bootstrap.servers": f"127.0.0.1:{product.free_port()}",
                "offset.storage.file.filename": self.folder / "connect.offsets",
                "listeners": "http://127.0.0.1:0",
                "key.converter": product.JSON_CONVERTER,
                "value.converter": product.JSON_CONVERTER}),
            self.write_file("source.json", json.dumps({
                "name": "source", "initial_state": "STOPPED",
                "config": {name: str(value) for name, value in source.items()}})),
            self.write_properties("sink.properties", self.sink)]

    def begin(self):
        process = self.start("worker", "standalone", *self.files)
        return product.Worker(process, process.wait_ready())

    def stored(self, answer):
        """The one number that all tables have, -1 for none of them."""
        records = [entry["offset"]["record"] for entry in answer["offsets"]]
        self.assertIn(len(records), (0, len(TABLES)))
        self.assertLessEqual(len(set(records)), 1, "some of a change, and not all")
        return records[0] if records else -1

    def test_while_rest_changes_offsets_and_configurations(self):
        first = 0
        kept = -1
        config = {name: str(value) for name, value in self.sink.items()}
        for _ in range(KILLS):
            worker = self.begin()
            self.assertEqual(product.http(worker.url + "/connectors"), ["sink", "source"])
            number = self.stored(product.http(worker.url + "/connectors/source/offsets"))
            self.assertTrue(kept <= number < first, f"{kept} <= {number} < {first}")
            clients = [
                Client(worker, first, lambda n: ("PATCH", "/connectors/source/offsets",
                                                 offsets(n))),
                Client(worker, first, lambda n: ("PUT", "/connectors/sink/config",
                                                 {**config, "topics": f"t{n}"}))]
            for client in clients:
                client.start()
            time.sleep(self.random.uniform(0, SECONDS_MAX))
            worker.process.kill()
            for client in clients:
                client.join()
                self.assertIsNone(client.refusal)
            kept = max(number, clients[0].answered)
            first = clients[0].sent + 1
        self.assertGreater(kept, KILLS, "the worker was killed before it had done anything")
        self.assertEqual(self.begin().process.terminate(), 0)

    def test_while_offsets_are_imported(self):
        def imported(number):
            file = self.write_file("new.json", json.dumps(offsets(number)))
            return [harness.Options.binary, "offsets", "import", *self.files[:2], file]

        began = time.monotonic()
        subprocess.run(imported(0), check=True, capture_output=True, timeout=30)
        duration = time.monotonic() - began
        number = 0
        for _ in range(KILLS):
            command = subprocess.Popen(imported(number + 1), stdout=subprocess.DEVNULL)
            time.sleep(self.random.uniform(0, 1.2 * duration))
            command.kill()
            ended = command.wait()
            answer = subprocess.run(
                [harness.Options.binary, "offsets", "export", *self.files[:2]],
                check=True, capture_output=True, timeout=30)
            after = self.stored(json.loads(answer.stdout))
            self.assertIn(after, (number + 1,) if ended == 0 else (number, number + 1))
            number = after
        worker = self.begin()
        self.assertEqual(
            self.stored(product.http(worker.url + "/connectors/source/offsets")), number)


if __name__ == "__main__":
    harness.main(programs=(), kafka=False)
