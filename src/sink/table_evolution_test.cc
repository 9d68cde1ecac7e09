#include "sink/table_evolution.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>
#include <string>
#include <utility>
#include <vector>

namespace kc::sink {
namespace {

using data::SchemaBuilder;
using data::SchemaPtr;
using data::Type;
using data::Value;
using wire::BaseType;

constexpr EvolutionRules all{.enabled = true, .add_columns = true, .make_nullable = true};

SchemaPtr of(Type type, bool optional = false) {
  return SchemaBuilder(type).optional(optional).build();
}

class TableEvolutionTest : public testing::Test {
 protected:
  using Fields = std::vector<std::pair<std::string_view, Value>>;

  data::Record map(const Fields& fields) {
    Value* entries = batch_.arena().allocate_array<Value>(fields.size() * 2);
    for (size_t i = 0; i < fields.size(); ++i) {
      entries[2 * i] = Value::string(fields[i].first);
      entries[2 * i + 1] = fields[i].second;
    }
    data::Record record;
    record.value = Value::map({entries, fields.size() * 2});
    return record;
  }
  data::Record structure(const SchemaPtr& schema, std::vector<Value> items) {
    Value* values = batch_.arena().allocate_array<Value>(items.size());
    std::ranges::copy(items, values);
    data::Record record;
    record.value_schema = schema.get();
    record.value = Value::structure({values, items.size()});
    return record;
  }
  // What the records ask of type_, with the check agreeing that they do, or do not.
  std::string asked(const std::vector<data::Record>& records, EvolutionRules rules = all) {
    std::vector<const data::Record*> pointers;
    bool asks = false;
    for (const data::Record& record : records) {
      pointers.push_back(&record);
      EvolutionCheck check(rules, type_, record.value_schema);
      asks = check.asks(record) || asks;
    }
    std::string text = describe(changes_for(rules, type_, pointers, Decimals::sized));
    EXPECT_EQ(asks, !text.empty()) << text;
    return text;
  }

  wire::TableType type_{{{"id", BaseType::long_, {"primary_key"}},
                         {"a", BaseType::string, {"char16", "dict"}},
                         {"b", BaseType::int_, {"nullable"}}}};
  data::RecordBatch batch_;
};

TEST_F(TableEvolutionTest, NewFieldsOfAStructureGetNullableColumns) {
  const auto schema = SchemaBuilder(Type::structure)
                          .field("id", of(Type::int64))
                          .field("a", of(Type::string))
                          .field("when", SchemaBuilder::timestamp().build())
                          .field("price", SchemaBuilder::decimal(2).optional().build())
                          .field("nested", SchemaBuilder::array(of(Type::int32)).build())
                          .build();
  const auto record = structure(schema, {Value::int64(1), Value::string("x"), Value::timestamp(0),
                                         Value::decimal("\x01", 2), Value::array({})});
  EXPECT_EQ(asked({record, record}),
            "column when (long, timestamp, nullable) added, column price (string, decimal(27,2), "
            "nullable) added");
}

TEST_F(TableEvolutionTest, SchemalessFieldsGetTheColumnThatAllRecordsFit) {
  const auto first = map({{"id", Value::int64(1)}, {"a", Value::string("x")}, {"n", Value()}});
  const auto second =
      map({{"id", Value::int64(2)}, {"a", Value::string("x")}, {"n", Value::int64(1)}});
  const auto third = map({{"id", Value::int64(3)},
                          {"n", Value::float64(1.5)},
                          {"a", Value::string("x")},
                          {"inner", Value::map({})}});
  EXPECT_EQ(asked({first}), "");
  EXPECT_EQ(asked({first, second, third}), "column n (double, nullable) added");
}

TEST_F(TableEvolutionTest, ColumnsWithoutAValueBecomeNullableAndKeepTheirProperties) {
  const auto without =
      SchemaBuilder(Type::structure).field("id", of(Type::int64)).field("b", of(Type::int32));
  const auto optional = SchemaBuilder(Type::structure)
                            .field("id", of(Type::int64))
                            .field("a", of(Type::string, true))
                            .build();
  const auto lacking = SchemaBuilder(without).build();
  EXPECT_EQ(asked({structure(lacking, {Value::int64(1), Value::int32(2)})}),
            "column a made nullable");
  EXPECT_EQ(asked({structure(optional, {Value::int64(1), Value()})}), "column a made nullable");
  EXPECT_EQ(asked({structure(optional, {Value::int64(1), Value::string("x")})}), "");
  EXPECT_EQ(asked({map({{"id", Value::int64(1)}, {"a", Value()}})}), "column a made nullable");
  EXPECT_EQ(asked({map({{"id", Value::int64(1)}})}), "column a made nullable");

  const auto record = map({{"id", Value::int64(1)}});
  const data::Record* const pointer = &record;
  const auto changes = changes_for(all, type_, {&pointer, 1}, Decimals::sized);
  ASSERT_EQ(changes.size(), 1U);
  EXPECT_EQ(changes[0].action, kinetica::ColumnChange::Action::change);
  EXPECT_EQ(changes[0].column,
            (wire::Column{"a", BaseType::string, {"char16", "dict", "nullable"}}));
}

TEST_F(TableEvolutionTest, DefaultStandsForNull) {
  const auto schema =
      SchemaBuilder(Type::structure)
          .field("id", of(Type::int64))
          .field(
              "a",
              SchemaBuilder(Type::string).optional().default_value(Value::string("none")).build())
          .build();
  EXPECT_EQ(asked({structure(schema, {Value::int64(1), Value()})}), "");
}

TEST_F(TableEvolutionTest, KeyColumnsStayAsTheyAre) {
  for (const char* key : {"primary_key", "shard_key", "soft_primary_key"}) {
    type_ = wire::TableType({{"id", BaseType::long_, {key}}, {"a", BaseType::string, {}}});
    const auto schema = SchemaBuilder(Type::structure).field("a", of(Type::string)).build();
    EXPECT_EQ(asked({structure(schema, {Value::string("x")})}), "") << key;
    EXPECT_EQ(asked({map({{"a", Value::string("x")}})}), "") << key;
  }
}

TEST_F(TableEvolutionTest, EachRuleActsOnItsOwn) {
  const auto record = map({{"id", Value::int64(1)}, {"new", Value::string("x")}});
  EXPECT_EQ(asked({record}), "column new (string, nullable) added, column a made nullable");
  EXPECT_EQ(asked({record}, {.enabled = true, .add_columns = true}),
            "column new (string, nullable) added");
  EXPECT_EQ(asked({record}, {.enabled = true, .make_nullable = true}), "column a made nullable");
  EXPECT_EQ(asked({record}, {.enabled = true}), "");
  EXPECT_EQ(asked({record}, {.add_columns = true, .make_nullable = true}), "");
}

TEST_F(TableEvolutionTest, OneRequestServesAllSchemas) {
  const auto schema = [](const char* field, Type type) {
    return SchemaBuilder(Type::structure)
        .field("id", of(Type::int64))
        .field("a", of(Type::string))
        .field(field, of(type))
        .build();
  };
  const auto one = schema("x", Type::int32);
  const auto two = schema("y", Type::float32);
  const auto other = schema("x", Type::string);
  const auto record = [&](const SchemaPtr& of_schema, const Value& value) {
    return structure(of_schema, {Value::int64(1), Value::string("x"), value});
  };
  EXPECT_EQ(asked({record(one, Value::int32(1)), record(two, Value::float32(1)),
                   record(other, Value::string("1"))}),
            "column x (int, nullable) added, column y (float, nullable) added");
}

// With tables and records of chance: what is asked for is given, and then asked for no more.
TEST_F(TableEvolutionTest, ChangesAnswerWhatTheCheckAsksFor) {
  std::mt19937 random(1);
  const auto one_of = [&](size_t count) { return random() % count; };
  constexpr const char* names[] = {"a", "b", "c", "d", "e"};
  const Value values[] = {Value(), Value::int32(1), Value::string("x"), Value::map({}),
                          Value::float64(0.5)};
  const SchemaPtr types[] = {
      of(Type::int32), of(Type::string, true), SchemaBuilder::array(of(Type::int32)).build(),
      SchemaBuilder(Type::int64).optional().default_value(Value::int64(1)).build()};
  constexpr const char* properties[] = {"nullable", "primary_key", "shard_key", "data",
                                        "store_only"};
  for (int round = 0; round < 2000; ++round) {
    std::vector<wire::Column> columns = {{"id", BaseType::int_, {"nullable"}}};
    for (const char* name : names) {
      if (one_of(2) == 0) columns.push_back({name, BaseType::string, {properties[one_of(5)]}});
    }
    type_ = wire::TableType(columns);
    std::vector<SchemaPtr> schemas;
    std::vector<data::Record> records;
    for (size_t i = 0; i < 1 + one_of(3); ++i) {
      Fields fields;
      std::vector<Value> items;
      SchemaBuilder schema(Type::structure);
      for (const char* name : names) {
        if (one_of(2) == 0) continue;
        const SchemaPtr& of_field = types[one_of(4)];
        schema.field(name, of_field);
        items.push_back(of_field->optional() ? Value() : values[1]);
        fields.emplace_back(name, values[one_of(5)]);
        if (one_of(10) == 0) fields.push_back(fields.front());
      }
      schemas.push_back(schema.build());
      records.push_back(one_of(2) == 0 ? map(fields) : structure(schemas.back(), items));
    }
    const EvolutionRules rules{
        .enabled = true, .add_columns = one_of(2) == 0, .make_nullable = one_of(2) == 0};
    asked(records, rules);
    std::vector<const data::Record*> pointers;
    for (const data::Record& record : records) pointers.push_back(&record);
    for (const auto& change : changes_for(rules, type_, pointers, Decimals::sized)) {
      const auto place = std::ranges::find(columns, change.column.name, &wire::Column::name);
      EXPECT_EQ(place == columns.end(), change.action == kinetica::ColumnChange::Action::add);
      if (place == columns.end()) {
        columns.push_back(change.column);
      } else {
        *place = change.column;
      }
    }
    type_ = wire::TableType(columns);
    EXPECT_EQ(asked(records, rules), "") << round;
  }
}

TEST_F(TableEvolutionTest, CheckOfMapsFollowsKeysThatMove) {
  EvolutionCheck check(all, type_, nullptr);
  const auto b = Value::int32(1);
  const auto a = Value::string("x");
  const auto id = Value::int64(1);
  EXPECT_FALSE(check.asks(map({{"id", id}, {"a", a}, {"b", b}})));
  EXPECT_FALSE(check.asks(map({{"b", b}, {"id", id}, {"a", a}})));
  EXPECT_TRUE(check.asks(map({{"b", b}, {"id", id}})));
  // A key that stands twice is one column.
  EXPECT_TRUE(check.asks(map({{"id", id}, {"id", id}})));
  EXPECT_FALSE(check.asks(map({{"a", a}, {"a", a}})));
  EXPECT_TRUE(check.asks(map({{"a", a}, {"c", b}})));
  EXPECT_FALSE(check.asks(map({{"a", a}, {"c", Value::array({})}})));
}

}  // namespace
}  // namespace kc::sink
