"""Kinetica's messages as Python values, from the field lists of endpoint_schemas.json: a reader and
writer of our own, so that the server is not judged by its own encoder.

Maps keep their order; bytes are `bytes`; `string|null` is a str or None.
"""

import io
import struct


def split_type(name):
    """`array<map<string>>` as ("array", "map<string>"); a plain type as (type, None)."""
    outer, bracket, rest = name.partition("<")
    return (outer, rest[:-1]) if bracket else (name, None)


class Reader:
    def __init__(self, data):
        self.data = io.BytesIO(data)

    def take(self, count):
        if count < 0:
            raise ValueError(f"a length of {count}")
        data = self.data.read(count)
        if len(data) != count:
            raise ValueError("the message ends too early")
        return data

    def long(self):
        value = shift = 0
        while True:
            byte = self.take(1)[0]
            value |= (byte & 0x7F) << shift
            shift += 7
            if byte < 0x80:
                return (value >> 1) ^ -(value & 1)

    def blocks(self):
        """One step per item of an array or map."""
        while count := self.long():
            if count < 0:
                self.long()
            for _ in range(abs(count)):
                yield

    def value(self, name):
        kind, inner = split_type(name)
        if kind in ("int", "long"):
            return self.long()
        if kind == "boolean":
            return self.take(1) != b"\0"
        if kind == "float":
            return struct.unpack("<f", self.take(4))[0]
        if kind == "double":
            return struct.unpack("<d", self.take(8))[0]
        if kind == "string":
            return self.take(self.long()).decode()
        if kind == "bytes":
            return self.take(self.long())
        if kind == "string|null":
            return self.value("string") if self.long() == 0 else None
        if kind == "array":
            return [self.value(inner) for _ in self.blocks()]
        if kind == "map":
            return {self.value("string"): self.value(inner) for _ in self.blocks()}
        raise ValueError(f"type {name}")

    def at_end(self):
        return not self.data.read(1)


def read(fields, data):
    """The message of these fields; it must be all of `data`."""
    reader = Reader(data)
    message = {name: reader.value(kind) for name, kind in fields}
    if not reader.at_end():
        raise ValueError("bytes follow the message")
    return message


def write_long(value):
    value = (value << 1) ^ (value >> 63)
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)


def write_value(name, value):
    kind, inner = split_type(name)
    if kind in ("int", "long"):
        return write_long(value)
    if kind == "boolean":
        return b"\1" if value else b"\0"
    if kind == "float":
        return struct.pack("<f", value)
    if kind == "double":
        return struct.pack("<d", value)
    if kind == "string":
        return write_value("bytes", value.encode())
    if kind == "bytes":
        return write_long(len(value)) + value
    if kind == "string|null":
        return b"\2" if value is None else b"\0" + write_value("string", value)
    if kind == "array":
        items = [write_value(inner, item) for item in value]
    elif kind == "map":
        items = [write_value("string", key) + write_value(inner, item)
                 for key, item in value.items()]
    else:
        raise ValueError(f"type {name}")
    return (write_long(len(items)) if items else b"") + b"".join(items) + b"\0"


def write(fields, message):
    return b"".join(write_value(kind, message[name]) for name, kind in fields)
