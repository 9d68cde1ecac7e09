"""Topic -> table with the messages of the product document's Python producer."""

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


if __name__ == "__main__":
    product.main()
