"""What the tests of Kinetica's Python client share: connections, and a table of all types."""

import logging
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
import official  # noqa: E402
import gpudb  # noqa: E402

# The client warns of every difference between its version and the server's, among much else.
logging.disable(logging.WARNING)

IS_7_1 = not hasattr(gpudb.GPUdbColumnProperty, "VECTOR")

# Name, base type and properties, the values of a full row, and the values of another that go to the
# types' limits. `id` is the primary key; every other column is nullable.
ALL_TYPES = [
    (["i", "int"], 7, -2147483648),
    (["i8", "int", "int8"], 127, -128),
    (["i16", "int", "int16"], -2, 32767),
    (["flag", "int", "boolean"], 1, 0),
    (["l", "long"], 1 << 62, -(1 << 63)),
    (["f", "float"], 1.5, -3.4028234663852886e38),
    (["d", "double"], -2.25, 1.7976931348623157e308),
    (["ts", "long", "timestamp"], 1700000000123, -30610224000000),
    (["s", "string"], "naïve café", ""),
    (["raw", "bytes"], b"\x00\xff\x01", b"\x80" * 300),
    (["c1", "string", "char1"], "x", "y"),
    (["c2", "string", "char2"], "ab", "é"),
    (["c4", "string", "char4", "dict"], "abcd", "日"),
    (["c8", "string", "char8"], "abcdefgh", "a"),
    (["c16", "string", "char16"], "sixteen", "p" * 16),
    (["c32", "string", "char32", "text_search"], "thirty-two", "q" * 32),
    (["c64", "string", "char64"], "sixty-four", "r" * 64),
    (["c128", "string", "char128"], "many", "s" * 128),
    (["c256", "string", "char256"], "more", "t" * 256),
    (["day", "string", "date"], "2024-02-29", "1000-01-01"),
    (["hour", "string", "time"], "23:59:58.007", "00:00:00.000"),
    (["moment", "string", "datetime"], "2024-02-29 01:02:03.004", "2899-12-31 23:59:59.999"),
    (["price", "string", "decimal"], "123.4567", "-922337203685477.5807"),
    (["address", "string", "ipv4"], "192.168.1.254", "0.0.0.0"),
    (["big", "string", "ulong"], "18446744073709551615", "0"),
    (["uuid", "string", "uuid"], "123e4567-e89b-12d3-a456-426614174000",
     "ffffffff-ffff-ffff-ffff-ffffffffffff"),
    (["shape", "string", "wkt"], "POINT (1 2)", "LINESTRING (0 0, 1 1)"),
]
# What the 7.1 client does not know.
TYPES_OF_7_2 = [
    (["exact", "string", "decimal(20,5)"], "123456789012345.12345", "-0.00001"),
    (["doc", "string", "json"], '{"a": [1, null]}', "[]"),
    (["ints", "string", "array(int)"], "[1,2,3]", "[]"),
    (["texts", "string", "array(string)"], '["a","b"]', '["é"]'),
    (["vector", "bytes", "vector(3)"], b"\x00\x00\x80?\x00\x00 \xc0\x00\x00\x00?", b"\x00" * 12),
]


class AllTypes:
    """A table of all types that the client and the server know, and its rows."""

    def __init__(self, release="7.2"):
        columns = ALL_TYPES + ([] if IS_7_1 or release != "7.2" else TYPES_OF_7_2)
        self.names = ["id"] + [column[0] for column, _, _ in columns]
        self.columns = [["id", "long", "primary_key"]] + [[*c, "nullable"] for c, _, _ in columns]
        self.rows = [
            [1] + [value for _, value, _ in columns],
            [2] + [value for _, _, value in columns],
            [3] + [None] * len(columns),
        ]

    def dicts(self):
        return [dict(zip(self.names, row)) for row in self.rows]


class PythonTest(official.OfficialTest):
    """A test with the client of whichever version runs it."""

    encoding = "BINARY"

    def connect(self, *servers, **options):
        options.setdefault("encoding", self.encoding)
        # Otherwise each failed request is repeated for minutes.
        options.setdefault("timeout", 10)
        return gpudb.GPUdb(host=[server.url for server in servers], **options)

    def ok(self, response):
        """The response, which must not be an error."""
        status = response["status_info"]
        self.assertEqual(status["status"], "OK", status["message"])
        return response

    def refused(self, response):
        """The text of a response that must be an error."""
        status = response["status_info"]
        self.assertEqual(status["status"], "ERROR")
        return status["message"]


def release():
    """The Kinetica version that the servers of this run are asked to be."""
    for option in official.Options.server:
        if option.startswith("--kinetica-version="):
            return option.split("=")[1]
    return "7.2"
