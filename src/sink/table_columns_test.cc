#include "sink/table_columns.h"

#include <gtest/gtest.h>

#include "base/error.h"

namespace kc::sink {
namespace {

using data::SchemaBuilder;
using data::Type;
using data::Value;
using wire::BaseType;
using wire::Column;

data::SchemaPtr of(Type type, bool optional = false) {
  return SchemaBuilder(type).optional(optional).build();
}

TEST(TableColumns, FlatStructureBecomesOneColumnAField) {
  const auto schema = SchemaBuilder(Type::structure)
                          .field("s", of(Type::string))
                          .field("i", of(Type::int32))
                          .field("l", of(Type::int64))
                          .field("f", of(Type::float32))
                          .field("d", of(Type::float64, true))
                          .field("b", of(Type::boolean))
                          .field("y", of(Type::bytes))
                          .field("i8", of(Type::int8))
                          .field("i16", of(Type::int16, true))
                          .build();
  const std::vector<Column> expected = {{"s", BaseType::string, {}},
                                        {"i", BaseType::int_, {}},
                                        {"l", BaseType::long_, {}},
                                        {"f", BaseType::float_, {}},
                                        {"d", BaseType::double_, {"nullable"}},
                                        {"b", BaseType::int_, {}},
                                        {"y", BaseType::bytes, {}},
                                        {"i8", BaseType::int_, {"int8"}},
                                        {"i16", BaseType::int_, {"int16", "nullable"}}};
  EXPECT_EQ(table_type_of(*schema).columns(), expected);
}

TEST(TableColumns, LogicalTypesBecomeColumnsWithTheirProperty) {
  const auto schema = SchemaBuilder(Type::structure)
                          .field("p", SchemaBuilder::decimal(2).build())
                          .field("d", SchemaBuilder::date().build())
                          .field("t", SchemaBuilder::time().build())
                          .field("ts", SchemaBuilder::timestamp().build())
                          .build();
  const std::vector<Column> expected = {{"p", BaseType::string, {"decimal(27,2)"}},
                                        {"d", BaseType::string, {"date"}},
                                        {"t", BaseType::string, {"time"}},
                                        {"ts", BaseType::long_, {"timestamp"}}};
  EXPECT_EQ(table_type_of(*schema).columns(), expected);
  EXPECT_EQ(table_type_of(*schema, Decimals::plain).columns().front().properties,
            std::vector<std::string>{"decimal"});
}

TEST(TableColumns, NestedFieldIsRefusedByItsName) {
  const auto schema = SchemaBuilder(Type::structure)
                          .field("inner", SchemaBuilder::array(of(Type::int32)).build())
                          .build();
  try {
    table_type_of(*schema);
    FAIL();
  } catch (const base::Error& error) {
    EXPECT_EQ(error.reaction(), base::Reaction::skip_record);
    EXPECT_NE(std::string(error.what()).find("inner"), std::string::npos);
  }
}

Value map_of(const std::vector<Value>& entries) { return Value::map(entries); }

TEST(TableColumns, SchemalessColumnsFollowTheFieldsAndAreNullable) {
  const std::vector<Value> entries = {
      Value::string("b"), Value::boolean(true),   Value::string("i"), Value::int32(1),
      Value::string("l"), Value::int64(2),        Value::string("f"), Value::float32(1),
      Value::string("d"), Value::float64(2),      Value::string("n"), Value(),
      Value::string("p"), Value::decimal("\1", 2)};
  ColumnInference inference;
  inference.add(map_of(entries), true);
  const std::vector<Column> expected = {
      {"b", BaseType::int_, {"nullable"}},    {"i", BaseType::int_, {"nullable"}},
      {"l", BaseType::long_, {"nullable"}},   {"f", BaseType::float_, {"nullable"}},
      {"d", BaseType::double_, {"nullable"}}, {"p", BaseType::string, {"nullable"}}};
  EXPECT_EQ(inference.table_type().columns(), expected);
}

TEST(TableColumns, LaterRecordsWidenWhatTheFirstOnesSuggest) {
  const std::vector<Value> first = {Value::string("a"), Value(),
                                    Value::string("b"), Value::int64(1),
                                    Value::string("c"), Value::int64(7)};
  const std::vector<Value> second = {Value::string("a"),  Value::string("x"), Value::string("b"),
                                     Value::float64(1.5), Value::string("c"), Value::string("y")};
  ColumnInference inference;
  inference.add(map_of(first), true);
  inference.add(map_of(second), false);
  const std::vector<Column> expected = {{"b", BaseType::double_, {"nullable"}},
                                        {"c", BaseType::string, {"nullable"}},
                                        {"a", BaseType::string, {"nullable"}}};
  EXPECT_EQ(inference.table_type().columns(), expected);
}

TEST(TableColumns, MapOfNullsHasNoColumns) {
  const std::vector<Value> entries = {Value::string("a"), Value()};
  ColumnInference inference;
  inference.add(map_of(entries), true);
  EXPECT_TRUE(inference.empty());
}

TEST(TableColumns, NestedValueInAMapIsRefusedOnlyWhenAsked) {
  const std::vector<Value> entries = {Value::string("m"), Value::map({}), Value::string("x"),
                                      Value::int64(1)};
  ColumnInference inference;
  EXPECT_THROW(inference.add(map_of(entries), true), base::Error);
  ColumnInference lenient;
  lenient.add(map_of(entries), false);
  EXPECT_EQ(lenient.table_type().columns().size(), 1U);
}

}  // namespace
}  // namespace kc::sink
