#!/usr/bin/env python3
"""Writes vectors.json: messages as Python's protobuf encodes them, and what Connect makes of them.

    python3 -m venv venv && venv/bin/pip install protobuf==7.36.2 grpcio-tools==1.85.1 googleapis-common-protos==1.76.0
    venv/bin/python record.py

Each case is a .proto file (`serialized`: as its FileDescriptorProto in base64, which is what Confluent's Python client
registers, with the message's `indexes` as that client writes them), the name of a message, its bytes in hexadecimal, and
the value as Java's toString() would print Confluent's Struct: unions first, nulls left out, bytes in base64, dates in UTC.
"""
import base64
import datetime
import decimal
import json
import pathlib
import subprocess
import sys
import tempfile

import google.type
from google.protobuf import descriptor_pb2, descriptor_pool, json_format, message_factory

HERE = pathlib.Path(__file__).parent
DECIMAL = 'syntax = "proto3"; package confluent.type; message Decimal { bytes value = 1; uint32 precision = 2; int32 scale = 3; }'

SCALARS = """syntax = "proto3";
package a.b;
message All {
  double f64 = 1; float f32 = 2; int32 i32 = 3; int64 i64 = 4; uint32 u32 = 5; uint64 u64 = 6; sint32 s32 = 7; sint64 s64 = 8;
  fixed32 x32 = 9; fixed64 x64 = 10; sfixed32 y32 = 11; sfixed64 y64 = 12; bool b = 13; string s = 14; bytes raw = 15;
  Color color = 16;
}
enum Color { RED = 0; GREEN = 5; BLUE = -1; }
"""
LISTS = """syntax = "proto3";
message Lists {
  repeated int32 packed = 1; repeated sint64 unpacked = 2 [packed = false]; repeated string texts = 3; repeated Item items = 4;
  map<string, int32> counts = 5; map<int64, Item> by_id = 6; repeated Color colors = 7; repeated double reals = 8;
  message Item { string name = 1; repeated bool flags = 2; }
  enum Color { RED = 0; GREEN = 1; }
}
"""
CHOICES = """syntax = "proto3";
message Choices {
  int32 before = 1;
  oneof first { string text = 2; Inner inner = 3; int64 number = 9; }
  oneof second { bool flag = 4; bytes raw = 5; }
  optional int32 maybe = 6; optional Inner inner_maybe = 7; Inner plain = 8;
  message Inner { int32 x = 1; Inner2 deeper = 2; message Inner2 { string y = 1; } }
}
"""
KNOWN = """syntax = "proto3";
import "google/protobuf/timestamp.proto"; import "google/protobuf/wrappers.proto"; import "google/protobuf/duration.proto";
import "google/type/date.proto"; import "google/type/timeofday.proto"; import "confluent/type/decimal.proto";
message Known {
  google.protobuf.Timestamp at = 1; google.type.Date day = 2; google.type.TimeOfDay time = 3; confluent.type.Decimal price = 4;
  google.protobuf.Int32Value i = 5; google.protobuf.StringValue s = 6; google.protobuf.UInt32Value u = 7;
  google.protobuf.BoolValue b = 8; google.protobuf.DoubleValue d = 9; google.protobuf.BytesValue raw = 10;
  repeated google.protobuf.Timestamp times = 11; google.protobuf.Duration took = 12; google.protobuf.UInt64Value big = 13;
}
"""
PROTO2 = """syntax = "proto2";
message Old {
  required int32 id = 1; optional string name = 2 [default = "nobody"]; optional Level level = 3 [default = HIGH];
  repeated int32 numbers = 4; repeated int32 packed = 5 [packed = true]; required Part part = 6;
  enum Level { LOW = 1; HIGH = 2; }
  message Part { optional double x = 1; extensions 100 to 200; }
}
"""
SECOND = """syntax = "proto3";
package p;
message One { int32 a = 1; }
message Two { message Inner { message Deepest { int32 d = 1; } string s = 1; } map<string, string> m = 1; }
"""
AFTER_MAP = """syntax = "proto3";
message Outer { map<string, string> m = 1; message Inner { int32 d = 1; } }
"""
NEWER = """syntax = "proto3";
message Grown { int32 a = 1; string b = 2; repeated fixed64 c = 3; Grown.D d = 4; double e = 5; int32 z = 6;
  message D { string s = 1; } }
"""
OLDER = """syntax = "proto3";
message Grown { int32 a = 1; int32 z = 6; }
"""

CASES = [
    ("scalars", SCALARS, "a.b.All", dict(f64=1.5, f32=-0.25, i32=-7, i64="-9223372036854775808", u32=4294967295,
                                         u64="18446744073709551615", s32=-2147483648, s64="-3", x32=4000000000, x64="5", y32=-6,
                                         y64="-8", b=True, s="häß😀", raw="AP8=", color="GREEN")),
    ("scalars_absent", SCALARS, "a.b.All", {}),
    ("enum_negative", SCALARS, "a.b.All", dict(color="BLUE")),
    ("enum_unknown", SCALARS, "a.b.All", dict(color=77)),
    ("lists", LISTS, "Lists", dict(packed=[1, -1, 300], unpacked=["-5", "6"], texts=["a", "", "b"],
                                   items=[dict(name="x", flags=[True, False]), {}], counts=dict(one=1, zero=0),
                                   byId={"7": dict(name="seven"), "-1": {}}, colors=["GREEN", "RED"], reals=[0.5, 2.0])),
    ("lists_empty", LISTS, "Lists", {}),
    ("choices_text", CHOICES, "Choices", dict(before=1, text="", flag=False, maybe=0, innerMaybe={})),
    ("choices_message", CHOICES, "Choices", dict(inner=dict(x=4, deeper=dict(y="z")), raw="YQ==", plain=dict(x=9))),
    ("choices_none", CHOICES, "Choices", {}),
    ("known", KNOWN, "Known", dict(at="2023-11-14T22:13:20.123456789Z", day=dict(year=2024, month=2, day=29),
                                   time=dict(hours=23, minutes=59, seconds=58, nanos=999999999),
                                   price=dict(value=base64.b64encode((-12345).to_bytes(2, "big", signed=True)).decode(), precision=5,
                                              scale=2),
                                   i=0, s="x", u=4294967295, b=False, d=1.0, raw="YQ==",
                                   times=["1970-01-01T00:00:00Z", "1969-12-31T23:59:59.500Z"], took="3s",
                                   big="18446744073709551615")),
    ("known_absent", KNOWN, "Known", {}),
    ("proto2", PROTO2, "Old", dict(id=0, part=dict(x=0.0), numbers=[1, 2], packed=[3, 4], level="LOW")),
    ("proto2_absent", PROTO2, "Old", dict(id=5, part={})),
    ("second_message", SECOND, "p.Two", dict(m=dict(k="v"))),
    ("nested_message", SECOND, "p.Two.Inner", dict(s="n")),
    ("deepest_message", SECOND, "p.Two.Inner.Deepest", dict(d=3)),
    ("nested_after_map", AFTER_MAP, "Outer.Inner", dict(d=4)),
    ("unknown_fields", (NEWER, OLDER), "Grown", dict(a=1, b="new", c=["1", "2"], d=dict(s="x"), e=1.0, z=2)),
]


def files_of(text):
    """The file and all that it imports, as the compiler describes them."""
    with tempfile.TemporaryDirectory() as folder:
        root = pathlib.Path(folder)
        (root / "confluent/type").mkdir(parents=True)
        (root / "confluent/type/decimal.proto").write_text(DECIMAL)
        (root / "case.proto").write_text(text)
        common = pathlib.Path(list(google.type.__path__)[0]).parent.parent
        subprocess.run([sys.executable, "-m", "grpc_tools.protoc", f"-I{root}", f"-I{common}", "--include_imports",
                        f"--descriptor_set_out={root / 'set'}", "case.proto"], check=True)
        return descriptor_pb2.FileDescriptorSet.FromString((root / "set").read_bytes())


def message_class(text, name):
    pool = descriptor_pool.DescriptorPool()
    for file in files_of(text).file:
        pool.Add(file)
    return message_factory.GetMessageClass(pool.FindMessageTypeByName(name))


def indexes_of(descriptor):
    outer = descriptor.containing_type
    if outer is None:
        return [list(descriptor.file.message_types_by_name).index(descriptor.name)]
    return indexes_of(outer) + [outer.nested_types.index(descriptor)]


def java_time(seconds):
    stamp = datetime.datetime(1970, 1, 1) + datetime.timedelta(seconds=seconds)
    return stamp.strftime("%a %b %d %H:%M:%S UTC %Y")


def java_scalar(field, value):
    if field.enum_type is not None:
        known = field.enum_type.values_by_number.get(value)
        return known.name if known else f"UNKNOWN_ENUM_VALUE_{field.enum_type.name}_{value}"
    if field.type == field.TYPE_BYTES:
        return base64.b64encode(value).decode()
    if field.type == field.TYPE_BOOL:
        return str(value).lower()
    if field.type in (field.TYPE_UINT64, field.TYPE_FIXED64) and value >= 1 << 63:
        return str(value - (1 << 64))
    return str(value)


def java_value(field, value):
    if field.message_type is None:
        return java_scalar(field, value)
    name = field.message_type.full_name
    if name == "google.protobuf.Timestamp":
        return java_time(value.seconds)
    if name == "google.type.Date":
        return java_time((datetime.date(value.year, value.month, value.day) - datetime.date(1970, 1, 1)).days * 86400)
    if name == "google.type.TimeOfDay":
        return java_time(value.hours * 3600 + value.minutes * 60 + value.seconds)
    if name == "confluent.type.Decimal":
        return str(decimal.Decimal(int.from_bytes(value.value, "big", signed=True)).scaleb(-value.scale))
    if name.startswith("google.protobuf.") and name.endswith("Value"):
        return java_scalar(field.message_type.fields_by_name["value"], value.value)
    return java_struct(value)


def java_field(message, field):
    value = getattr(message, field.name)
    if field.is_repeated and field.message_type is not None and field.message_type.GetOptions().map_entry:
        key, item = field.message_type.fields_by_name["key"], field.message_type.fields_by_name["value"]
        return "{" + ", ".join(f"{java_value(key, k)}={java_value(item, value[k])}" for k in sorted(value)) + "}"
    if field.is_repeated:
        return "[" + ", ".join(java_value(field, item) for item in value) + "]"
    if field.has_presence and not message.HasField(field.name):
        return None
    return java_value(field, value)


def java_struct(message):
    parts = []
    real = [o for o in message.DESCRIPTOR.oneofs if not o.name.startswith("_")]
    for number, oneof in enumerate(real):
        chosen = message.WhichOneof(oneof.name)
        if chosen:
            field = message.DESCRIPTOR.fields_by_name[chosen]
            parts.append(f"{oneof.name}_{number}=Struct{{{chosen}={java_value(field, getattr(message, chosen))}}}")
    for field in message.DESCRIPTOR.fields:
        if field.containing_oneof in real:
            continue
        text = java_field(message, field)
        if text is not None:
            parts.append(f"{field.name}={text}")
    return "Struct{" + ",".join(parts) + "}"


def record(name, text, message_name, value):
    writer, reader = text if isinstance(text, tuple) else (text, text)
    message = json_format.ParseDict(value, message_class(writer, message_name)())
    body = message.SerializeToString(deterministic=True)
    read = message_class(reader, message_name).FromString(body)
    file = read.DESCRIPTOR.file
    return dict(name=name, schema=reader, serialized=base64.b64encode(file.serialized_pb).decode(), message=message_name,
                indexes=indexes_of(read.DESCRIPTOR), body=body.hex(), java=java_struct(read))


if __name__ == "__main__":
    cases = [record(*case) for case in CASES]
    (HERE / "vectors.json").write_text(json.dumps(cases, indent=1, ensure_ascii=False) + "\n")
