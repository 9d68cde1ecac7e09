"""Kafka's own converters, transformations, predicates and offset file, and ours, on the same random
data.

    test_converters.py PATH/TO/convert_judge [--seed N] [--cases N] [unittest arguments]

The same seed gives the same cases; --cases is how many a test makes of each kind.
"""

import argparse
import base64
import collections
import json
import pathlib
import sys
import tempfile
import unittest

import comparison
from judges import Judge
from random_data import RandomData, b64
from random_steps import RandomSteps

FOLDER = pathlib.Path(__file__).resolve().parent
JARS = FOLDER.parents[2] / "build" / "official" / "connect" / "4.3.1" / "lib"
JSON = "org.apache.kafka.connect.json.JsonConverter"
HEADER = "org.apache.kafka.connect.storage.SimpleHeaderConverter"
SIMPLE = [
    "org.apache.kafka.connect.storage.StringConverter",
    *(
        "org.apache.kafka.connect.converters." + name
        for name in (
            "ByteArrayConverter",
            "ShortConverter",
            "IntegerConverter",
            "LongConverter",
            "FloatConverter",
            "DoubleConverter",
            "BooleanConverter",
        )
    ),
]
JSON_SETTINGS = [
    {},
    {},
    {"schemas.enable": "false"},
    {"schemas.enable": "false"},
    {"decimal.format": "NUMERIC"},
    {"decimal.format": "NUMERIC", "schemas.enable": "false"},
    {"replace.null.with.default": "false"},
    {
        "schema.content": '{"type":"struct","fields":['
        '{"field":"payload","type":"string","optional":true},{"field":"schema","type":"map",'
        '"keys":{"type":"string"},"values":{"type":"string","optional":true},"optional":true}]}'
    },
]
PLAIN_SETTINGS = [
    {"schemas.enable": "false"},
    {
        "schema.content": '{"type":"map","keys":{"type":"string"},'
        '"values":{"type":"double","optional":true},"optional":true}'
    },
]
SHOWN = 3  # differences of one class


class Options:
    judge = None
    seed = 2026
    cases = 1500


class Converters(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.ours = Judge("convert_judge", [Options.judge])
        cls.addClassCleanup(cls.ours.close)
        cls.kafka = Judge(
            "ConvertJudge",
            [
                "java",
                "-Xmx512m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-Duser.timezone=UTC",
                "-cp",
                f"{JARS}/*",
                FOLDER / "ConvertJudge.java",
            ],
        )
        cls.addClassCleanup(cls.kafka.close)

    def setUp(self):
        self.data = RandomData(Options.seed)
        self.random = self.data.random
        self.found = collections.defaultdict(list)

    def compare(self, requests):
        """Both answers to each request; differences are kept for check()."""
        theirs, ours = self.kafka.ask(requests), self.ours.ask(requests)
        for request, their, our in zip(requests, theirs, ours):
            lines = comparison.differences(request, their, our)
            if lines:
                self.found[f"{request['op']} {request['class']}"].append((request, lines))
        valid = sum("invalid" not in answer for answer in theirs)
        self.assertGreater(
            valid, len(requests) * 0.9, "too few of the random cases mean something to Kafka"
        )
        return theirs, ours

    def check(self):
        text = []
        for what, cases in self.found.items():
            text.append(f"{what}: {len(cases)} differ")
            for request, lines in sorted(cases, key=lambda case: len(json.dumps(case[0])))[:SHOWN]:
                text.append("  " + json.dumps(request, ensure_ascii=False)[:1500])
                if request.get("bytes"):
                    text.append(
                        "  of "
                        + base64.b64decode(request["bytes"]).decode("utf-8", "backslashreplace")[
                            :1500
                        ]
                    )
                text += ["      " + line for line in lines[:5]]
        self.assertFalse(text, f"with --seed {Options.seed}\n" + "\n".join(text))

    def written(self, make_converter):
        """Cases for from_connect(); `make_converter` gives class, role and settings."""
        requests = []
        for _ in range(Options.cases):
            schema, value = (
                (None, self.data.schemaless())
                if self.data.chance(0.25)
                else self.data.schema_and_value()
            )
            name, role, settings = make_converter()
            requests.append(
                {
                    "op": "from_connect",
                    "class": name,
                    "role": role,
                    "settings": settings,
                    "schema": schema,
                    "value": value,
                }
            )
        return requests

    @staticmethod
    def read(name, role, settings, data):
        return {
            "op": "to_connect",
            "class": name,
            "role": role,
            "settings": settings,
            "bytes": b64(data),
        }

    def read_back(self, requests, theirs, ours):
        """Each reads what either has written."""
        texts = [
            (request, answer["bytes"])
            for request, *answers in zip(requests, theirs, ours)
            for answer in answers
            if "bytes" in answer
        ]
        return [
            self.read(
                request["class"],
                request["role"],
                request["settings"],
                None if text is None else base64.b64decode(text),
            )
            for request, text in texts
        ]

    def test_json_converter(self):
        requests = self.written(
            lambda: (
                JSON,
                self.random.choice(["key", "value", "value", "header"]),
                self.random.choice(JSON_SETTINGS),
            )
        )
        back = self.read_back(requests, *self.compare(requests))
        self.compare(back)
        texts = [base64.b64decode(request["bytes"]) for request in back if request["bytes"]]
        settings = lambda: self.random.choice(JSON_SETTINGS)  # noqa: E731
        damaged = []
        for _ in range(Options.cases):
            damaged.append(
                self.read(
                    JSON,
                    "value",
                    settings(),
                    self.data.mutated_json(self.random.choice(texts).decode()).encode(),
                )
            )
            damaged.append(
                self.read(
                    JSON, "value", settings(), self.data.mutated_bytes(self.random.choice(texts))
                )
            )
            damaged.append(
                self.read(
                    JSON,
                    "value",
                    self.random.choice(PLAIN_SETTINGS),
                    self.data.json_text().encode(),
                )
            )
        self.compare(damaged)
        self.check()

    def test_simple_converters(self):
        requests = self.written(
            lambda: (self.random.choice(SIMPLE), self.random.choice(["key", "value"]), {})
        )
        back = self.read_back(requests, *self.compare(requests))
        for _ in range(Options.cases):
            data = self.random.choice(
                [
                    None,
                    self.data.data(),
                    self.data.text().encode(),
                    self.random.randbytes(4),
                    self.random.randbytes(8),
                ]
            )
            back.append(self.read(self.random.choice(SIMPLE), "value", {}, data))
        self.compare(back)
        self.check()

    def test_header_converter(self):
        requests = self.written(lambda: (HEADER, "header", {}))
        back = self.read_back(requests, *self.compare(requests))
        texts = [base64.b64decode(request["bytes"]) for request in back if request["bytes"]]
        for _ in range(Options.cases):
            back.append(
                self.read(
                    HEADER,
                    "header",
                    {},
                    self.random.choice(
                        [
                            self.data.text().encode(),
                            self.data.json_text().encode(),
                            self.data.mutated_bytes(self.random.choice(texts)),
                            self.data.json_number().encode(),
                        ]
                    ),
                )
            )
        self.compare(back)
        self.check()

    def test_transformations_and_predicates(self):
        steps = RandomSteps(self.data)
        theirs, _ = self.compare([steps.request() for _ in range(2 * Options.cases)])
        self.assertGreater(
            sum("record" in answer for answer in theirs),
            Options.cases * 0.8,
            "too few of the random records are transformed",
        )
        self.check()

    def test_offset_file(self):
        """What one has written, the other reads and goes on with; null keys and values included."""

        def key(number):
            return json.dumps(
                [f"source {number % 3}", {"table": self.data.text(), "number": number}],
                ensure_ascii=False,
                separators=(",", ":"),
            )

        for count in (0, 1, 12, 13, 500):
            with self.subTest(entries=count), tempfile.TemporaryDirectory() as folder:
                file = f"{folder}/offsets"
                entries = {
                    key(number): None if number % 5 == 4 else json.dumps({"position": number})
                    for number in range(count)
                }
                self.kafka.ask(
                    [
                        {
                            "op": "write_offsets",
                            "file": file,
                            "entries": [*entries.items(), [None, "lost"]],
                        }
                    ]
                )
                (answer,) = self.ours.ask(
                    [{"op": "read_offsets", "file": file, "keys": [*entries]}]
                )
                self.assertEqual(dict(answer["entries"]), entries)
                more = {key(1000 + number): '{"position":-1}' for number in range(3)}
                more.update((known, '{"position":7}') for known in list(entries)[:2])
                self.ours.ask([{"op": "write_offsets", "file": file, "entries": [*more.items()]}])
                (answer,) = self.kafka.ask([{"op": "read_offsets", "file": file}])
                found = dict(answer["entries"])
                found.pop(None, None)
                self.assertEqual(found, {**entries, **more})


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("judge", type=pathlib.Path)
    parser.add_argument("--seed", type=int, default=Options.seed)
    parser.add_argument("--cases", type=int, default=Options.cases)
    arguments, rest = parser.parse_known_args()
    Options.judge, Options.seed, Options.cases = arguments.judge, arguments.seed, arguments.cases
    if not JARS.is_dir():
        sys.exit(f"error: Kafka Connect is not in {JARS}. `make test` fetches it.")
    unittest.main("__main__", argv=[sys.argv[0], *rest], verbosity=2)


main()
