"""The dead letters that stock Connect and our worker write for the same bad records, as kcat reads
them.

Both workers have a sink connector of the same name and settings on the same topic; only the place
where good records go (a file, a table) and the dead letter topic differ.
"""

import json
import pathlib
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
import official  # noqa: E402
from official import harness  # noqa: E402
import kafka_broker  # noqa: E402
import product  # noqa: E402
import stock_connect  # noqa: E402

NAME = "letters"
CONTEXT = "__connect.errors."
# What a failing record is made of: its key, its value (None: null), its headers.
GOOD = b'{"id":1,"when":"2024-02-29"}'
CONVERSION = [
    (b'{"k":1}', b"not json", []),
    (b'{"k":2}', b'{"id":', [("trace", "abc"), ("trace", "def"), ("empty", "")]),
    (b"no key", GOOD, [("h", "1")]),
    (b"", b"\xff\xfe\x00binary", [("Ünï", "héllo")]),
    (None, b"[1", []),
    (b'{"k":3}', b"{'single':1}", [(CONTEXT + "topic", "an earlier letter")]),
    (b'{"k":4}', b'"\x01"', []),
]
TRANSFORMATION = [
    (b'{"k":1}', b'{"id":1,"when":"no date"}', [("h", "1")]),
    (b'{"k":2}', b"[1]", []),
    (b'{"k":3}', b'"text"', []),
    (b'{"k":4}', b'{"id":{"x":1},"when":null}', []),
]


def setUpModule():
    product.ProductTest.broker = kafka_broker.KafkaBroker(num_partitions=1)


def tearDownModule():
    product.ProductTest.broker.remove()


class DeadLetters(product.ProductTest):
    def produce(self, topic, records):
        for number, (key, value, headers) in enumerate(records):
            arguments = [
                "kcat",
                "-b",
                self.broker.address,
                "-P",
                "-t",
                topic,
                "-p",
                "0",
                "-X",
                "topic.request.required.acks=all",
            ]
            for name, text in headers:
                arguments += ["-H", f"{name}={text}"]
            if key:
                arguments += ["-k", key]
            file = self.folder / f"{topic}-{number}"
            file.write_bytes(value)
            subprocess.run([*arguments, file], check=True, timeout=60)

    def letters(self, topic):
        """Bytes as the letters of Latin 1: timestamp, key, value and headers of each message."""
        done = subprocess.run(
            [
                "kcat",
                "-b",
                self.broker.address,
                "-C",
                "-t",
                topic,
                "-o",
                "beginning",
                "-e",
                "-q",
                "-J",
            ],
            capture_output=True,
            check=True,
            timeout=60,
        )
        messages = [json.loads(line) for line in done.stdout.decode("latin-1").splitlines()]
        return [
            {
                "timestamp": message["ts"],
                "key": message["key"],
                "value": message["payload"],
                "headers": list(
                    zip(message.get("headers", [])[::2], message.get("headers", [])[1::2])
                ),
            }
            for message in messages
        ]

    def both(self, topic, bad, **more):
        """The dead letters of stock Connect and ours for good records and bad ones."""
        for name in ("-stock", "-ours"):
            self.broker.partitions(topic + name)  # creates it
        good = [(b'{"k":0}', GOOD, [])]
        self.produce(topic, [*good, *bad, *good])
        connector = {
            "name": NAME,
            "tasks.max": 1,
            "topics": topic,
            "errors.tolerance": "all",
            "errors.deadletterqueue.topic.replication.factor": 1,
            "errors.deadletterqueue.context.headers.enable": "true",
            "consumer.override.auto.offset.reset": "earliest",
            **{name.replace("_", "."): value for name, value in more.items()},
        }
        stock_connect.start(
            self,
            {
                **self.worker_properties(),
                "offset.storage.file.filename": self.folder / "stock.offsets",
            },
            {
                **connector,
                "connector.class": "FileStreamSink",
                "file": self.folder / "out",
                "consumer.override.group.id": topic + "-stock",
                "errors.deadletterqueue.topic.name": topic + "-stock",
            },
        )
        database = self.start_server()
        self.start_worker(
            self.worker_properties(),
            {
                **connector,
                **self.sink_properties(NAME, database, topic),
                "consumer.override.group.id": topic + "-ours",
                "errors.deadletterqueue.topic.name": topic + "-ours",
            },
        )
        found = []
        for name in ("-stock", "-ours"):
            self.wait_until(
                lambda: len(self.letters(topic + name)) == len(bad),
                lambda: f"{len(bad)} letters in {self.letters(topic + name)}",
            )
            found.append(self.letters(topic + name))
        return found

    def check(self, topic, bad, **more):
        stock, ours = self.both(topic, bad, **more)
        originals = self.letters(topic)[1:-1]
        for original, their, our in zip(originals, stock, ours):
            with self.subTest(value=original["value"]):
                for part in ("timestamp", "key", "value"):
                    self.assertEqual(our[part], original[part])
                    self.assertEqual(our[part], their[part])
                self.assertEqual(
                    [name for name, _ in our["headers"]], [name for name, _ in their["headers"]]
                )
                count = len(original["headers"])
                self.assertEqual(our["headers"][:count], original["headers"])
                for (name, theirs), (_, text) in zip(
                    their["headers"][count:], our["headers"][count:]
                ):
                    self.check_header(name[len(CONTEXT) :], theirs, text, dict(our["headers"]))

    def check_header(self, name, theirs, ours, all_of_ours):
        if name == "exception.message":
            # Ours may say where and why besides.
            self.assertTrue(ours.startswith(theirs), f"Kafka {theirs!r}, ours {ours!r}")
        elif name == "exception.stacktrace":
            name, message = (
                all_of_ours[f"{CONTEXT}exception.{part}"] for part in ("class.name", "message")
            )
            self.assertEqual(ours.splitlines()[0], f"{name}: {message}")
            self.assertTrue(
                ours.startswith(theirs.splitlines()[0]), f"Kafka {theirs!r}, ours {ours!r}"
            )
        else:
            self.assertEqual(ours, theirs, name)

    def test_records_that_no_converter_reads(self):
        self.check("Unreadable", CONVERSION)

    def test_records_that_a_transformation_refuses(self):
        self.check(
            "Untransformable",
            TRANSFORMATION,
            transforms="when,drop",
            transforms_when_type="org.apache.kafka.connect.transforms.TimestampConverter$Value",
            transforms_when_field="when",
            transforms_when_format="yyyy-MM-dd",
            transforms_when_target_type="unix",
            transforms_drop_type="org.apache.kafka.connect.transforms.Cast$Value",
            transforms_drop_spec="id:int32",
        )


if __name__ == "__main__":
    product.main()
