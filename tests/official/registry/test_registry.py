"""Confluent's Python serializers and a Schema Registry nobody here wrote judge the converters: what
Python writes, the sink stores; what the source writes, Python reads. And what becomes of records
while the registry is away, or when it does not know their schema."""

import collections
import json
import struct
import subprocess
import uuid

import formats
import schema_registry
import harness
import product
from kafka_broker import KafkaBroker

import confluent_kafka
from confluent_kafka.admin import AdminClient, NewTopic
from confluent_kafka.schema_registry import SchemaRegistryClient, header_schema_id_serializer
from confluent_kafka.schema_registry.avro import AvroDeserializer, AvroSerializer
from confluent_kafka.serialization import MessageField, SerializationContext

UNKNOWN_ID = 99_999
IDS = "io.confluent.kafka.serializers.schema.id."
READ_SECONDS = 30


def setUpModule():
    global registry, client
    registry = schema_registry.Registry()
    try:
        product.ProductTest.broker = KafkaBroker()
        registry.wait_ready()
    except BaseException:
        tearDownModule()
        raise
    client = SchemaRegistryClient({"url": registry.url})


def tearDownModule():
    registry.remove()
    if product.ProductTest.broker:
        product.ProductTest.broker.remove()


class RegistryTest(product.ProductTest):
    def produce(self, topic, messages):
        """`messages`: values, or dicts of value, headers and key."""
        producer = confluent_kafka.Producer({"bootstrap.servers": self.broker.address})
        for message in messages:
            parts = message if isinstance(message, dict) else {"value": message}
            producer.produce(topic, partition=0, **parts)
        self.assertEqual(producer.flush(READ_SECONDS), 0)

    def consume(self, topic, count):
        """The topic's first messages: their values and headers."""
        return [(message.value(), dict(message.headers() or ()))
                for message in self.messages(topic, count)]

    def messages(self, topic, count):
        consumer = confluent_kafka.Consumer({"bootstrap.servers": self.broker.address,
                                             "group.id": "none"})
        consumer.assign([confluent_kafka.TopicPartition(topic, 0, 0)])
        found = []

        def enough():
            message = consumer.poll(0.1)
            if message is not None and message.error() is None:
                found.append(message)
            return len(found) == count

        try:
            self.wait_until(enough, lambda: f"{count} messages in {topic}; there are {len(found)}",
                            READ_SECONDS)
        finally:
            consumer.close()
        return found

    def converter(self, form, url=None, ids_in_headers=False):
        """A connector's lines for its value converter."""
        settings = {"schema.registry.url": url or registry.url, **form.settings}
        if ids_in_headers:
            settings |= {"value.schema.id.deserializer": IDS + "DualSchemaIdDeserializer",
                         "value.schema.id.serializer": IDS + "HeaderSchemaIdSerializer"}
        return {"value.converter": form.converter,
                **{f"value.converter.{name}": value for name, value in settings.items()}}

    def sink(self, name, database, topic, form, url=None, **errors):
        return {**self.sink_properties(name, database, topic, single_table_per_topic="true"),
                **self.converter(form, url),
                **form.transforms,
                **{f"errors.{key.replace('_', '.')}": value for key, value in errors.items()}}

    def source(self, database, table, form, url=None, **errors):
        """Of a table of SOURCE_COLUMNS."""
        return {**self.source_properties(table, database, table, topic_prefix="Read"),
                **self.converter(form, url), **formats.SOURCE_TRANSFORMS,
                "key.converter": product.STRING_CONVERTER,
                **{f"errors.{key.replace('_', '.')}": value for key, value in errors.items()}}

    def assert_read(self, topic, form, by=None):
        """What Python reads from the topic, with the client `by`, is SOURCE_ROWS."""
        messages = self.consume(topic, len(formats.SOURCE_ROWS))
        read = sorted((form.read(by or client, topic, value, headers) for value, headers in messages),
                      key=lambda record: record["id"])
        for record, row in zip(read, formats.SOURCE_ROWS, strict=True):
            record["single"] = formats.single(record["single"])
            self.assertEqual(record, form.as_read(row))

    def assert_rows(self, database, table, expected):
        self.wait_for_rows(database, table, len(expected))
        rows = sorted(database.rows(table), key=lambda row: row["id"])
        for row, wanted in zip(rows, sorted(expected, key=lambda row: row["id"]), strict=True):
            self.assertEqual(row, wanted)


class Values(RegistryTest):
    def test_what_python_writes_the_sink_stores(self):
        database = self.start_server()
        sinks = []
        for form in formats.FORMATS:
            topic = f"Python{form.name}"
            self.produce(topic, form.write(client, topic))
            sinks.append(self.sink(topic, database, topic, form))
        worker = self.start_worker(self.worker_properties(), *sinks)
        for form in formats.FORMATS:
            with self.subTest(form.name):
                self.wait_running(worker, f"Python{form.name}")
                self.assert_rows(database, f"Python{form.name}", [row for _, row in form.records])

    def test_what_the_source_writes_python_reads(self):
        database = self.start_server()
        sources = []
        for form in formats.FORMATS:
            table = f"Table{form.name}"
            database.create_table(table, formats.SOURCE_COLUMNS)
            sources.append(self.source(database, table, form))
        worker = self.start_worker(self.worker_properties(), *sources)
        tables = {f"Table{form.name}" for form in formats.FORMATS}
        self.wait_running(worker, *tables)
        self.wait_until(lambda: database.subscribed_tables() >= tables, "subscribers of all tables")
        for table in tables:
            database.insert(table, formats.SOURCE_ROWS)
        for form in formats.FORMATS:
            with self.subTest(form.name):
                self.assert_read(f"ReadTable{form.name}", form)


class IdsInHeaders(RegistryTest):
    """Messages whose schema is named by its GUID in their headers."""

    def setUp(self):
        super().setUp()
        self.guids = schema_registry.GuidRegister(registry)
        self.addCleanup(self.guids.close)
        self.client = SchemaRegistryClient({"url": self.guids.url})

    def key_converter(self):
        return {"key.converter": formats.Avro.converter,
                "key.converter.schema.registry.url": self.guids.url,
                "key.converter.key.schema.id.deserializer": IDS + "DualSchemaIdDeserializer",
                "key.converter.key.schema.id.serializer": IDS + "HeaderSchemaIdSerializer"}

    def guid_in(self, headers, name="__value_schema_id"):
        header = headers[name]
        self.assertEqual(header[0], 1)
        return str(uuid.UUID(bytes=header[1:17]))

    def test_what_python_writes_the_sink_stores(self):
        database = self.start_server()
        sinks, guids = [], set()
        for form in formats.FORMATS:
            topic = f"Header{form.name}"
            messages = form.write_with_headers(self.client, topic)
            guids |= {self.guid_in(dict(message["headers"])) for message in messages}
            # Without the header, the schema is named before the bytes.
            prefixed = form.write(self.client, topic)
            self.produce(topic, [messages[0], prefixed[1]])
            sinks.append({**self.sink(topic, database, topic, form),
                          **self.converter(form, self.guids.url, ids_in_headers=True)})
        worker = self.start_worker(self.worker_properties(), *sinks)
        for form in formats.FORMATS:
            with self.subTest(form.name):
                self.wait_running(worker, f"Header{form.name}")
                self.assert_rows(database, f"Header{form.name}", [row for _, row in form.records])
        self.assertEqual(set(self.guids.asked), guids)

    def test_what_the_source_writes_python_reads(self):
        database = self.start_server()
        sources = []
        for form in formats.FORMATS:
            table = f"HeaderTable{form.name}"
            database.create_table(table, formats.SOURCE_COLUMNS)
            sources.append({**self.source(database, table, form),
                            **self.converter(form, self.guids.url, ids_in_headers=True)})
        worker = self.start_worker(self.worker_properties(), *sources)
        tables = {f"HeaderTable{form.name}" for form in formats.FORMATS}
        self.wait_running(worker, *tables)
        self.wait_until(lambda: database.subscribed_tables() >= tables, "subscribers of all tables")
        for table in tables:
            database.insert(table, formats.SOURCE_ROWS)
        for form in formats.FORMATS:
            with self.subTest(form.name):
                topic = f"ReadHeaderTable{form.name}"
                self.assert_read(topic, form, self.client)
                for _, headers in self.consume(topic, len(formats.SOURCE_ROWS)):
                    self.assertIn(self.guid_in(headers), self.guids.ids)

    def test_schemas_of_keys_are_named_there_as_well(self):
        form, topic, table = formats.FORMATS[0], "HeaderKeys", "HeaderTableKeys"
        [message, _] = form.write_with_headers(self.client, topic)
        write_key = AvroSerializer(self.client, '"long"',
                                   conf={"schema.id.serializer": header_schema_id_serializer})
        key = write_key(7, SerializationContext(topic, MessageField.KEY, message["headers"]))
        self.assertEqual(key, b"\x0e")
        self.produce(topic, [{**message, "key": key}])
        database = self.start_server()
        database.create_table(table, formats.SOURCE_COLUMNS)
        both = {**self.converter(form, self.guids.url, ids_in_headers=True), **self.key_converter()}
        # Python's deserializer refuses fewer than six bytes, wherever their schema is named.
        keyed = {"transforms": formats.SOURCE_TRANSFORMS["transforms"] + ",key",
                 "transforms.key.type": "org.apache.kafka.connect.transforms.ValueToKey",
                 "transforms.key.fields": "large"}
        worker = self.start_worker(self.worker_properties(),
                                   {**self.sink(topic, database, topic, form), **both},
                                   {**self.source(database, table, form), **both, **keyed})
        self.assert_rows(database, topic, [form.records[0][1]])
        self.assertIn(self.guid_in(dict(message["headers"]), "__key_schema_id"), self.guids.asked)

        self.wait_running(worker, table)
        self.wait_until(lambda: table in database.subscribed_tables(), "a subscriber of the table")
        database.insert(table, formats.SOURCE_ROWS)
        read_key = AvroDeserializer(self.client)
        keys = [read_key(one.key(), SerializationContext(f"Read{table}", MessageField.KEY,
                                                         one.headers()))
                for one in self.messages(f"Read{table}", len(formats.SOURCE_ROWS))]
        self.assertEqual(keys, [{"large": row["large"]} for row in formats.SOURCE_ROWS])
        self.assert_read(f"Read{table}", form, self.client)

    def test_a_registry_without_guids_fails_the_task_with_the_reason(self):
        form = formats.FORMATS[0]
        database = self.start_server()
        database.create_table("NoGuids", formats.SOURCE_COLUMNS)
        worker = self.start_worker(self.worker_properties(),
                                   {**self.source(database, "NoGuids", form),
                                    **self.converter(form, ids_in_headers=True)})
        self.wait_until(lambda: "NoGuids" in database.subscribed_tables(), "a subscriber")
        database.insert("NoGuids", formats.SOURCE_ROWS)
        self.assertIn("value.schema.id.serializer is HeaderSchemaIdSerializer",
                      self.wait_for_task(worker, "NoGuids", "FAILED"))


class Pumps(RegistryTest):
    """The data pumps of the Java connector's tests, with the counts and the tables of its guide."""

    def pump(self, *arguments):
        done = subprocess.run([harness.Options.binary, "pump", *arguments, "-s", registry.url,
                               self.broker.address],
                              capture_output=True, text=True, timeout=60, check=False)
        self.assertEqual(done.returncode, 0, done.stderr)
        return done.stdout

    def read(self, topic, count):
        deserialize = AvroDeserializer(client)
        context = SerializationContext(topic, MessageField.VALUE)
        return [deserialize(value, context) for value, _ in self.consume(topic, count)]

    def test_four_versions_of_a_schema_one_after_the_other(self):
        self.assertIn("Produced 20 records.", self.pump("avro", "-n", "5", "-t", "TestTable"))
        records = self.read("TestTable", 20)
        self.assertEqual([len(record) for record in records], [8] * 5 + [10] * 5 + [7] * 5 + [12] * 5)
        self.assertEqual(client.get_compatibility("TestTable-value"), "NONE")
        for record in records:
            self.assertEqual((len(record["name"]), len(record["test_bytes"])), (24, 48))

    def test_a_table_follows_the_versions_of_a_schema(self):
        """Three tasks meet four versions at once, and are killed when the table is altered."""
        topic, each = "Evolving", 50
        admin = AdminClient({"bootstrap.servers": self.broker.address})
        admin.create_topics([NewTopic(topic, 3)])[topic].result(READ_SECONDS)
        self.pump("avro", "-n", str(each), "-t", topic)
        database = self.start_server()
        database.create_table(topic, {"name": ("string", "char32", "primary_key"),
                                      "test_int": ("int",), "test_float": ("float",)})
        sink = {**self.sink_properties(topic, database, topic, single_table_per_topic="true",
                                       allow_schema_evolution="true",
                                       add_new_fields_as_columns="true",
                                       make_missing_field_nullable="true"),
                **self.converter(formats.FORMATS[0]), "tasks.max": 3}

        def columns():
            shown = database.call("/show/table", table_name=topic)
            return {field["name"] for field in json.loads(shown["type_schemas"][0])["fields"]}

        database.delay_requests(20)
        worker = self.start_worker(self.worker_properties(), sink)
        self.wait_until(lambda: len(columns()) > 3, "the table to be altered")
        worker.process.kill()
        database.delay_requests(0)
        self.start_worker(self.worker_properties(), sink, name="worker again")
        self.wait_for_rows(database, topic, 4 * each)
        self.assertEqual(len(columns()), 12)
        nulls = collections.Counter(column for row in database.rows(topic)
                                    for column, value in row.items() if value is None)
        self.assertEqual(nulls, {"test_float": each, "test_int2": 2 * each, "test_long2": 2 * each,
                                 "test_float2": 3 * each, "test_double2": 3 * each})

    def test_keys_and_values_of_one_version(self):
        self.pump("schema-test", "-v", "2", "-c", "4")
        self.assertEqual(len(self.read("SchemaTest", 4)), 4)
        self.assertEqual(client.get_latest_version("SchemaTest-key").schema.schema_str.strip('"'),
                         "string")
        self.assertIn("producing Employee records instead", self.pump("schema-test", "-c", "3"))
        self.assertEqual([len(record["dept"]) for record in self.read("Employee", 3)], [8] * 3)

    def test_fruits_become_a_table_each(self):
        self.pump("json", "-n", "5", "-c", "2")
        database = self.start_server()
        worker = self.start_worker(self.worker_properties(), {
            **self.sink_properties("fruits", database, "avrofruits"),
            "key.converter": product.STRING_CONVERTER,
            **self.converter(formats.FORMATS[0])})
        self.wait_running(worker, "fruits")
        for table in ("Apple", "Orange", "Banana"):
            self.wait_for_rows(database, table, 10)


class Troubles(RegistryTest):
    form = formats.FORMATS[0]

    def test_an_outage_is_waited_for_and_no_record_is_dropped(self):
        doors = [schema_registry.Door(registry) for _ in ("sink", "source")]
        for door in doors:
            self.addCleanup(door.close)
        topic, table = "Outage", "TableOutage"
        self.produce(topic, self.form.write(client, topic))
        database = self.start_server()
        database.create_table(table, formats.SOURCE_COLUMNS)
        waiting = {"tolerance": "all", "retry_delay_max_ms": 500}
        worker = self.start_worker(
            self.worker_properties(),
            self.sink(topic, database, topic, self.form, doors[0].url, **waiting),
            self.source(database, table, self.form, doors[1].url, **waiting))
        self.wait_until(lambda: table in database.subscribed_tables(), "a subscriber of the table")
        database.insert(table, formats.SOURCE_ROWS)
        self.wait_until(lambda: all(door.refused >= 3 for door in doors),
                        lambda: f"sink and source to ask the registry again; they asked "
                                f"{[door.refused for door in doors]} times")
        for connector in (topic, table):
            self.assertEqual(worker.task(connector)[0], "RUNNING")
        for door in doors:
            door.shut = False
        self.assert_rows(database, topic, [row for _, row in self.form.records])
        self.assert_read(f"Read{table}", self.form)

    def test_an_unknown_schema_goes_the_way_of_errors_tolerance(self):
        good = self.form.write(client, "Unknown")
        lost = b"\0" + struct.pack(">i", UNKNOWN_ID) + good[0][5:]
        for topic in ("Unknown", "Unknown2"):
            self.produce(topic, [good[0], lost, good[1]])
        database = self.start_server()
        worker = self.start_worker(
            self.worker_properties(),
            self.sink("tolerant", database, "Unknown", self.form, tolerance="all",
                      deadletterqueue_topic_name="Lost", deadletterqueue_context_headers_enable="true",
                      deadletterqueue_topic_replication_factor=1),
            self.sink("strict", database, "Unknown2", self.form))
        self.assert_rows(database, "Unknown", [row for _, row in self.form.records])
        trace = self.wait_for_task(worker, "strict", "FAILED")
        [(value, headers)] = self.consume("Lost", 1)
        self.assertEqual(value, lost)
        self.assertEqual(headers["__connect.errors.stage"], b"VALUE_CONVERTER")
        self.assertEqual(headers["__connect.errors.exception.class.name"],
                         b"org.apache.kafka.connect.errors.DataException")
        for text in (trace, headers["__connect.errors.exception.message"].decode()):
            self.assertIn(f"schema for id {UNKNOWN_ID}", text)
        self.wait_for_rows(database, "Unknown2", 1)


if __name__ == "__main__":
    product.main()
