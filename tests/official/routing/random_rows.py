"""Rows with keys of every type that a shard key can have, by chance from a seed: the same for every client.

Values on which Kinetica's own clients disagree (tests/compat/vectors/kinetica/shard_keys_divergent.json) are left out:
characters beyond ASCII in charN, decimals of other than the column's digits, days that do not exist, times outside the
years 1000 to 2900.
"""

import datetime
import ipaddress
import random
import string
import struct
import uuid

LETTERS = string.ascii_letters + string.digits + " -_.,"
MILLISECOND = datetime.timedelta(milliseconds=1)
EPOCH = datetime.datetime(1970, 1, 1)
FIRST = datetime.datetime(1000, 1, 1)
LAST = datetime.datetime(2900, 12, 31, 23, 59, 59, 999000)


def moment(chance):
    """Any millisecond between the first and the last."""
    return FIRST + chance.randint(0, (LAST - FIRST) // MILLISECOND) * MILLISECOND


def text_of_time(time):
    return f"{time:%H:%M:%S}.{time.microsecond // 1000:03}"


def text_of_date(date):
    return f"{date.year:04}-{date.month:02}-{date.day:02}"


def text_of_decimal(unscaled, scale):
    sign, digits = ("-" if unscaled < 0 else ""), f"{abs(unscaled):0{scale + 1}}"
    return f"{sign}{digits[:-scale]}.{digits[-scale:]}"


def text(chance, most, letters=LETTERS):
    return "".join(chance.choice(letters) for _ in range(chance.randint(0, most)))


def single(chance):
    """A float of 32 bits, with any finite bits."""
    while True:
        value = struct.unpack("<f", struct.pack("<I", chance.getrandbits(32)))[0]
        if abs(value) < 3e38 and value == value:
            return value


def double(chance):
    while True:
        value = struct.unpack("<d", struct.pack("<Q", chance.getrandbits(64)))[0]
        if abs(value) < 1e300 and value == value:
            return value


def integer(bits):
    return lambda chance: chance.randint(-2 ** (bits - 1), 2 ** (bits - 1) - 1)


def stamp(chance):
    return (moment(chance) - EPOCH) // MILLISECOND


# name: base type, property, a value by chance.
KEYS = {
    "int": ("int", None, integer(32)),
    "int8": ("int", "int8", integer(8)),
    "int16": ("int", "int16", integer(16)),
    "boolean": ("int", "boolean", lambda chance: chance.randint(0, 1)),
    "long": ("long", None, integer(64)),
    "timestamp": ("long", "timestamp", stamp),
    "float": ("float", None, single),
    "double": ("double", None, double),
    "string": ("string", None, lambda chance: text(chance, 40, LETTERS + "äß日本😀")),
    "date": ("string", "date", lambda chance: text_of_date(moment(chance))),
    "time": ("string", "time", lambda chance: text_of_time(moment(chance))),
    "datetime": ("string", "datetime", lambda chance: " ".join(
        (lambda at: (text_of_date(at), text_of_time(at)))(moment(chance)))),
    "decimal": ("string", "decimal", lambda chance: text_of_decimal(integer(54)(chance), 4)),
    "ipv4": ("string", "ipv4",
             lambda chance: str(ipaddress.IPv4Address(chance.getrandbits(32)))),
    "ulong": ("string", "ulong", lambda chance: str(chance.getrandbits(64))),
    "uuid": ("string", "uuid", lambda chance: str(uuid.UUID(int=chance.getrandbits(128)))),
}
for size in (1, 2, 4, 8, 16, 32, 64, 128, 256):
    KEYS[f"char{size}"] = ("string", f"char{size}", lambda chance, most=size: text(chance, most))

# Kinetica's Java client fails on a null in a key column of these types.
NEVER_NULL = {"boolean"}


def table(names, rows, seed, key="shard_key"):
    """A table whose key is the columns `names`, as {"columns": ..., "rows": ...}. Columns of a shard key are nullable,
    and null in one row of twenty; those of a primary key must not be."""
    chance = random.Random(seed)

    def nullable(name):
        return key == "shard_key" and name not in NEVER_NULL

    columns = [{"name": "payload", "type": "string", "properties": ["nullable"]}]
    for name in names:
        base, prop, _ = KEYS[name]
        columns.append({"name": f"k_{name}", "type": base,
                        "properties": [key] + [prop] * bool(prop) + ["nullable"] * nullable(name)})

    def value(name):
        return None if nullable(name) and chance.random() < 0.05 else KEYS[name][2](chance)

    return {"columns": columns,
            "rows": [[f"row {i}", *(value(name) for name in names)] for i in range(rows)]}
