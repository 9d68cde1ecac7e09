"""The schema languages of the registry, as Confluent's Python client serializes them: for each, what
Python writes with the rows that the sink makes of it, and how Python reads what a source wrote."""

import base64
import datetime
import decimal
import json
import uuid

from confluent_kafka.schema_registry import (Schema, SchemaReference,
                                             header_schema_id_serializer)
from confluent_kafka.schema_registry.avro import AvroDeserializer, AvroSerializer
from confluent_kafka.schema_registry.json_schema import JSONDeserializer, JSONSerializer
from confluent_kafka.schema_registry.confluent import meta_pb2
from confluent_kafka.schema_registry.confluent.type import decimal_pb2
from confluent_kafka.schema_registry.protobuf import ProtobufDeserializer, ProtobufSerializer
from confluent_kafka.serialization import MessageField, SerializationContext
from google.protobuf import descriptor_pb2, descriptor_pool, message_factory
from google.protobuf import timestamp_pb2, wrappers_pb2
from google.protobuf.descriptor_pb2 import FieldDescriptorProto as FieldProto
from google.type import date_pb2, timeofday_pb2

UTC = datetime.timezone.utc
DAY = datetime.date(2024, 2, 29)
TIME = datetime.time(23, 59, 59, 123000)
INSTANT = datetime.datetime(1969, 12, 31, 23, 59, 59, 999000, tzinfo=UTC)
CONNECT = "org.apache.kafka.connect.data."


class Format:
    """`name` is part of topics and tables; `settings` are the converter's, without
    value.converter.; `transforms` belong into the sink connector's file."""

    name = converter = None
    settings = {}
    transforms = {}

    def serializer(self, client, conf=None):
        """Bytes from a value and a SerializationContext, with all schemas registered."""
        raise NotImplementedError

    def deserializer(self, client):
        raise NotImplementedError

    # (what Python writes, the row that the sink stores)
    records = []

    def write(self, client, topic):
        serialize = self.serializer(client)
        context = SerializationContext(topic, MessageField.VALUE)
        return [serialize(value, context) for value, _ in self.records]

    def write_with_headers(self, client, topic):
        """Each message's value and headers; these name the schema, by its GUID."""
        serialize = self.serializer(client, {"schema.id.serializer": header_schema_id_serializer})
        written = []
        for value, _ in self.records:
            headers = []
            context = SerializationContext(topic, MessageField.VALUE, headers)
            written.append({"value": serialize(value, context), "headers": headers})
        return written

    def read(self, client, topic, message, headers=None):
        """`headers`: they may name the schema."""
        return self.deserializer(client)(
            message, SerializationContext(topic, MessageField.VALUE, headers))

    def as_read(self, row):
        """`row`, of the table SOURCE_COLUMNS, as Python reads its record."""
        raise NotImplementedError


# The table that a source reads: what its columns hold at their limits, and nulls.
SOURCE_COLUMNS = {
    "id": ("int",), "tiny": ("int",), "small": ("int",), "flag": ("int",), "large": ("long",),
    "single": ("float",), "twice": ("double",), "text": ("string",), "data": ("bytes",),
    "instant": ("long",), "maybe": ("string", "nullable"), "number": ("double", "nullable"),
}
SOURCE_ROWS = [
    {"id": -2**31, "tiny": -128, "small": 32767, "flag": 1, "large": 2**63 - 1, "single": 0.1,
     "twice": 1e300, "text": "Grüße 😀 \"\\\n", "data": "00ff41", "instant": 1709251199123,
     "maybe": None, "number": -0.5},
    {"id": 0, "tiny": 127, "small": -1, "flag": 0, "large": -2**63, "single": -2.5, "twice": 0.0,
     "text": "", "data": "", "instant": -1, "maybe": "there", "number": None},
]
# Gives the records types that no column has.
SOURCE_TRANSFORMS = {
    "transforms": "cast,instant",
    "transforms.cast.type": "org.apache.kafka.connect.transforms.Cast$Value",
    "transforms.cast.spec": "tiny:int8,small:int16,flag:boolean",
    "transforms.instant.type": "org.apache.kafka.connect.transforms.TimestampConverter$Value",
    "transforms.instant.field": "instant",
    "transforms.instant.target.type": "Timestamp",
}


def single(value):
    """`value` as a float of 4 bytes holds it, printed as shortly as one is."""
    return float(f"{value:.7g}")


class Avro(Format):
    name = "Avro"
    converter = "io.confluent.connect.avro.AvroConverter"
    transforms = {
        "transforms": "flat",
        "transforms.flat.type": "org.apache.kafka.connect.transforms.Flatten$Value",
        "transforms.flat.delimiter": "_",
    }
    address = {"type": "record", "name": "judge.Address", "fields": [
        {"name": "street", "type": "string"},
        {"name": "number", "type": ["null", "int"], "default": None}]}
    schema = {"type": "record", "name": "judge.All", "fields": [
        {"name": "id", "type": "int"},
        {"name": "flag", "type": "boolean"},
        {"name": "large", "type": "long"},
        {"name": "single", "type": "float"},
        {"name": "twice", "type": "double"},
        {"name": "text", "type": "string"},
        {"name": "data", "type": "bytes"},
        {"name": "maybe", "type": ["null", "string"], "default": None},
        {"name": "maybe_last", "type": ["long", "null"], "default": 5},
        {"name": "price", "type": {"type": "bytes", "logicalType": "decimal", "precision": 18,
                                   "scale": 2}},
        {"name": "maybe_price", "type": ["null", {"type": "bytes", "logicalType": "decimal",
                                                  "precision": 9, "scale": 4}]},
        {"name": "day", "type": {"type": "int", "logicalType": "date"}},
        {"name": "time", "type": {"type": "int", "logicalType": "time-millis"}},
        {"name": "instant", "type": {"type": "long", "logicalType": "timestamp-millis"}},
        {"name": "micros", "type": {"type": "long", "logicalType": "timestamp-micros"}},
        {"name": "uuid", "type": {"type": "string", "logicalType": "uuid"}},
        {"name": "color", "type": {"type": "enum", "name": "judge.Color",
                                   "symbols": ["RED", "GREEN"]}},
        {"name": "four", "type": {"type": "fixed", "name": "judge.Four", "size": 4}},
        {"name": "either", "type": ["null", "string", "int", "judge.Address"]},
        {"name": "home", "type": "judge.Address"}]}
    records = [
        ({"id": -2**31, "flag": True, "large": 2**63 - 1, "single": 0.5, "twice": 1e300,
          "text": "Grüße 😀", "data": b"\x00\xff", "maybe": None, "maybe_last": None,
          "price": decimal.Decimal("-12345678901234.56"), "maybe_price": None, "day": DAY,
          "time": TIME, "instant": INSTANT, "micros": INSTANT,
          "uuid": uuid.UUID("12345678-1234-5678-1234-567812345678"), "color": "GREEN",
          "four": b"abcd", "either": {"street": "A", "number": 1}, "home": {"street": "B"}},
         {"id": -2**31, "flag": 1, "large": 2**63 - 1, "single": 0.5, "twice": 1e300,
          "text": "Grüße 😀", "data": "00ff", "maybe": None,
          # Connect's Struct has the default for a null.
          "maybe_last": 5, "price": "-12345678901234.56", "maybe_price": None, "day": "2024-02-29",
          "time": "23:59:59.123", "instant": -1, "micros": -1000,
          "uuid": "12345678-1234-5678-1234-567812345678", "color": "GREEN", "four": "61626364",
          "either_string": None, "either_int": None, "either_Address_street": "A",
          "either_Address_number": 1, "home_street": "B", "home_number": None}),
        ({"id": 1, "flag": False, "large": -1, "single": -0.25, "twice": 0.0, "text": "",
          "data": b"", "maybe": "there", "maybe_last": 7, "price": decimal.Decimal("0.01"),
          "maybe_price": decimal.Decimal("1.5"), "day": datetime.date(1970, 1, 1),
          "time": datetime.time(0), "instant": datetime.datetime(2024, 1, 1, tzinfo=UTC),
          "micros": datetime.datetime(1970, 1, 1, tzinfo=UTC), "uuid": uuid.UUID(int=0),
          "color": "RED", "four": b"\0\0\0\0", "either": 7, "home": {"street": "", "number": -1}},
         {"id": 1, "flag": 0, "large": -1, "single": -0.25, "twice": 0.0, "text": "", "data": "",
          "maybe": "there", "maybe_last": 7, "price": "0.01", "maybe_price": "1.5000",
          "day": "1970-01-01", "time": "00:00:00.000", "instant": 1704067200000, "micros": 0,
          "uuid": "00000000-0000-0000-0000-000000000000", "color": "RED", "four": "00000000",
          "either_string": None, "either_int": 7, "either_Address_street": None,
          "either_Address_number": None, "home_street": "", "home_number": -1}),
    ]

    def serializer(self, client, conf=None):
        client.register_schema("judge-address", Schema(json.dumps(self.address), "AVRO"))
        schema = Schema(json.dumps(self.schema), "AVRO",
                        [SchemaReference("judge.Address", "judge-address", 1)])
        return AvroSerializer(client, schema, conf=conf)

    def deserializer(self, client):
        return AvroDeserializer(client)

    def as_read(self, row):
        return {**row, "flag": bool(row["flag"]), "data": bytes.fromhex(row["data"]),
                "instant": datetime.datetime.fromtimestamp(0, UTC)
                + datetime.timedelta(milliseconds=row["instant"])}


class JsonSchema(Format):
    name = "JsonSchema"
    converter = "io.confluent.connect.json.JsonSchemaConverter"
    settings = {"use.optional.for.nonrequired": "true"}
    one_of = "io.confluent.connect.json.OneOf.field"
    transforms = {
        "transforms": "flat,short",
        "transforms.flat.type": "org.apache.kafka.connect.transforms.Flatten$Value",
        "transforms.flat.delimiter": "_",
        "transforms.short.type": "org.apache.kafka.connect.transforms.ReplaceField$Value",
        "transforms.short.renames": f"either_{one_of}.0:either_0,either_{one_of}.1:either_1,"
                                    f"either_{one_of}.2_street:either_2_street,"
                                    f"either_{one_of}.2_number:either_2_number",
    }
    address = {"$schema": "http://json-schema.org/draft-07/schema#", "title": "judge.Address",
               "type": "object", "properties": {"street": {"type": "string"},
                                                "number": {"$ref": "#/definitions/Number"}},
               "required": ["street"], "definitions": {"Number": {"type": "integer"}}}
    schema = {"$schema": "http://json-schema.org/draft-07/schema#", "title": "judge.All",
              "type": "object", "properties": {
                  "id": {"type": "integer", "connect.type": "int32"},
                  "flag": {"type": "boolean"},
                  "large": {"type": "integer"},
                  "twice": {"type": "number"},
                  "text": {"type": "string", "maxLength": 100},
                  "data": {"type": "string", "connect.type": "bytes"},
                  "maybe": {"type": ["null", "string"]},
                  "maybe_last": {"oneOf": [{"type": "integer"}, {"type": "null"}]},
                  "absent": {"type": "string"},
                  "standard": {"type": "integer", "default": 5},
                  "price": {"type": "number", "title": CONNECT + "Decimal",
                            "connect.type": "bytes", "connect.parameters": {"scale": "2"}},
                  "day": {"type": "integer", "title": CONNECT + "Date", "connect.type": "int32"},
                  "time": {"type": "integer", "title": CONNECT + "Time", "connect.type": "int32"},
                  "instant": {"type": "integer", "title": CONNECT + "Timestamp"},
                  "color": {"type": "string", "enum": ["RED", "GREEN"]},
                  "kind": {"const": "judge"},
                  "either": {"oneOf": [{"type": "string"}, {"type": "integer"},
                                       {"$ref": "address.json"}]},
                  "home": {"allOf": [{"$ref": "address.json"},
                                     {"properties": {"city": {"type": "string"}}}]}},
              "required": ["id", "flag", "large", "twice", "text", "data", "price", "day", "time",
                           "instant", "color", "kind", "either", "home"]}
    records = [
        ({"id": -2**31, "flag": True, "large": 2**63 - 1, "twice": 1e300, "text": "Grüße 😀 \"\\",
          "data": base64.b64encode(b"\x00\xff").decode(), "maybe": None, "maybe_last": None,
          "price": 12345.67, "day": 19782, "time": 86399123, "instant": -1, "color": "GREEN",
          "kind": "judge", "either": {"street": "A", "number": 1},
          "home": {"street": "B", "city": "C"}},
         {"id": -2**31, "flag": 1, "large": 2**63 - 1, "twice": 1e300, "text": "Grüße 😀 \"\\",
          "data": "00ff", "maybe": None, "maybe_last": None, "absent": None, "standard": 5,
          "price": "12345.67", "day": "2024-02-29", "time": "23:59:59.123", "instant": -1,
          "color": "GREEN", "kind": "judge", "either_0": None, "either_1": None,
          "either_2_street": "A", "either_2_number": 1, "home_street": "B", "home_number": None,
          "home_city": "C"}),
        ({"id": 1, "flag": False, "large": -1, "twice": 0.5, "text": "", "data": "",
          "maybe": "there", "maybe_last": 7, "absent": "here", "standard": 6, "price": -0.01,
          "day": 0, "time": 0, "instant": 1704067200000, "color": "RED", "kind": "judge",
          "either": 7, "home": {"street": "", "number": -1}},
         {"id": 1, "flag": 0, "large": -1, "twice": 0.5, "text": "", "data": "", "maybe": "there",
          "maybe_last": 7, "absent": "here", "standard": 6, "price": "-0.01",
          "day": "1970-01-01", "time": "00:00:00.000", "instant": 1704067200000, "color": "RED",
          "kind": "judge", "either_0": None, "either_1": 7, "either_2_street": None,
          "either_2_number": None, "home_street": "", "home_number": -1, "home_city": None}),
    ]

    def serializer(self, client, conf=None):
        client.register_schema("judge-json-address", Schema(json.dumps(self.address), "JSON"))
        schema = Schema(json.dumps(self.schema), "JSON",
                        [SchemaReference("address.json", "judge-json-address", 1)])
        return JSONSerializer(schema, client, conf=conf)

    def deserializer(self, client):
        return JSONDeserializer(None, schema_registry_client=client)

    def as_read(self, row):
        return {**row, "flag": bool(row["flag"]),
                "data": base64.b64encode(bytes.fromhex(row["data"])).decode()}


def proto_field(number, name, kind, **more):
    """A field of a scalar type, or of the message or enum `kind` whose name begins with a dot."""
    field = FieldProto(number=number, name=name, label=FieldProto.LABEL_OPTIONAL, **more)
    if kind.startswith("."):
        field.type_name = kind
        field.type = FieldProto.TYPE_ENUM if kind == ".judge.Color" else FieldProto.TYPE_MESSAGE
    else:
        field.type = FieldProto.Type.Value(f"TYPE_{kind.upper()}")
    return field


def repeated(field):
    field.label = FieldProto.LABEL_REPEATED
    return field


def with_parameters(field, **parameters):
    field.options.Extensions[meta_pb2.field_meta].params.update(parameters)
    return field


class Protobuf(Format):
    name = "Protobuf"
    converter = "io.confluent.connect.protobuf.ProtobufConverter"
    settings = {"optional.for.nullables": "true"}
    transforms = {
        "transforms": "scalars,flat",
        "transforms.scalars.type": "org.apache.kafka.connect.transforms.ReplaceField$Value",
        "transforms.scalars.exclude": "numbers,homes,counts",
        "transforms.flat.type": "org.apache.kafka.connect.transforms.Flatten$Value",
        "transforms.flat.delimiter": "_",
    }
    address = descriptor_pb2.FileDescriptorProto(
        name="judge/address.proto", package="judge", syntax="proto3", message_type=[
            descriptor_pb2.DescriptorProto(name="Address", field=[
                proto_field(1, "street", "string"), proto_field(2, "number", "sint32")])])
    # The message stands in another one, behind a map.
    all = descriptor_pb2.DescriptorProto(
        name="All", oneof_decl=[descriptor_pb2.OneofDescriptorProto(name="either"),
                                descriptor_pb2.OneofDescriptorProto(name="_maybe")],
        nested_type=[descriptor_pb2.DescriptorProto(
            name="CountsEntry", options=descriptor_pb2.MessageOptions(map_entry=True),
            field=[proto_field(1, "key", "string"), proto_field(2, "value", "int32")])],
        field=[
            proto_field(1, "id", "int32"), proto_field(2, "flag", "bool"), proto_field(3, "large", "int64"),
            proto_field(4, "single", "float"), proto_field(5, "twice", "double"),
            proto_field(6, "text", "string"), proto_field(7, "data", "bytes"),
            proto_field(8, "u32", "uint32"), proto_field(9, "s64", "sint64"),
            proto_field(10, "x32", "fixed32"), proto_field(11, "y64", "sfixed64"),
            with_parameters(proto_field(12, "tiny", "int32"), **{"connect.type": "int8"}),
            proto_field(13, "maybe", "string", proto3_optional=True, oneof_index=1),
            proto_field(14, "wrapped", ".google.protobuf.Int64Value"),
            with_parameters(proto_field(15, "price", ".confluent.type.Decimal"), precision="18",
                            scale="2"),
            proto_field(16, "day", ".google.type.Date"),
            proto_field(17, "time", ".google.type.TimeOfDay"),
            proto_field(18, "instant", ".google.protobuf.Timestamp"),
            proto_field(19, "color", ".judge.Color"),
            proto_field(20, "home", ".judge.Address"),
            proto_field(21, "word", "string", oneof_index=0),
            proto_field(22, "count", "int32", oneof_index=0),
            proto_field(23, "place", ".judge.Address", oneof_index=0),
            repeated(proto_field(24, "numbers", "int32")),
            repeated(proto_field(25, "homes", ".judge.Address")),
            repeated(proto_field(26, "counts", ".judge.Outer.All.CountsEntry"))])
    file = descriptor_pb2.FileDescriptorProto(
        name="judge/all.proto", package="judge", syntax="proto3",
        dependency=["judge/address.proto", "google/protobuf/timestamp.proto",
                    "google/protobuf/wrappers.proto", "google/type/date.proto",
                    "google/type/timeofday.proto", "confluent/meta.proto",
                    "confluent/type/decimal.proto"],
        message_type=[
            descriptor_pb2.DescriptorProto(name="First"),
            descriptor_pb2.DescriptorProto(name="Outer", nested_type=[all])],
        enum_type=[descriptor_pb2.EnumDescriptorProto(name="Color", value=[
            descriptor_pb2.EnumValueDescriptorProto(name="RED", number=0),
            descriptor_pb2.EnumValueDescriptorProto(name="GREEN", number=7)])])
    # What the converter is to declare for SOURCE_COLUMNS.
    source = descriptor_pb2.FileDescriptorProto(
        name="source.proto", syntax="proto3", dependency=["google/protobuf/timestamp.proto"],
        message_type=[descriptor_pb2.DescriptorProto(
            name="Source", oneof_decl=[descriptor_pb2.OneofDescriptorProto(name="_maybe"),
                                       descriptor_pb2.OneofDescriptorProto(name="_number")],
            field=[
                proto_field(1, "id", "int32"), proto_field(2, "tiny", "int32"),
                proto_field(3, "small", "int32"), proto_field(4, "flag", "bool"),
                proto_field(5, "large", "int64"), proto_field(6, "single", "float"),
                proto_field(7, "twice", "double"), proto_field(8, "text", "string"),
                proto_field(9, "data", "bytes"),
                proto_field(10, "instant", ".google.protobuf.Timestamp"),
                proto_field(11, "maybe", "string", proto3_optional=True, oneof_index=0),
                proto_field(12, "number", "double", proto3_optional=True, oneof_index=1)])])
    records = [
        ({"id": -2**31, "flag": True, "large": 2**63 - 1, "single": 0.5, "twice": 1e300,
          "text": "Grüße 😀", "data": b"\x00\xff", "u32": 2**32 - 1, "s64": -2**63, "x32": 2**31,
          "y64": -1, "tiny": -128, "wrapped": {"value": 0},
          "price": {"value": (-1234567890123456).to_bytes(7, "big", signed=True),
                    "precision": 16, "scale": 2},
          "day": {"year": 2024, "month": 2, "day": 29},
          "time": {"hours": 23, "minutes": 59, "seconds": 59, "nanos": 123_000_000},
          "instant": {"seconds": -1, "nanos": 999_000_000}, "color": 7,
          "home": {"street": "B", "number": -3}, "place": {"street": "A", "number": 1},
          "numbers": [1, -1], "homes": [{"street": "C"}], "counts": {"a": 1}},
         {"id": -2**31, "flag": 1, "large": 2**63 - 1, "single": 0.5, "twice": 1e300,
          "text": "Grüße 😀", "data": "00ff", "u32": 2**32 - 1, "s64": -2**63, "x32": 2**31,
          "y64": -1, "tiny": -128, "maybe": None, "wrapped": 0, "price": "-12345678901234.56",
          "day": "2024-02-29", "time": "23:59:59.123", "instant": -1, "color": "GREEN",
          "home_street": "B", "home_number": -3, "either_0_word": None, "either_0_count": None,
          "either_0_place_street": "A", "either_0_place_number": 1}),
        ({"id": 1, "maybe": "", "count": 0},
         {"id": 1, "flag": 0, "large": 0, "single": 0.0, "twice": 0.0, "text": "", "data": "",
          "u32": 0, "s64": 0, "x32": 0, "y64": 0, "tiny": 0, "maybe": "", "wrapped": None,
          "price": None, "day": None, "time": None, "instant": None, "color": "RED",
          "home_street": None, "home_number": None, "either_0_word": None, "either_0_count": 0,
          "either_0_place_street": None, "either_0_place_number": None}),
    ]

    def message(self, name):
        pool = descriptor_pool.DescriptorPool()
        for known in (descriptor_pb2, timestamp_pb2, wrappers_pb2, date_pb2, timeofday_pb2,
                      meta_pb2, decimal_pb2):
            pool.AddSerializedFile(known.DESCRIPTOR.serialized_pb)
        for file in (self.address, self.file, self.source):
            pool.Add(file)
        return message_factory.GetMessageClass(pool.FindMessageTypeByName(name))

    def serializer(self, client, conf=None):
        message = self.message("judge.Outer.All")
        serialize = ProtobufSerializer(message, client, conf)
        return lambda value, context: serialize(message(**value), context)

    def deserializer(self, client):
        # It would parse the registered schema, which it can only in base64.
        return ProtobufDeserializer(self.message("Source"), {}, None)

    def read(self, client, topic, message, headers=None):
        read = super().read(client, topic, message, headers)
        record = {field.name: getattr(read, field.name) for field in read.DESCRIPTOR.fields
                  if not field.has_presence or read.HasField(field.name)}
        record["instant"] = read.instant.ToDatetime(UTC)
        return {"maybe": None, "number": None, **record}

    def as_read(self, row):
        return {**row, "flag": bool(row["flag"]), "data": bytes.fromhex(row["data"]),
                "instant": datetime.datetime.fromtimestamp(0, UTC)
                + datetime.timedelta(milliseconds=row["instant"])}


FORMATS = [Avro(), JsonSchema(), Protobuf()]
