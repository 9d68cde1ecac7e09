"""Random Connect schemas, values, records and JSON texts, in the form that the convert judges read
(its grammar stands in convert_judge.cc). The same seed gives the same data."""

import base64
import json
import random
import string
import struct

PACKAGE = "org.apache.kafka.connect.data."
INTEGERS = {"INT8": 8, "INT16": 16, "INT32": 32, "INT64": 64}
PRIMITIVES = (*INTEGERS, "FLOAT32", "FLOAT64", "BOOLEAN", "STRING", "BYTES")
NAMES = ["a", "b", "c", "id", "ts", "name", "x.y", "long_name", "Ünï", "e mpty", "d"]
FLOATS = [
    0.0,
    -0.0,
    1.0,
    1.5,
    -2.25,
    0.1,
    100.0,
    1e7,
    9999999.0,
    1e-3,
    9.99e-4,
    1e21,
    1.17549435e-38,
    1e-45,
    3.4028235e38,
    123456.789,
    2.0**31,
    2.0**53,
    2.0**63,
    -(2.0**63),
    float("inf"),
    float("-inf"),
    float("nan"),
]
TEXTS = [
    "",
    "a",
    "abc",
    "true",
    "FALSE",
    "null",
    "1",
    "-7",
    "3.5",
    "1e3",
    "0x10",
    "NaN",
    "Infinity",
    " 5",
    "+5",
    "12345678901",
    "99999999999999999999",
    "2024-02-29",
    "2024-02-29T12:34:56.789Z",
    "12:34:56.789Z",
    "héllo",
    "日本語",
    "😀 x",
    "tab\tnew\nline",
    'quo"te',
    "back\\slash",
    "\u0001\u001f\u007f",
    "\u2028",
    "$1",
    "a,b",
    "{}",
    "[1,2]",
    "a" * 300,
]


def b64(data):
    return None if data is None else base64.b64encode(data).decode()


class RandomData:
    def __init__(self, seed):
        self.random = random.Random(seed)

    def chance(self, probability):
        return self.random.random() < probability

    # Values of a schema's types.

    def integer(self, bits):
        limit = 2 ** (bits - 1)
        return self.random.choice(
            [
                0,
                1,
                -1,
                7,
                limit - 1,
                -limit,
                self.random.randrange(-limit, limit),
                self.random.randrange(-100, 100),
            ]
        )

    def real(self):
        if self.chance(0.5):
            return self.random.choice(FLOATS)
        return self.random.choice(
            [
                self.random.uniform(-1000, 1000),
                self.random.uniform(-1, 1) * 10 ** self.random.randint(-30, 30),
                float(self.random.randint(-(10**9), 10**9)),
            ]
        )

    def text(self):
        if self.chance(0.6):
            return self.random.choice(TEXTS)
        return "".join(
            self.random.choice(string.ascii_letters + string.digits + ' ._-{}[],:"\\é😀\n')
            for _ in range(self.random.randint(0, 12))
        )

    def data(self):
        return self.random.randbytes(self.random.choice([0, 1, 2, 3, 4, 9, 30]))

    def float32(self):
        try:
            (bits,) = struct.unpack(">I", struct.pack(">f", self.real()))
        except OverflowError:
            bits = self.random.getrandbits(32)
        return [
            "float32",
            f"{0x7fc00000 if bits & 0x7f800000 == 0x7f800000 and bits & 0x7fffff else bits:08x}",
        ]

    def float64(self):
        (bits,) = struct.unpack(">Q", struct.pack(">d", self.real()))
        return ["float64", f"{bits:016x}"]

    def decimal(self, scale):
        digits = self.random.choice([1, 3, 9, 18, 19, 40])
        return ["decimal", str(self.random.randrange(-(10**digits), 10**digits)), scale]

    def primitive(self, kind):
        if kind in INTEGERS:
            return [kind.lower(), self.integer(INTEGERS[kind])]
        return {
            "FLOAT32": self.float32,
            "FLOAT64": self.float64,
            "BOOLEAN": lambda: ["boolean", self.chance(0.5)],
            "STRING": lambda: ["string", self.text()],
            "BYTES": lambda: ["bytes", b64(self.data())],
        }[kind]()

    def instant(self):
        return self.random.choice(
            [
                0,
                1,
                -1,
                1_700_000_000_123,
                1_709_210_096_789,
                86_400_000,
                -86_400_000,
                951_782_400_000,
                253_402_300_799_999,
                -2_208_988_800_000,
                self.random.randrange(-(10**12), 4 * 10**12),
            ]
        )

    def value(self, schema):
        """A value that fits; null now and then where that is allowed."""
        if schema["optional"] and self.chance(0.2):
            return None
        name = schema.get("name") or ""
        if name == PACKAGE + "Decimal":
            return self.decimal(int(dict(schema["parameters"])["scale"]))
        if name == PACKAGE + "Date":
            return [
                "date",
                self.random.choice([0, 1, -1, 19_000, self.random.randrange(-100_000, 100_000)]),
            ]
        if name == PACKAGE + "Time":
            return [
                "time",
                self.random.choice([0, 1, 86_399_999, self.random.randrange(86_400_000)]),
            ]
        if name == PACKAGE + "Timestamp":
            return ["timestamp", self.instant()]
        kind = schema["type"]
        if kind == "ARRAY":
            return [
                "array",
                [self.value(schema["values"]) for _ in range(self.random.randint(0, 4))],
            ]
        if kind == "MAP":
            entries = {}
            for _ in range(self.random.randint(0, 3)):
                key = self.value(schema["keys"])
                if key == ["string", "null"]:
                    continue  # JSON knows it only as the name of a null key, too
                entries[json.dumps(key)] = [key, self.value(schema["values"])]
            return ["map", list(entries.values())]
        if kind == "STRUCT":
            return ["struct", [self.value(field) for _, field in schema["fields"]]]
        return self.primitive(kind)

    def schemaless(self, depth=3):
        if depth > 0 and self.chance(0.35):
            if self.chance(0.5):
                return [
                    "array",
                    [self.schemaless(depth - 1) for _ in range(self.random.randint(0, 4))],
                ]
            if self.chance(0.1):
                return ["map", [[self.primitive("INT32"), self.schemaless(depth - 1)]]]
            names = self.random.sample(NAMES, self.random.randint(0, 4))
            return ["map", [[["string", name], self.schemaless(depth - 1)] for name in names]]
        if self.chance(0.1):
            return None
        return self.primitive(self.random.choice(PRIMITIVES))

    def schemaless_map(self):
        names = self.random.sample(NAMES, self.random.randint(1, 6))
        return ["map", [[["string", name], self.schemaless(2)] for name in names]]

    # Schemas.

    def schema(self, depth=3, kind=None):
        kind = kind or self.random.choice(
            (
                *PRIMITIVES,
                "LOGICAL",
                "LOGICAL",
                *(("ARRAY", "MAP", "STRUCT", "STRUCT") if depth else ()),
            )
        )
        schema = {"type": kind, "optional": self.chance(0.4)}
        if kind == "LOGICAL":
            schema.update(
                self.random.choice(
                    [
                        {
                            "type": "BYTES",
                            "name": PACKAGE + "Decimal",
                            "version": 1,
                            "parameters": [
                                ["scale", str(self.random.choice([0, 1, 2, 9, 30, -3]))]
                            ],
                        },
                        {"type": "INT32", "name": PACKAGE + "Date", "version": 1},
                        {"type": "INT32", "name": PACKAGE + "Time", "version": 1},
                        {"type": "INT64", "name": PACKAGE + "Timestamp", "version": 1},
                    ]
                )
            )
        elif self.chance(0.2):
            schema["name"] = self.random.choice(["com.example.Thing", "x", "Ünï"])
            if self.chance(0.5):
                schema["version"] = self.random.choice([1, 2, 77, -1])
        if self.chance(0.1):
            schema["doc"] = self.text()
        if self.chance(0.1) and "parameters" not in schema:
            schema["parameters"] = [[name, self.text()] for name in self.random.sample(NAMES, 2)]
        if kind == "ARRAY":
            schema["values"] = self.schema(depth - 1)
        elif kind == "MAP":
            schema["keys"] = self.schema(
                0, self.random.choice(["STRING", "STRING", "STRING", "INT32", "BOOLEAN"])
            )
            schema["keys"].pop("default", None)
            schema["values"] = self.schema(depth - 1)
        elif kind == "STRUCT":
            schema["fields"] = [
                [name, self.schema(depth - 1)]
                for name in self.random.sample(NAMES, self.random.randint(0, 6))
            ]
        if self.chance(0.2):
            # Kafka builds no schema of a struct with a default.
            if kind not in ("STRUCT", "ARRAY", "MAP") or kind != "STRUCT" and self.chance(0.3):
                schema["default"] = self.value({**schema, "optional": False})
        return schema

    def schema_and_value(self, kind=None):
        schema = self.schema(kind=kind)
        return schema, self.value(schema)

    # JSON texts.

    def json_number(self):
        return self.random.choice(
            [
                "0",
                "-0",
                "1",
                "-1",
                "127",
                "128",
                "300",
                "32768",
                "2147483648",
                "9223372036854775807",
                "9223372036854775808",
                "12345678901234567890",
                "1.0",
                "1.5",
                "-0.0",
                "1e3",
                "1E+2",
                "1e-3",
                "1.9",
                "1e400",
                "-1e400",
                "1e-400",
                "123.456",
                "0.1",
                "3.4028236e38",
                "1.7976931348623157e308",
                "4.9e-324",
                "1e19",
                "100000000000000000000.5",
                str(self.random.randrange(-(10**20), 10**20)),
                repr(self.random.uniform(-1e6, 1e6)),
            ]
        )

    def json_text(self, depth=3):
        """A JSON value with whatever blanks, escapes, numbers and repeated names JSON allows."""
        blank = self.random.choice(["", "", "", " ", "\n\t"])
        if depth and self.chance(0.4):
            items = [self.json_text(depth - 1) for _ in range(self.random.randint(0, 4))]
            if self.chance(0.5):
                return blank + "[" + ",".join(items) + "]"
            return (
                blank
                + "{"
                + ",".join(
                    self.json_string(self.random.choice(NAMES)) + blank + ":" + item
                    for item in items
                )
                + "}"
            )
        return (
            blank
            + self.random.choice(
                [
                    "null",
                    "true",
                    "false",
                    self.json_number(),
                    self.json_number(),
                    self.json_string(self.text()),
                    self.json_string(self.text()),
                ]
            )
            + blank
        )

    def json_string(self, text):
        return json.dumps(text, ensure_ascii=self.chance(0.5))

    def mutated_json(self, text):
        """JSON with one node replaced, removed or renamed."""
        tree = json.loads(text, parse_float=str if self.chance(0.1) else float)
        nodes = []

        def walk(node):
            keys = (
                node
                if isinstance(node, dict)
                else range(len(node)) if isinstance(node, list) else ()
            )
            for key in list(keys):
                # A logical name under another type means nothing.
                if (
                    isinstance(keys, dict)
                    and str(node.get("name")).startswith(PACKAGE)
                    and key in ("type", "name", "parameters")
                ):
                    continue
                nodes.append((node, key))
                walk(node[key])

        walk(tree)
        if not nodes:
            return self.json_text()
        node, key = self.random.choice(nodes)
        action = self.random.random()
        if action < 0.25:
            del node[key]
        elif action < 0.35 and isinstance(node, dict):
            node[self.random.choice([*NAMES, "type", "default", "optional", "version", "name"])] = (
                node.pop(key)
            )
        elif action < 0.45:
            node[key] = self.random.choice(
                [
                    "int8",
                    "int16",
                    "int32",
                    "int64",
                    "float",
                    "double",
                    "string",
                    "bytes",
                    "boolean",
                    "struct",
                    "map",
                    "array",
                ]
            )
        else:
            try:
                node[key] = json.loads(self.json_text(1))
            except ValueError:
                node[key] = 17
        return json.dumps(tree, ensure_ascii=False)

    def mutated_bytes(self, data):
        data = bytearray(data)
        for _ in range(self.random.randint(1, 3)):
            action = self.random.random()
            at = self.random.randrange(len(data)) if data else 0
            if action < 0.4 and data:
                data[at] = self.random.choice([self.random.randrange(256), *b'"{}[],:0-+eE. \\tfn'])
            elif action < 0.6:
                data[at:at] = self.random.choice(
                    [
                        b" ",
                        b"\xff",
                        b"\xc3\xa9",
                        b"\\u0000",
                        b"\xed\xa0\x80",
                        b"0",
                        b'"',
                        b",",
                        b"}",
                    ]
                )
            elif action < 0.8:
                del data[at:]
            else:
                del data[at : at + 1]
        return bytes(data)
