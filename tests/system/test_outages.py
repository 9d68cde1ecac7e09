"""A database or a broker that is away, and comes; a database whose replies get lost."""

import json
import signal

import product
from kafka_broker import KafkaBroker

ROWS = 500


def setUpModule():
    product.ProductTest.broker = KafkaBroker()


def tearDownModule():
    product.ProductTest.broker.remove()


class Outages(product.ProductTest):
    def produce(self, topic):
        self.broker.produce(topic, [json.dumps({"id": key}) for key in range(ROWS)])

    def wait_for_all(self, database, topic):
        self.wait_for_rows(database, topic, ROWS, seconds=60)
        self.assertEqual(sorted(row["id"] for row in database.rows(topic)), list(range(ROWS)))

    def test_a_database_that_comes_after_the_worker(self):
        self.produce("NoDatabase")
        port = product.free_port()
        worker = self.start_worker(
            self.worker_properties(),
            self.sink_properties("sink", f"http://127.0.0.1:{port}", "NoDatabase"))
        self.wait_for_trace(worker, "sink", f"127.0.0.1:{port}")
        self.assertNotEqual(worker.task("sink")[0], "FAILED")
        database = self.start_server(port)
        self.wait_running(worker, "sink")
        self.wait_for_all(database, "NoDatabase")
        self.wait_until(lambda: worker.task("sink") == ("RUNNING", ""), "a trace that is gone")

    def test_a_database_that_stops_answering_for_a_while(self):
        topic = "Frozen"
        database = self.start_server()
        database.create_table(topic, {"id": ("long", "primary_key")})
        worker = self.start_worker(self.worker_properties(),
                                   self.sink_properties("sink", database, topic))
        self.wait_running(worker, "sink")
        server = self.processes[0].child
        server.send_signal(signal.SIGSTOP)
        try:
            self.produce(topic)
            self.wait_for_trace(worker, "sink", database.url.removeprefix("http://"))
            self.assertEqual(worker.task("sink")[0], "RUNNING")
        finally:
            server.send_signal(signal.SIGCONT)
        self.wait_for_all(database, topic)
        self.wait_until(lambda: worker.task("sink") == ("RUNNING", ""), "a trace that is gone")

    def test_replies_that_are_lost_double_no_row_of_a_table_with_a_key(self):
        topic = "LostReplies"
        self.produce(topic)
        database = self.start_server()
        database.create_table(topic, {"id": ("long", "primary_key")})
        database.set_faults(drop_replies=3)
        worker = self.start_worker(self.worker_properties(),
                                   self.sink_properties("replies", database, topic))
        self.wait_for_all(database, topic)
        self.wait_until(lambda: worker.task("replies") == ("RUNNING", ""), "a task that runs on")
        # All that was inserted is committed: nothing is left to read.
        self.assertEqual(worker.process.terminate(), 0)
        rest = self.broker.take_rest("connect-replies", topic)
        self.assertEqual(rest, {})

    def test_a_broker_that_comes_after_the_worker(self):
        self.produce("NoBroker")
        self.broker.stop()
        try:
            database = self.start_server()
            worker = self.start_worker(self.worker_properties(),
                                       self.sink_properties("sink", database, "NoBroker"))
            self.wait_for_trace(worker, "sink", self.broker.address)
            self.assertNotEqual(worker.task("sink")[0], "FAILED")
        finally:
            self.broker.start()
        self.wait_for_all(database, "NoBroker")
        self.wait_running(worker, "sink")


if __name__ == "__main__":
    product.main()
