#include <gtest/gtest.h>

#include <cmath>

#include "base/error.h"
#include "data/record.h"
#include "data/schema.h"
#include "data/value.h"

namespace kc::data {
namespace {

SchemaPtr int32_schema() { return SchemaBuilder(Type::int32).build(); }

TEST(Value, IsSixteenBytesAndStartsAsNull) {
  EXPECT_EQ(sizeof(Value), 16U);
  EXPECT_TRUE(Value().is_null());
}

TEST(Value, ComparesDeeply) {
  const Value items[] = {Value::int32(1), Value::string("a")};
  const Value same[] = {Value::int32(1), Value::string("a")};
  const Value other[] = {Value::int64(1), Value::string("a")};
  EXPECT_EQ(Value::array(items), Value::array(same));
  EXPECT_FALSE(Value::array(items) == Value::array(other));
  EXPECT_FALSE(Value::array(items) == Value::structure(items));
  EXPECT_EQ(Value::float64(NAN), Value::float64(NAN));
  EXPECT_FALSE(Value::float64(0.0) == Value::float64(-0.0));
}

TEST(Schema, FindsFieldsByName) {
  const SchemaPtr schema =
      SchemaBuilder(Type::structure).field("a", int32_schema()).field("b", int32_schema()).build();
  ASSERT_NE(schema->find_field("b"), nullptr);
  EXPECT_EQ(schema->find_field("b")->index, 1U);
  EXPECT_EQ(schema->find_field("c"), nullptr);
}

TEST(Schema, RefusesTwoFieldsOfOneName) {
  SchemaBuilder builder(Type::structure);
  builder.field("a", int32_schema());
  EXPECT_THROW(builder.field("a", int32_schema()), base::Error);
}

TEST(Schema, LogicalNamesMakeLogicalTypesOnlyWithTheFittingType) {
  EXPECT_EQ(SchemaBuilder::decimal(2).build()->scale(), 2);
  EXPECT_EQ(SchemaBuilder::timestamp().build()->value_kind(), Kind::timestamp);
  EXPECT_EQ(SchemaBuilder(Type::string).name(std::string(date_name)).build()->logical(),
            Logical::none);
}

TEST(Schema, OwnsItsDefaultValue) {
  SchemaPtr schema;
  {
    const std::string text(100, 'x');
    schema = SchemaBuilder(Type::string).default_value(Value::string(text)).build();
  }
  EXPECT_EQ(schema->default_value()->as_text(), std::string(100, 'x'));
}

TEST(Schema, EqualityIsStructural) {
  const auto build = [](bool optional) {
    return SchemaBuilder(Type::structure)
        .name("n")
        .field("a", SchemaBuilder(Type::int32).optional(optional).build())
        .build();
  };
  EXPECT_TRUE(*build(true) == *build(true));
  EXPECT_FALSE(*build(true) == *build(false));
}

TEST(RecordBatch, KeepsRetainedSchemasUntilCleared) {
  RecordBatch batch;
  std::weak_ptr<const Schema> weak;
  {
    const SchemaPtr schema = int32_schema();
    weak = schema;
    batch.retain(schema);
    batch.retain(schema);
  }
  EXPECT_FALSE(weak.expired());
  batch.clear();
  EXPECT_TRUE(weak.expired());
}

}  // namespace
}  // namespace kc::data
