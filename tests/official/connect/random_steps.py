"""Random transformations and predicates, each with settings that mostly fit the record it gets."""

TRANSFORMS = "org.apache.kafka.connect.transforms."
CAST_TYPES = ["int8", "int16", "int32", "int64", "float32", "float64", "boolean", "string"]
DATE_FORMATS = [
    "yyyy-MM-dd",
    "yyyy-MM-dd'T'HH:mm:ss.SSS",
    "dd.MM.yyyy HH:mm",
    "yyyyMMdd",
    "yy/M/d h:m a",
    "EEE, d MMM yyyy HH:mm:ss Z",
    "D yyyy",
    "HH:mm:ss",
    "w yyyy",
    "'x",
    "",
    "yyyy-MM-dd HH:mm:ss.SSSSSS",
    "G yyyy MMMM",
    "k K H h",
]
REGEXES = [
    ".*",
    "(.*)-(.*)",
    "my\\.(.*)",
    "([a-z]+).*",
    "topic",
    "my.topic",
    "[",
    "(?i)MY.*",
    "(\\w+)\\W(\\w+)",
    "",
]
REPLACEMENTS = ["$1", "$2-$1", "x", "", "$3", "a$", "\\$1", "${x}", "pre-$0"]


class RandomSteps:
    def __init__(self, data):
        self.data = data
        self.random = data.random

    def request(self):
        part = self.random.choice(["Key", "Value", "Value", "Value"])
        record = self.record()
        maker = self.random.choice(
            [
                self.cast,
                self.cast,
                self.extract_field,
                self.flatten,
                self.header_from,
                self.hoist_field,
                self.insert_field,
                self.mask_field,
                self.replace_field,
                self.set_schema_metadata,
                self.timestamp_converter,
                self.timestamp_converter,
                self.timestamp_converter,
                self.value_to_key,
                self.drop_headers,
                self.insert_header,
                self.regex_router,
                self.timestamp_router,
                self.filter,
                self.predicate,
            ]
        )
        name, settings = maker(record, self.fields(record, part.lower()))
        if name.endswith("$"):
            name += part
        if self.data.chance(0.1) and "$" in name:
            settings["replace.null.with.default"] = self.random.choice(["true", "false"])
        return {
            "op": "predicate" if "predicates" in name else "transform",
            "class": TRANSFORMS + name,
            "settings": settings,
            "record": record,
        }

    def record(self):
        record = {
            "topic": self.random.choice(["my.topic", "topic", "a-b", "Ünï"]),
            "partition": self.random.randrange(4),
            "offset": self.random.randrange(10**6),
            "timestamp": None if self.data.chance(0.1) else abs(self.data.instant()),
        }
        record["key_schema"], record["key"] = self.part()
        record["value_schema"], record["value"] = self.part()
        record["headers"] = [
            [self.random.choice(["h1", "h2", "trace"]), *self.data.schema_and_value()]
            for _ in range(self.random.randint(0, 3))
        ]
        return record

    def part(self):
        choice = self.random.random()
        if choice < 0.5:
            return self.data.schema_and_value("STRUCT")
        if choice < 0.6:
            return self.data.schema_and_value()
        if choice < 0.62:
            return {"type": "STRUCT", "optional": True, "fields": []}, None
        if choice < 0.9:
            return None, self.data.schemaless_map()
        return None, self.data.schemaless()

    @staticmethod
    def fields(record, part):
        schema, value = record[part + "_schema"], record[part]
        if schema is not None:
            return [name for name, _ in schema.get("fields", [])] or ["a"]
        return (
            [key[1] for key, _ in value[1] if key[0] == "string"] or ["a"]
            if value and value[0] == "map"
            else ["a"]
        )

    def field(self, fields):
        return (
            self.random.choice(fields)
            if self.data.chance(0.9)
            else self.random.choice(["missing", "", "a.b", "x y"])
        )

    def some(self, fields, at_least=1):
        return [self.field(fields) for _ in range(self.random.randint(at_least, 3))]

    def cast(self, record, fields):
        if self.data.chance(0.3):
            spec = self.random.choice([*CAST_TYPES, "bytes", "nonsense"])
        else:
            spec = ",".join(
                f"{name}:{self.random.choice(CAST_TYPES)}" for name in self.some(fields)
            )
        return "Cast$", {"spec": spec}

    def extract_field(self, record, fields):
        settings = {"field": self.field(fields)}
        if self.data.chance(0.4):
            settings["field.syntax.version"] = "V2"
            settings["field"] = self.random.choice(
                [
                    "a.b",
                    "`x.y`",
                    "x.y",
                    "a",
                    "`a`.b",
                    "a.`x.y`",
                    "`e mpty`",
                    "a.b.c",
                    "`a",
                    "a``b",
                    *fields,
                ]
            )
        return "ExtractField$", settings

    def flatten(self, record, fields):
        return "Flatten$", (
            {"delimiter": self.random.choice([".", "_", "", "--"])} if self.data.chance(0.6) else {}
        )

    def header_from(self, record, fields):
        names = self.some(fields)
        headers = [self.random.choice(["h1", "h2", "new"]) for _ in names]
        return "HeaderFrom$", {
            "fields": ",".join(names),
            "headers": ",".join(headers if self.data.chance(0.9) else headers[1:]),
            "operation": self.random.choice(["move", "copy", "copy", "MOVE", "drop"]),
        }

    def hoist_field(self, record, fields):
        return "HoistField$", {"field": self.field(fields)}

    def insert_field(self, record, fields):
        settings = {}
        for name in (
            "topic.field",
            "partition.field",
            "offset.field",
            "timestamp.field",
            "static.field",
        ):
            if self.data.chance(0.4):
                settings[name] = self.random.choice(
                    ["n1", "n2", "n3", *fields]
                ) + self.random.choice(["", "", "!", "?"])
        if "static.field" in settings and self.data.chance(0.9):
            settings["static.value"] = self.data.text()
        return "InsertField$", settings

    def mask_field(self, record, fields):
        settings = {"fields": ",".join(self.some(fields))}
        if self.data.chance(0.4):
            settings["replacement"] = self.random.choice(
                ["", "***", "7", "-1", "3.5", "300", "99999999999", "x", " 5 ", "1e3"]
            )
        return "MaskField$", settings

    def replace_field(self, record, fields):
        settings = {}
        if self.data.chance(0.5):
            settings["exclude"] = ",".join(self.some(fields))
        if self.data.chance(0.4):
            settings["include"] = ",".join(self.some(fields))
        if self.data.chance(0.5):
            settings["renames"] = ",".join(
                f"{name}:n{i}" for i, name in enumerate(self.some(fields))
            )
            if self.data.chance(0.05):
                settings["renames"] += ",bad"
        return "ReplaceField$", settings

    def set_schema_metadata(self, record, fields):
        settings = {}
        if self.data.chance(0.7):
            settings["schema.name"] = self.random.choice(["com.example.New", "", "Ü"])
        if self.data.chance(0.6):
            settings["schema.version"] = self.random.choice(["1", "-5", "99999999999", "x", " 2 "])
        return "SetSchemaMetadata$", settings

    def timestamp_converter(self, record, fields):
        settings = {
            "target.type": self.random.choice(
                ["string", "unix", "Date", "Time", "Timestamp", "bad"]
            )
        }
        timestamps = [name for name in self.timestamp_fields(record) if name in fields]
        if self.data.chance(0.8):
            settings["field"] = (
                self.random.choice(timestamps)
                if timestamps and self.data.chance(0.7)
                else self.field(fields)
            )
        if self.data.chance(0.7):
            settings["format"] = self.random.choice(DATE_FORMATS)
        if self.data.chance(0.4):
            settings["unix.precision"] = self.random.choice(
                ["seconds", "milliseconds", "microseconds", "nanoseconds", "days"]
            )
        return "TimestampConverter$", settings

    @staticmethod
    def timestamp_fields(record):
        schemas = [record["key_schema"], record["value_schema"]]
        return [
            name
            for schema in schemas
            if schema
            for name, field in schema.get("fields", [])
            if field["type"] == "INT64"
            or (field.get("name") or "").endswith((".Timestamp", ".Date", ".Time"))
        ]

    def value_to_key(self, record, fields):
        return "ValueToKey", {"fields": ",".join(self.some(self.fields(record, "value")))}

    def drop_headers(self, record, fields):
        return "DropHeaders", {
            "headers": self.random.choice(["h1", "h1,h2", "none", "", "trace, h1"])
        }

    def insert_header(self, record, fields):
        return "InsertHeader", {
            "header": self.random.choice(["h1", "new", ""]),
            "value.literal": self.data.text(),
        }

    def regex_router(self, record, fields):
        return "RegexRouter", {
            "regex": self.random.choice(REGEXES),
            "replacement": self.random.choice(REPLACEMENTS),
        }

    def timestamp_router(self, record, fields):
        settings = {}
        if self.data.chance(0.7):
            settings["timestamp.format"] = self.random.choice(DATE_FORMATS)
        if self.data.chance(0.5):
            settings["topic.format"] = self.random.choice(
                [
                    "${topic}",
                    "x-${timestamp}-${topic}",
                    "${timestamp}${timestamp}",
                    "${other}",
                    "$1",
                    "plain",
                ]
            )
        return "TimestampRouter", settings

    def filter(self, record, fields):
        return "Filter", {}

    def predicate(self, record, fields):
        return self.random.choice(
            [
                (
                    "predicates.HasHeaderKey",
                    {"name": self.random.choice(["h1", "trace", "none", ""])},
                ),
                ("predicates.RecordIsTombstone", {}),
                ("predicates.TopicNameMatches", {"pattern": self.random.choice(REGEXES)}),
            ]
        )
