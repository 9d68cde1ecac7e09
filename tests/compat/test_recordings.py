"""Whole sessions of Kinetica's official clients, replayed against a fresh server: every recorded
request is answered as it was then. Every file of vectors/kinetica/transcripts is a test.

    test_recordings.py PATH/TO/kinetica-connect [unittest arguments]

A request is read by a codec of this folder's own, written again to the same bytes, sent with the
recorded headers to the rank it was sent to, and the answer compared field by field. Set aside is
only what cannot be the same, and why:

- type ids and topic ids are the server's choice: replaced in requests, and compared by their place;
- host names and ports in the system properties;
- the version and the size of the routing table: the recorded one has 64 shards, the server's 16384,
  which must be the recorded ones over and over;
- the words of an error; that it is one, its place and its HTTP status are compared;
- additional_info of /show/table and info of /create/tablemonitor may say more than was recorded;
- the name of a column of SQL that has none (`select 1`);
- white space within JSON texts.
"""

import json
import pathlib
import re
import sys
import urllib.error
import urllib.parse
import urllib.request

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "system"))
import harness  # noqa: E402
import avro  # noqa: E402
import snappy_block  # noqa: E402

VECTORS = pathlib.Path(__file__).parent / "vectors" / "kinetica"
SCHEMAS = json.loads((VECTORS / "endpoint_schemas.json").read_text())["endpoints"]
ENVELOPE = SCHEMAS["gpudb_response"]["response"]["fields"]
RECORDED_PORTS = (19191, 19192, 19193)  # the head and two workers
REQUEST_SECONDS = 30


def plain(value):
    """Bytes as the recordings write them."""
    if isinstance(value, bytes):
        return {"hex": value.hex()}
    if isinstance(value, list):
        return [plain(item) for item in value]
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    return value


def replaced(value, names):
    """`value` with every text that is a key of `names` replaced."""
    if isinstance(value, str):
        return names.get(value, value)
    if isinstance(value, list):
        return [replaced(item, names) for item in value]
    if isinstance(value, dict):
        return {key: replaced(item, names) for key, item in value.items()}
    return value


def unspaced(value):
    """JSON texts as what they say."""
    if isinstance(value, str) and value[:1] in ("{", "["):
        try:
            return json.loads(value)
        except ValueError:
            return value
    if isinstance(value, list):
        return [unspaced(item) for item in value]
    if isinstance(value, dict):
        return {key: unspaced(item) for key, item in value.items()}
    return value


class Recording(harness.SystemTest):
    """One recorded session against one server."""

    def replay(self, path):
        exchanges = [json.loads(line) for line in path.read_text().splitlines()]
        server = self.start("server", "server", "--listen", "127.0.0.1:0", "--monitor-port", "0",
                            "--ranks", "2")
        head = server.wait_ready()
        self.connect(head)
        self.ours = {}  # ids by the recorded ones
        for number, exchange in enumerate(exchanges):
            with self.subTest(f"{path.name} line {number + 1} {exchange['path']}"):
                self.exchange(exchange)

    def connect(self, head):
        _, _, body = self.request("GET", head + "/debug/ranks")
        urls = [rank["url"] for rank in json.loads(body)["ranks"]]
        self.urls = dict(zip(RECORDED_PORTS, urls))

    def request(self, method, url, headers=None, body=None):
        """Status, headers and body."""
        request = urllib.request.Request(url, body, headers or {}, method=method)
        try:
            with urllib.request.urlopen(request, timeout=REQUEST_SECONDS) as reply:
                return reply.status, reply.headers, reply.read()
        except urllib.error.HTTPError as reply:
            return reply.code, reply.headers, reply.read()

    def exchange(self, recorded):
        url = self.urls[recorded["port"]] + recorded["path"]
        headers = {name: value for name, value in recorded["headers"].items()
                   if name.lower() not in ("host", "content-length", "connection")}
        if recorded["path"] in SCHEMAS:
            self.call(url, headers, recorded)
        elif recorded["path"] == "/":
            status, _, body = self.request("GET", url, headers)
            self.assertEqual((status, body), (200, b"Kinetica is running!"))
        else:
            # Plain JSON; nothing was recorded of the answer.
            status, _, body = self.request("POST", url, headers, recorded["request_text"].encode())
            self.assertIn(status, (200, 400))
            self.assertIn(json.loads(body)["status"], ("OK", "ERROR"))

    def call(self, url, headers, recorded):
        schema = SCHEMAS[recorded["path"]]
        encoding = next(value for name, value in headers.items() if name.lower() == "content-type")
        body = self.with_our_ids(encoding, schema["request"]["fields"], recorded)
        status, answered, body = self.request("POST", url, headers, body)
        self.assertEqual(status, recorded["status"], body)
        self.assertGreaterEqual(float(answered["x-request-time-secs"]), 0)
        was = bytes.fromhex(recorded["response_hex"])
        fields = schema["response"]["fields"]
        expected, response_was = self.read_response(encoding, fields, was)
        actual, response = self.read_response(encoding, fields, body)
        self.assertEqual(bool(actual.pop("message")), bool(expected.pop("message")))
        self.assertEqual(actual, expected)
        if response_was is not None:
            self.learn_ids(recorded["path"], response_was, response)
            self.compare(recorded["path"], replaced(response_was, self.ours), response)

    def with_our_ids(self, encoding, fields, recorded):
        """The request's body, once it has been read and written to the same bytes."""
        if encoding == "application/json":
            message = json.loads(recorded.get("request_text") or
                                 bytes.fromhex(recorded["request_hex"]))
            return json.dumps(replaced(message, self.ours)).encode()
        body = bytes.fromhex(recorded["request_hex"])
        if encoding == "application/x-snappy":
            body = snappy_block.uncompress(body)
        message = avro.read(fields, body)
        self.assertEqual(plain(message), recorded["request"])
        self.assertEqual(avro.write(fields, message), body)
        body = avro.write(fields, replaced(message, self.ours))
        return snappy_block.compress(body) if encoding == "application/x-snappy" else body

    def read_response(self, encoding, fields, body):
        """The envelope without its data, and the response, which is None after an error."""
        if encoding == "application/json":
            envelope = json.loads(body)
            data = envelope.pop("data_str")
            return envelope, json.loads(data) if envelope["status"] == "OK" else None
        envelope = avro.read(ENVELOPE, body)
        data = envelope.pop("data")
        return envelope, plain(avro.read(fields, data)) if envelope["status"] == "OK" else None

    def learn_ids(self, path, expected, actual):
        for created, name in (("/create/type", "type_id"), ("/create/tablemonitor", "topic_id")):
            if path == created:
                self.assertTrue(actual[name])
                self.ours[expected[name]] = actual[name]

    def compare(self, path, expected, actual):
        if path == "/show/system/properties":
            self.compare_properties(expected["property_map"], actual["property_map"])
            return
        if path == "/admin/show/shards":
            self.assertEqual(len(actual["rank"]) % len(expected["rank"]), 0)
            times = len(actual["rank"]) // len(expected["rank"])
            expected = {**expected, "version": actual["version"],
                        "rank": expected["rank"] * times, "tom": expected["tom"] * times}
        if path == "/show/table":
            expected["additional_info"] = [
                {**more, **was}
                for was, more in zip(expected["additional_info"], actual["additional_info"])]
        if path == "/create/tablemonitor":
            expected["info"] = {**actual["info"], **expected["info"]}
        if path == "/execute/sql" and "hex" in expected["binary_encoded_response"]:
            actual["binary_encoded_response"] = self.with_headers_of(expected, actual)
        for name in expected["info"]:
            if re.fullmatch("error_[0-9]+", name) and actual["info"].get(name):
                actual["info"][name] = expected["info"][name]
        self.assertEqual(unspaced(expected), unspaced(actual))

    def with_headers_of(self, expected, actual):
        """The columns of an SQL result under the recorded headers."""
        fields = self.dynamic_fields(actual)
        columns = avro.read(fields, bytes.fromhex(actual["binary_encoded_response"]["hex"]))
        was = avro.read(self.dynamic_fields(expected),
                        bytes.fromhex(expected["binary_encoded_response"]["hex"]))
        self.assertEqual(len(columns["column_headers"]), len(was["column_headers"]))
        columns["column_headers"] = was["column_headers"]
        return plain(avro.write(fields, columns))

    def dynamic_fields(self, response):
        return [(field["name"], f"array<{field['type']['items']}>")
                for field in json.loads(response["response_schema_str"])["fields"]]

    def compare_properties(self, expected, actual):
        for name, value in expected.items():
            self.assertIn(name, actual)
            address = re.search("_(urls|ips|ports|port)$", name)
            if address:
                # As many ranks, each with as many addresses.
                self.assertEqual(re.sub("[^;,]", "", actual[name]), re.sub("[^;,]", "", value),
                                 name)
            else:
                self.assertEqual(actual[name], value, name)


def add_test(path):
    name = "test_" + re.sub(r"\W+", "_", path.stem)
    setattr(Recording, name, lambda self: self.replay(path))


for transcript in sorted((VECTORS / "transcripts").glob("*.jsonl")):
    add_test(transcript)


if __name__ == "__main__":
    harness.main(programs=(), kafka=False)
