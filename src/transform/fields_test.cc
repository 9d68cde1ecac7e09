// The transformations that add, drop, rename, mask, hoist, extract and flatten fields.
#include "transform/transform_testing.h"

namespace kc::transform {
namespace {

const std::string data_exception = "!! org.apache.kafka.connect.errors.DataException: ";

class Fields : public ::testing::Test {
 protected:
  Record structure() { return world_.record(schema_, value_); }
  Record map() {
    return world_.record(world_.map(
        {Value::string("a"), Value::int64(1), Value::string("o"),
         world_.map({Value::string("x"), Value::string("s"), Value::string("n"), Value()}),
         Value::string("l"), world_.list({Value::int64(1)})}));
  }
  std::string run(std::string_view name, const Properties& settings, Record record) {
    const std::string result = apply(name, settings, record, world_.batch);
    last_ = record;
    return result;
  }
  std::string field_names() const {
    std::string out;
    for (const auto& field : last_.value_schema->fields()) {
      out += field.name + (field.schema->optional() ? "? " : " ");
    }
    return out;
  }

  World world_;
  const SchemaPtr inner_ =
      SchemaBuilder(Type::structure)
          .field("x", World::schema(Type::string))
          .field("d", SchemaBuilder(Type::int32).optional().default_value(Value::int32(9)).build())
          .optional()
          .build();
  const SchemaPtr schema_ =
      SchemaBuilder(Type::structure)
          .name("R")
          .field("a", World::schema(Type::int64))
          .field("o", inner_)
          .field("l", SchemaBuilder::array(World::schema(Type::int64)).build())
          .build();
  const Value value_ =
      world_.structure({Value::int64(1), world_.structure({Value::string("s"), {}}),
                        world_.list({Value::int64(1)})});
  Record last_;
};

TEST_F(Fields, FlattenJoinsNames) {
  EXPECT_EQ(run("Flatten$Value", {}, structure()), "Struct{a=1,o.x=s,o.d=9,l=[1]}");
  EXPECT_EQ(field_names(), "a o.x? o.d? l ");
  EXPECT_EQ(last_.value_schema->name(), "R");
  EXPECT_EQ(last_.value_schema->find_field("o.d")->schema->default_value(), Value::int32(9));
  EXPECT_EQ(run("Flatten$Value", {{"delimiter", "_"}}, map()), "{a=1, o_x=s, o_n=null, l=[1]}");
}

TEST_F(Fields, FlattenTakesNullParentsAndTombstones) {
  const Value value = world_.structure({Value::int64(1), {}, world_.list({})});
  EXPECT_EQ(run("Flatten$Value", {}, world_.record(schema_, value)), "Struct{a=1,o.d=9,l=[]}");
  EXPECT_EQ(run("Flatten$Value", {}, world_.record(schema_, {})), "null");
  EXPECT_EQ(last_.value_schema, schema_.get());
}

TEST_F(Fields, FlattenInheritsDefaults) {
  const SchemaPtr inner = SchemaBuilder(Type::structure)
                              .field("x", World::schema(Type::int32))
                              .default_value(world_.structure({Value::int32(3)}))
                              .build();
  const SchemaPtr schema = SchemaBuilder(Type::structure).field("o", inner).build();
  EXPECT_EQ(run("Flatten$Value", {}, world_.record(schema, world_.structure({{}}))),
            "Struct{o.x=3}");
  EXPECT_EQ(last_.value_schema->fields()[0].schema->default_value(), Value::int32(3));
}

TEST_F(Fields, FlattenRefusesMapsWithSchemas) {
  const SchemaPtr schema =
      SchemaBuilder(Type::structure)
          .field(
              "m",
              SchemaBuilder::map(World::schema(Type::string), World::schema(Type::string)).build())
          .build();
  EXPECT_EQ(run("Flatten$Value", {}, world_.record(schema, world_.structure({world_.map({})}))),
            data_exception +
                "Flatten transformation does not support MAP for record with schemas (for field "
                "m).");
  EXPECT_EQ(run("Flatten$Value", {}, world_.record(Value::int64(1))),
            data_exception +
                "Only Map objects supported in absence of schema for [flattening], found: "
                "java.lang.Long");
}

TEST_F(Fields, ExtractFieldTakesOne) {
  EXPECT_EQ(run("ExtractField$Value", {{"field", "a"}}, structure()), "1");
  EXPECT_EQ(last_.value_schema->type(), Type::int64);
  EXPECT_EQ(run("ExtractField$Value", {{"field", "a"}}, map()), "1");
  EXPECT_EQ(run("ExtractField$Value", {{"field", "zz"}}, map()), "null");
  EXPECT_EQ(run("ExtractField$Value", {{"field", "zz"}}, structure()),
            "!! java.lang.IllegalArgumentException: Unknown field: zz");
  EXPECT_EQ(run("ExtractField$Value", {{"field", "a"}}, world_.record(Value())), "null");
  EXPECT_EQ(run("ExtractField$Value", {{"field", "a"}}, world_.record(Value::string("x"))),
            data_exception +
                "Only Map objects supported in absence of schema for [field "
                "extraction], found: java.lang.String");
}

TEST_F(Fields, ExtractFieldFollowsPaths) {
  const Properties path{{"field", "o.x"}, {"field.syntax.version", "v2"}};
  EXPECT_EQ(run("ExtractField$Value", path, structure()), "s");
  EXPECT_EQ(run("ExtractField$Value", path, map()), "s");
  const Properties with_default{{"field", "o.d"}, {"field.syntax.version", "V2"}};
  EXPECT_EQ(run("ExtractField$Value", with_default, structure()), "9");
  const Properties without{
      {"field", "o.d"}, {"field.syntax.version", "V2"}, {"replace.null.with.default", "false"}};
  EXPECT_EQ(run("ExtractField$Value", without, structure()), "null");
  EXPECT_NE(fault("ExtractField$Value", {{"field", "a"}, {"field.syntax.version", "V3"}}), "");
}

TEST_F(Fields, HoistFieldWraps) {
  EXPECT_EQ(run("HoistField$Value", {{"field", "h"}}, structure()),
            "Struct{h=Struct{a=1,o=Struct{x=s},l=[1]}}");
  EXPECT_EQ(last_.value_schema->fields()[0].schema, schema_);
  EXPECT_EQ(run("HoistField$Value", {{"field", "h"}}, world_.record(Value())), "{h=null}");
  EXPECT_EQ(
      run("HoistField$Value", {{"field", "h"}}, world_.record(schema_, {})),
      data_exception + "Invalid value: null used for required field: \"h\", schema type: STRUCT");
}

TEST_F(Fields, InsertFieldAddsMetadata) {
  const Properties settings{{"topic.field", "t!"},  {"partition.field", "p"},
                            {"offset.field", "f?"}, {"timestamp.field", "ts"},
                            {"static.field", "s"},  {"static.value", "v"}};
  EXPECT_EQ(run("InsertField$Value", settings, structure()),
            "Struct{a=1,o=Struct{x=s},l=[1],t=my.topic,p=2,f=7,ts=Tue Nov 14 22:13:20 UTC 2023,"
            "s=v}");
  EXPECT_EQ(field_names(), "a o? l t p? f? ts? s? ");
  EXPECT_EQ(run("InsertField$Value", settings,
                world_.record(world_.map({Value::string("t"), Value::int64(1)}))),
            "{t=my.topic, p=2, f=7, ts=1700000000123, s=v}");
  EXPECT_EQ(run("InsertField$Value", settings, world_.record(schema_, {})), "null");
}

TEST_F(Fields, InsertFieldOfSourceRecords) {
  Record record = world_.record(world_.map({}));
  record.partition = -1;
  record.offset = -1;
  record.timestamp = -1;
  EXPECT_EQ(run("InsertField$Value", {{"partition.field", "p"}, {"timestamp.field", "t"}}, record),
            "{}");
  EXPECT_EQ(run("InsertField$Value", {{"offset.field", "o"}}, record),
            data_exception +
                "Only SinkRecord supported for [field insertion], found: "
                "org.apache.kafka.connect.source.SourceRecord");
}

TEST_F(Fields, InsertFieldExplainsFaults) {
  EXPECT_NE(fault("InsertField$Value", {}).find("No field insertion configured"),
            std::string::npos);
  EXPECT_NE(fault("InsertField$Value", {{"static.field", "s"}})
                .find("No value specified for static field: s"),
            std::string::npos);
  EXPECT_EQ(
      run("InsertField$Value", {{"topic.field", "a"}}, structure()),
      "!! org.apache.kafka.connect.errors.SchemaBuilderException: Cannot create field because of "
      "field name duplication a");
}

TEST_F(Fields, MaskFieldEmptiesEveryType) {
  const SchemaPtr schema = SchemaBuilder(Type::structure)
                               .field("b", World::schema(Type::boolean))
                               .field("i", World::schema(Type::int8))
                               .field("f", World::schema(Type::float32))
                               .field("s", World::schema(Type::string))
                               .field("l", SchemaBuilder::array(inner_).build())
                               .field("t", SchemaBuilder::timestamp().build())
                               .field("m", SchemaBuilder::decimal(2).build())
                               .field("n", World::optional(Type::string))
                               .field("kept", World::schema(Type::int64))
                               .build();
  const Value value = world_.structure({Value::boolean(true),
                                        Value::int8(5),
                                        Value::float32(1.5F),
                                        Value::string("x"),
                                        world_.list({{}}),
                                        Value::timestamp(5),
                                        Value::decimal("\x05", 2),
                                        {},
                                        Value::int64(3)});
  EXPECT_EQ(run("MaskField$Value", {{"fields", "b,i,f,s,l,t,m,n"}}, world_.record(schema, value)),
            "Struct{b=false,i=0,f=0.0,s=,l=[],t=Thu Jan 01 00:00:00 UTC 1970,m=0.00,kept=3}");
  EXPECT_EQ(last_.value_schema, schema.get());
}

TEST_F(Fields, MaskFieldReplaces) {
  const auto masked = [this](const Value& value, const std::string& replacement) {
    return run("MaskField$Value", {{"fields", "a"}, {"replacement", replacement}},
               world_.record(world_.map({Value::string("a"), value})));
  };
  EXPECT_EQ(masked(Value::string("x"), "***"), "{a=***}");
  EXPECT_EQ(masked(Value::int8(1), "300"), "{a=44}");
  EXPECT_EQ(masked(Value::float64(1), "2.5"), "{a=2.5}");
  EXPECT_EQ(masked(Value::int64(1), "x"),
            data_exception + "Unable to convert x (class java.lang.String) to a number");
  EXPECT_EQ(masked(Value::boolean(true), "x"),
            data_exception +
                "Cannot mask value of type class java.lang.Boolean with custom replacement.");
  EXPECT_EQ(run("MaskField$Value", {{"fields", "b"}}, map()),
            "{a=1, o={x=s, n=null}, l=[1], b=null}");
  EXPECT_EQ(
      run("MaskField$Value", {{"fields", "o"}}, structure()),
      data_exception + "Cannot mask value of type: class org.apache.kafka.connect.data.Struct");
  EXPECT_EQ(run("MaskField$Value", {{"fields", "a"}}, world_.record(schema_, {})),
            data_exception + "Only Struct objects supported for [mask fields], found: null");
  EXPECT_NE(fault("MaskField$Value", {{"fields", ""}}).find("Empty list"), std::string::npos);
}

TEST_F(Fields, ReplaceFieldDropsAndRenames) {
  EXPECT_EQ(run("ReplaceField$Value", {{"exclude", "o"}, {"renames", "a:b"}}, structure()),
            "Struct{b=1,l=[1]}");
  EXPECT_EQ(run("ReplaceField$Value", {{"include", "a,o"}, {"exclude", "o"}}, structure()),
            "Struct{a=1}");
  EXPECT_EQ(run("ReplaceField$Value", {{"whitelist", "a"}, {"renames", "a:l"}}, map()), "{l=1}");
  EXPECT_EQ(run("ReplaceField$Value", {{"exclude", "a"}}, world_.record(schema_, {})), "null");
  EXPECT_EQ(run("ReplaceField$Value", {{"exclude", "a"}}, world_.record(Value::int64(1))),
            data_exception +
                "Only Map objects supported in absence of schema for [field "
                "replacement], found: java.lang.Long");
  EXPECT_NE(fault("ReplaceField$Value", {{"renames", "a"}}).find("Invalid rename mapping: a"),
            std::string::npos);
}

TEST_F(Fields, SetSchemaMetadataKeepsTheRest) {
  EXPECT_EQ(
      run("SetSchemaMetadata$Value", {{"schema.name", "S"}, {"schema.version", "7"}}, structure()),
      "Struct{a=1,o=Struct{x=s},l=[1]}");
  EXPECT_EQ(last_.value_schema->name(), "S");
  EXPECT_EQ(last_.value_schema->version(), 7);
  EXPECT_EQ(last_.value.items().data(), value_.items().data());
  EXPECT_EQ(run("SetSchemaMetadata$Value", {{"schema.version", "1"}}, world_.record(Value())),
            "null");
  EXPECT_EQ(run("SetSchemaMetadata$Value", {{"schema.version", "1"}}, map()),
            data_exception + "Schema required for [updating schema metadata]");
  EXPECT_EQ(run("SetSchemaMetadata$Value", {{"schema.version", "1"}},
                world_.record(World::schema(Type::int32), Value::int32(1))),
            data_exception + "Cannot list fields on non-struct type");
  EXPECT_NE(fault("SetSchemaMetadata$Value", {}).find("Neither schema name nor version configured"),
            std::string::npos);
}

TEST_F(Fields, ValueToKeyCopiesFields) {
  EXPECT_EQ(run("ValueToKey", {{"fields", "l,a,l"}}, structure()),
            "Struct{a=1,o=Struct{x=s},l=[1]}");
  EXPECT_EQ(key_text(last_), "Struct{l=[1],a=1}");
  run("ValueToKey", {{"fields", "a,z"}}, map());
  EXPECT_EQ(key_text(last_), "{a=1, z=null}");
  EXPECT_EQ(last_.key_schema, nullptr);
  EXPECT_EQ(run("ValueToKey", {{"fields", "z"}}, structure()),
            data_exception + "Field does not exist: z");
}

TEST_F(Fields, ManySchemasInTurnKeepTheirPlans) {
  const auto transformation = create("ReplaceField$Value", {{"exclude", "b"}});
  for (int i = 0; i < 3000; ++i) {
    const SchemaPtr schema = SchemaBuilder(Type::structure)
                                 .field("f" + std::to_string(i), World::schema(Type::int32))
                                 .field("b", World::schema(Type::int32))
                                 .build();
    Record record = world_.record(schema, world_.structure({Value::int32(i), Value::int32(0)}));
    ASSERT_EQ(apply(*transformation, record, world_.batch),
              "Struct{f" + std::to_string(i) + "=" + std::to_string(i) + "}");
    world_.batch.clear();
  }
}

}  // namespace
}  // namespace kc::transform
