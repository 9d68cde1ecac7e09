#include "sink/flattener.h"

#include <gtest/gtest.h>

#include "base/error.h"

namespace kc::sink {
namespace {

using data::SchemaBuilder;
using data::SchemaPtr;
using data::Type;
using data::Value;

class FlattenerTest : public testing::Test {
 protected:
  // {field: {"x": INT32}}
  static SchemaPtr nested_schema(const char* field) {
    return SchemaBuilder(Type::structure)
        .name("Top")
        .field(
            field,
            SchemaBuilder(Type::structure).field("x", SchemaBuilder(Type::int32).build()).build())
        .build();
  }
  Value nested_value() {
    Value* const leaf = arena_.allocate_array<Value>(2);
    leaf[0] = Value::int32(++number_);
    leaf[1] = Value::structure({leaf, 1});
    return Value::structure({leaf + 1, 1});
  }
  const data::Record& flat(const SchemaPtr& schema, const Value& value) {
    data::Record record;
    record.topic = "t";
    record.offset = number_;
    record.value_schema = schema.get();
    record.value = value;
    flattener_.add(record, batch_);
    return batch_.records().back();
  }

  Flattener flattener_{FlatteningRules{}};
  base::Arena arena_;
  data::RecordBatch batch_;
  int32_t number_ = 0;
};

TEST_F(FlattenerTest, RecordKeepsEverythingButSchemaAndValue) {
  const SchemaPtr schema = nested_schema("a");
  const data::Record& record = flat(schema, nested_value());
  EXPECT_EQ(record.topic, "t");
  EXPECT_EQ(record.offset, 1);
  EXPECT_EQ(record.value_schema->name(), "Top");
  EXPECT_EQ(record.value_schema->fields().front().name, "a_x");
  EXPECT_EQ(record.value.items().front(), Value::int32(1));
}

TEST_F(FlattenerTest, SchemaGivesTheSameSchemaAgain) {
  const SchemaPtr a = nested_schema("a");
  const SchemaPtr b = nested_schema("b");
  const auto* first = flat(a, nested_value()).value_schema;
  const auto* other = flat(b, nested_value()).value_schema;
  EXPECT_NE(first, other);
  batch_.clear();
  EXPECT_EQ(flat(a, nested_value()).value_schema, first);
  EXPECT_EQ(flat(b, nested_value()).value_schema, other);
}

TEST_F(FlattenerTest, RecordsOutliveTheSchemasThatAreForgotten) {
  std::vector<SchemaPtr> schemas;
  for (int i = 0; i < 1500; ++i) {
    schemas.push_back(nested_schema(("f" + std::to_string(i)).c_str()));
    flat(schemas.back(), nested_value());
  }
  for (size_t i = 0; i < schemas.size(); ++i) {
    EXPECT_EQ(batch_.records()[i].value_schema->fields().front().name,
              "f" + std::to_string(i) + "_x");
  }
}

TEST_F(FlattenerTest, SchemalessMapsAreFlattened) {
  const Value inner[] = {Value::string("x"), Value::int64(1)};
  const Value outer[] = {Value::string("a"), Value::map(inner)};
  const data::Record& record = flat(nullptr, Value::map(outer));
  EXPECT_EQ(record.value_schema, nullptr);
  EXPECT_EQ(record.value.entries()[0], Value::string("a_x"));
}

TEST_F(FlattenerTest, OtherValuesStayAsTheyAre) {
  const SchemaPtr text = SchemaBuilder(Type::string).build();
  const SchemaPtr map =
      SchemaBuilder::map(text, SchemaBuilder::array(SchemaBuilder(Type::int32).build()).build())
          .build();
  const Value entries[] = {Value::string("k"), Value::array({})};
  EXPECT_EQ(flat(nullptr, Value()).value, Value());
  EXPECT_EQ(flat(nested_schema("a"), Value()).value, Value());
  EXPECT_EQ(flat(text, Value::string("s")).value, Value::string("s"));
  EXPECT_EQ(flat(map, Value::map(entries)).value, Value::map(entries));
}

TEST_F(FlattenerTest, RefusedRecordIsNotAppended) {
  flat(nested_schema("a"), nested_value());
  EXPECT_THROW(flat(nested_schema("a"), Value::structure({})), base::Error);
  EXPECT_EQ(batch_.size(), 1U);
}

}  // namespace
}  // namespace kc::sink
