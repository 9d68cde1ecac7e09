"""Records of every bad kind, one after the other: each is skipped with errors.tolerance=all and
kept as a dead letter that says stage, class and exception as stock Connect would; each fails its
task, with its place in the topic, without; what stands around them is stored."""

import http.server
import json
import threading

import product
from kafka_broker import KafkaBroker

AVRO_CONVERTER = "io.confluent.connect.avro.AvroConverter"
JSON_SCHEMA_CONVERTER = "io.confluent.connect.json.JsonSchemaConverter"
PROTOBUF_CONVERTER = "io.confluent.connect.protobuf.ProtobufConverter"
SINK_TASK = "org.apache.kafka.connect.sink.SinkTask"
DATA_EXCEPTION = "org.apache.kafka.connect.errors.DataException"
MESSAGE_BYTES_MAX = 32 << 20

VALUE_CONVERTER = "VALUE_CONVERTER"
TASK_PUT = "TASK_PUT"

COLUMNS = {"id": ("long", "primary_key"), "n": ("int",), "name": ("string",)}


def setUpModule():
    product.ProductTest.broker = KafkaBroker(num_partitions=1, message_max_bytes=MESSAGE_BYTES_MAX,
                                             replica_fetch_max_bytes=MESSAGE_BYTES_MAX)


def tearDownModule():
    product.ProductTest.broker.remove()


def row(key, **more):
    return json.dumps({"id": key, "n": 1, "name": f"row {key}", **more}).encode()


# What is wrong -> the message and the stage that finds it.
BAD_JSON = {
    "not JSON": (b"not json", VALUE_CONVERTER),
    "cut off": (row(1001)[:-5], VALUE_CONVERTER),
    "not UTF-8": (row(1002).replace(b"row", b"\xc3\x28"), VALUE_CONVERTER),
    "nested 10,000 deep": (b'{"id":' + b"[" * 10_000 + b"]" * 10_000 + b"}", VALUE_CONVERTER),
    "never closed": (b"[" * 10_000, VALUE_CONVERTER),
    "too large for its column": (row(1003, n=5_000_000_000), TASK_PUT),
    "a fraction in an int column": (row(1004, n=1.5), TASK_PUT),
    "a text in an int column": (row(1005, n="many"), TASK_PUT),
    "a null in a column without nulls": (row(1006, n=None), TASK_PUT),
    "not a record": (b"[1,2]", TASK_PUT),
}


def varint(value):
    encoded = b""
    while value > 0x7F:
        encoded += bytes([value & 0x7F | 0x80])
        value >>= 7
    return encoded + bytes([value])


def avro_long(value):
    return varint(value << 1)


def message(schema_id, body):
    return b"\x00" + schema_id.to_bytes(4, "big") + body


def avro_row(key, schema_id=1):
    name = f"row {key}".encode()
    return message(schema_id, avro_long(key) + avro_long(1) + avro_long(len(name)) + name)


def protobuf_row(key, schema_id=11, indexes=b"\x00"):
    name = f"row {key}".encode()
    return message(schema_id, indexes + b"\x08" + varint(key) + b"\x10\x01\x1a" + varint(len(name))
                   + name)


def json_schema_row(key, schema_id=21, **more):
    return message(schema_id, row(key, **more))


SCHEMAS = {
    # The sink names a table after the record's schema.
    1: json.dumps({"type": "record", "name": "BadAvro", "fields": [
        {"name": "id", "type": "long"}, {"name": "n", "type": "int"},
        {"name": "name", "type": "string"}]}),
    2: '{"type":"no such type"}',
    3: "no schema at all",
    4: '{"type":"array","items":' * 10_000 + '"int"' + "}" * 10_000,
    # From 11 on: Protobuf.
    11: 'syntax = "proto3"; message BadProtobuf { int64 id = 1; int32 n = 2; string name = 3; }',
    12: 'syntax = "proto3"; message M { NoSuchType id = 1; }',
    13: "no schema at all",
    14: 'syntax = "proto3"; ' + "message M { " * 10_000 + "}" * 10_000,
    15: 'syntax = "proto3"; message M { M m = 1; }',
    # From 21 on: JSON Schema.
    21: json.dumps({"title": "BadJsonSchema", "type": "object", "properties": {
        "id": {"type": "integer"}, "n": {"type": "integer", "connect.type": "int32"},
        "name": {"type": "string"}}}),
    22: '{"type":"no such type"}',
    23: "no schema at all",
    24: '{"type":"array","items":' * 10_000 + '{"type":"string"}' + "}" * 10_000,
    25: '{"properties":{"id":{"$ref":"gone.json"}}}',
    26: '{"properties":{"id":{"$ref":"#"}}}',
}
SCHEMA_TYPES = {11: "PROTOBUF", 21: "JSON"}  # from that id on
BAD_AVRO = {
    "no magic byte": (b"\x07" + avro_row(2001)[1:], VALUE_CONVERTER),
    "shorter than a schema id": (b"\x00\x00", VALUE_CONVERTER),
    "an id that the registry does not know": (avro_row(2002, 77), VALUE_CONVERTER),
    "a schema of an unknown type": (avro_row(2003, 2), VALUE_CONVERTER),
    "a schema that is no schema": (avro_row(2004, 3), VALUE_CONVERTER),
    "a schema nested 10,000 deep": (avro_row(2005, 4), VALUE_CONVERTER),
    "cut off": (avro_row(2006)[:-3], VALUE_CONVERTER),
    "nothing behind the id": (message(1, b""), VALUE_CONVERTER),
    "a length that no message has": (
        message(1, avro_long(2007) + avro_long(1) + avro_long(1 << 40)), VALUE_CONVERTER),
}
BAD_PROTOBUF = {
    "an id that the registry does not know": (protobuf_row(3001, 77), VALUE_CONVERTER),
    "a schema that is Avro": (protobuf_row(3002, 1), VALUE_CONVERTER),
    "a type that is not there": (protobuf_row(3003, 12), VALUE_CONVERTER),
    "a schema that is no schema": (protobuf_row(3004, 13), VALUE_CONVERTER),
    "a schema nested 10,000 deep": (protobuf_row(3005, 14), VALUE_CONVERTER),
    "a message in itself": (protobuf_row(3006, 15), VALUE_CONVERTER),
    "the place of no message": (protobuf_row(3007, indexes=b"\x02\x04"), VALUE_CONVERTER),
    "nothing behind the id": (message(11, b""), VALUE_CONVERTER),
    "cut off": (protobuf_row(3008)[:-3], VALUE_CONVERTER),
    "not UTF-8": (protobuf_row(3009).replace(b"row", b"\xc3\x28w"), VALUE_CONVERTER),
    "a varint without an end": (message(11, b"\x00\x08" + b"\xff" * 20), VALUE_CONVERTER),
    "groups nested 10,000 deep": (message(11, b"\x00" + b"\x23" * 10_000), VALUE_CONVERTER),
    "a length that no message has": (message(11, b"\x00\x1a" + varint(1 << 40)), VALUE_CONVERTER),
}

BAD_JSON_SCHEMA = {
    "an id that the registry does not know": (json_schema_row(4001, 77), VALUE_CONVERTER),
    "a schema that is Avro": (json_schema_row(4002, 1), VALUE_CONVERTER),
    "a schema of an unknown type": (json_schema_row(4003, 22), VALUE_CONVERTER),
    "a schema that is no schema": (json_schema_row(4004, 23), VALUE_CONVERTER),
    "a schema nested 10,000 deep": (json_schema_row(4005, 24), VALUE_CONVERTER),
    "a reference to nowhere": (json_schema_row(4006, 25), VALUE_CONVERTER),
    "a schema in itself": (json_schema_row(4007, 26), VALUE_CONVERTER),
    "no magic byte": (row(4008), VALUE_CONVERTER),
    "nothing behind the id": (message(21, b""), VALUE_CONVERTER),
    "cut off": (json_schema_row(4009)[:-5], VALUE_CONVERTER),
    "not UTF-8": (json_schema_row(4010).replace(b"row", b"\xc3\x28"), VALUE_CONVERTER),
    "nested 10,000 deep": (message(21, b'{"x":' + b"[" * 10_000 + b"]" * 10_000 + b"}"),
                           VALUE_CONVERTER),
    "a null where none may be": (json_schema_row(4011, n=None), VALUE_CONVERTER),
    "a property that is missing": (message(21, b'{"id":4012,"n":1}'), TASK_PUT),
}


class RegistryHandler(http.server.BaseHTTPRequestHandler):
    """The part of a Schema Registry that a reader asks: GET /schemas/ids/{id}; no subjects."""

    def do_GET(self):
        kind, _, schema_id = self.path.partition("?")[0].rpartition("/")
        if kind != "/schemas/ids" or int(schema_id) not in SCHEMAS:
            return self.not_found()
        body = {"schema": SCHEMAS[int(schema_id)]}
        for first, schema_type in SCHEMA_TYPES.items():
            if int(schema_id) >= first:
                body["schemaType"] = schema_type
        self.answer(200, body)

    def do_POST(self):
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.not_found()

    def not_found(self):
        self.answer(404, {"error_code": 40403, "message": "Schema not found"})

    def answer(self, status, body):
        text = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/vnd.schemaregistry.v1+json")
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    def log_message(self, *arguments):
        pass


def headers_of(letter):
    pairs = letter["headers"]
    return dict(zip(pairs[::2], pairs[1::2]))


class BadRecords(product.ProductTest):
    def setUp(self):
        super().setUp()
        self.database = self.start_server()

    def produce_each(self, topic, messages):
        """One message after the other, whatever bytes it has."""
        files = []
        for number, message in enumerate(messages):
            path = self.folder / f"{topic}-{number}"
            path.write_bytes(message)
            files.append(path)
        self.broker.kcat(["-P", "-t", topic, "-p", "0", "-X",
                          f"message.max.bytes={MESSAGE_BYTES_MAX}", *files])

    def sink(self, topic, **properties):
        return {**self.sink_properties(f"sink-{topic}", self.database, topic),
                **{name.replace("_", "."): value for name, value in properties.items()}}

    def check_kind(self, topic, bad, good, converter, worker_properties):
        """Good records stand before, between and behind the bad ones."""
        messages = [good(0)]
        for key, (message, _) in enumerate(bad.values(), 1):
            messages += [message, good(key)]
        self.produce_each(topic, messages)
        self.database.create_table(topic, COLUMNS)
        self.fail_at_the_first(topic, bad, worker_properties)
        self.skip_all(topic, bad, converter, worker_properties)

    def fail_at_the_first(self, topic, bad, worker_properties):
        worker = self.start_worker(worker_properties, self.sink(topic))
        trace = self.wait_for_task(worker, f"sink-{topic}", "FAILED")
        self.assertTrue(trace.startswith("org.apache.kafka.connect.errors."), trace)
        self.assertIn(f"Topic {topic}, partition 0, offset 1", trace)
        self.wait_for_rows(self.database, topic, 1)
        self.assertEqual(worker.process.terminate(), 0)

    def skip_all(self, topic, bad, converter, worker_properties):
        letters_topic = f"dead-{topic}"
        worker = self.start_worker(worker_properties, self.sink(
            topic, errors_tolerance="all", errors_deadletterqueue_topic_name=letters_topic,
            errors_deadletterqueue_topic_replication_factor=1,
            errors_deadletterqueue_context_headers_enable="true"))
        self.wait_for_rows(self.database, topic, len(bad) + 1)
        self.wait_running(worker, f"sink-{topic}")
        self.assertEqual(worker.process.terminate(), 0)
        self.assertEqual(sorted(row["id"] for row in self.database.rows(topic)),
                         list(range(len(bad) + 1)))
        letters = {int(headers_of(letter)["__connect.errors.offset"]): headers_of(letter)
                   for letter in self.broker.consume(letters_topic)}
        self.assertEqual(sorted(letters), [1 + 2 * number for number in range(len(bad))])
        for number, (what, (_, stage)) in enumerate(bad.items()):
            headers = letters[1 + 2 * number]
            with self.subTest(what):
                found = [headers[f"__connect.errors.{name}"]
                         for name in ("stage", "class.name", "exception.class.name")]
                by = converter if stage == VALUE_CONVERTER else SINK_TASK
                self.assertEqual(found, [stage, by, DATA_EXCEPTION])
                self.assertTrue(headers["__connect.errors.exception.message"])

    def test_json(self):
        self.check_kind("BadJson", BAD_JSON, row, product.JSON_CONVERTER, self.worker_properties())

    def registry_properties(self, converter):
        registry = http.server.ThreadingHTTPServer(("127.0.0.1", 0), RegistryHandler)
        threading.Thread(target=registry.serve_forever, daemon=True).start()
        self.addCleanup(registry.server_close)
        self.addCleanup(registry.shutdown)
        properties = self.worker_properties(value_converter=converter)
        properties["value.converter.schema.registry.url"] = \
            f"http://127.0.0.1:{registry.server_port}"
        return properties

    def test_avro(self):
        self.check_kind("BadAvro", BAD_AVRO, avro_row, AVRO_CONVERTER,
                        self.registry_properties(AVRO_CONVERTER))

    def test_protobuf(self):
        self.check_kind("BadProtobuf", BAD_PROTOBUF, protobuf_row, PROTOBUF_CONVERTER,
                        self.registry_properties(PROTOBUF_CONVERTER))

    def test_json_schema(self):
        self.check_kind("BadJsonSchema", BAD_JSON_SCHEMA, json_schema_row, JSON_SCHEMA_CONVERTER,
                        self.registry_properties(JSON_SCHEMA_CONVERTER))

    def test_a_message_of_20_mib_is_stored(self):
        topic, name = "Large", "x" * (20 << 20)
        self.produce_each(topic, [row(0), row(1, name=name), row(2)])
        self.database.create_table(topic, COLUMNS)
        worker = self.start_worker(
            self.worker_properties(), self.sink(topic, kinetica_timeout=30_000))
        self.wait_for_rows(self.database, topic, 3)
        self.wait_running(worker, f"sink-{topic}")
        self.assertEqual({row["id"]: len(row["name"]) for row in self.database.rows(topic)},
                         {0: 5, 1: len(name), 2: 5})


if __name__ == "__main__":
    product.main()
