"""Topic -> table with the messages of the product document's Python producer, and with nested ones
that are flattened."""

import json
import random

import product
from kafka_broker import KafkaBroker

TICKERS = 100


def setUpModule():
    product.ProductTest.broker = KafkaBroker()


def tearDownModule():
    product.ProductTest.broker.remove()


def tickers():
    return [{
        "symbol": f"AA{i}",
        "sector": "equipment",
        "securityType": "commonstock",
        "bidPrice": random.randint(0, 20),
        "bidSize": random.randint(0, 10),
        "askPrice": random.randint(0, 20),
        "askSize": random.randint(0, 10),
        "lastUpdated": 1547587673240,
        "lastSalePrice": 153.04,
        "lastSaleSize": 100,
        "lastSaleTime": 1547585999856,
        "volume": 757810,
        "marketPercent": 0.0267,
    } for i in range(TICKERS)]


class Tickers(product.ProductTest):
    def stored(self, topic, key, table, **sink):
        """Writes the tickers to the topic, runs a sink and compares what it has stored."""
        sent = tickers()
        self.broker.produce(topic, [json.dumps(ticker) for ticker in sent], key=key)
        database = self.start_server()
        worker = self.start_worker(
            self.worker_properties(key_converter=product.STRING_CONVERTER),
            self.sink_properties(f"sink-{topic}", database, topic, **sink))
        self.wait_for_rows(database, table, TICKERS)
        rows = sorted(database.rows(table), key=lambda row: int(row["symbol"][2:]))
        self.assertEqual(rows, sent)
        self.assertEqual(worker.task(f"sink-{topic}")[0], "RUNNING")

    def test_a_text_key_names_the_table(self):
        self.stored("NewTestTopic1", "table", "table")

    def test_without_a_key_the_topic_names_the_table(self):
        self.stored("NewTestTopic2", None, "NewTestTopic2")

    def test_single_table_per_topic_takes_the_topic_whatever_the_key(self):
        self.stored("NewTestTopic3", "table", "out_NewTestTopic3", single_table_per_topic="true",
                    table_prefix="out_")


def field(field_name, kind, **more):
    return {"field": field_name, "type": kind, "optional": False, **more}


# Named as record types are: not as the fields that hold them.
PLACE = {"name": "com.example.Place",
         "fields": [field("cc", "string"), field("lat", "double", optional=True)]}
VISIT = {"type": "struct", "name": "com.example.Visit", "fields": [
    field("id", "int64"),
    field("home", "struct", **PLACE),
    field("work", "struct", **PLACE, optional=True),
    field("tags", "array", items={"type": "string"}),
    field("past", "array", items={"type": "struct", **PLACE}),
    field("seen", "map", keys={"type": "string"}, values={"type": "int32"})]}


def visit(key):
    return {"id": key, "home": {"cc": "US", "lat": key + 0.5},
            "work": None if key % 2 else {"cc": "DE", "lat": None},
            "tags": ["Structure", str(key)], "past": [{"cc": "FR", "lat": 1.5}] * 2,
            "seen": {"here": key}}


class Nested(product.ProductTest):
    def flattened(self, topic, message, schemas, table, expected, **sink):
        """Writes and reads as many nested records before and after a restart of the worker."""
        database = self.start_server()
        for name, keys in ("first", range(10)), ("second", range(10, 20)):
            self.broker.produce(topic, [json.dumps(message(key)) for key in keys])
            worker = self.start_worker(
                self.worker_properties(schemas=schemas),
                self.sink_properties(f"sink-{topic}", database, topic, **sink,
                                     **{"flatten_source.enabled": "true"}),
                name=name)
            self.wait_for_rows(database, table, keys.stop)
            self.assertEqual(worker.process.terminate(), 0)
        rows = sorted(database.rows(table), key=lambda row: row["id"])
        self.assertEqual(rows, [expected(key) for key in range(20)])

    def test_records_with_schema_become_rows_of_all_their_fields(self):
        self.flattened(
            "visits", lambda key: {"schema": VISIT, "payload": visit(key)}, True, "Visit",
            lambda key: {
                "id": key, "home_cc": "US", "home_lat": key + 0.5,
                "work_cc": None if key % 2 else "DE", "work_lat": None,
                "tags": f"Structure,{key}",
                "past": '{"cc":"FR","lat":1.5},{"cc":"FR","lat":1.5}',
                "seen": f'{{"here":{key}}}'})

    def test_objects_without_schema_become_rows_of_all_their_members(self):
        self.flattened(
            "objects", visit, False, "objects",
            lambda key: {
                "id": key, "home-cc": "US", "home-lat": key + 0.5,
                "work-cc": None if key % 2 else "DE",
                "tags": "Structure", "past-cc": "FR", "past-lat": 1.5,
                "seen-here": key},
            **{"flatten_source.field_name_delimiter": "-",
               "flatten_source.array_flattening_mode": "TAKE_FIRST_VALUE"})


if __name__ == "__main__":
    product.main()
