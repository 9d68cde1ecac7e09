#include "sink/row_plan.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "base/error.h"
#include "sink/table_columns.h"
#include "wire/row_codec.h"

namespace kc::sink {
namespace {

using data::Schema;
using data::SchemaBuilder;
using data::SchemaPtr;
using data::Type;
using data::Value;
using testing::ElementsAre;
using testing::HasSubstr;
using wire::BaseType;
using wire::Column;

// The rows of a body, without the list's framing: its second part is length and bytes, in turn.
std::vector<std::string> rows_of(wire::InsertBody& body) {
  const auto parts = body.parts("t", {});
  wire::AvroReader reader(parts[1]);
  std::vector<std::string> rows;
  while (!reader.at_end()) rows.emplace_back(reader.read_bytes());
  return rows;
}

class RowPlanTest : public testing::Test {
 protected:
  static data::Record record(const Value& value, const Schema* schema) {
    data::Record result;
    result.topic = "topic";
    result.partition = 3;
    result.offset = 42;
    result.value_schema = schema;
    result.value = value;
    return result;
  }

  // What the row holds after all, as the database reads it.
  std::vector<Value> stored(RowPlan& plan, const wire::TableType& type, const data::Record& from) {
    body_.clear();
    plan.encode(from, body_);
    rows_ = rows_of(body_);
    EXPECT_EQ(rows_.size(), 1U);
    std::vector<Value> values;
    wire::decode_row(type, rows_.back(), values);
    return values;
  }

  // One schemaless field into one column.
  Value through(Column column, const Value& value) {
    column.name = "c";
    const wire::TableType type({column});
    RowPlan plan("t", type, nullptr);
    const Value entries[] = {Value::string("c"), value};
    return stored(plan, type, record(Value::map(entries), nullptr)).front();
  }

  std::string refusal(const Column& column, const Value& value) {
    try {
      through(column, value);
    } catch (const base::Error& error) {
      EXPECT_EQ(error.reaction(), base::Reaction::skip_record);
      return error.what();
    }
    return "accepted";
  }

  wire::InsertBody body_;
  std::vector<std::string> rows_;
};

const Column int_column{"", BaseType::int_, {}};
const Column long_column{"", BaseType::long_, {}};
const Column timestamp_column{"", BaseType::long_, {"timestamp"}};
const Column float_column{"", BaseType::float_, {}};
const Column double_column{"", BaseType::double_, {}};
const Column string_column{"", BaseType::string, {}};
const Column bytes_column{"", BaseType::bytes, {}};
const Column decimal_column{"", BaseType::string, {"decimal"}};
const Column datetime_column{"", BaseType::string, {"datetime"}};
const Column nullable_column{"", BaseType::long_, {"nullable"}};

TEST_F(RowPlanTest, StructureBecomesARowOfAllTypes) {
  const SchemaPtr schema = SchemaBuilder(Type::structure)
                               .field("s", SchemaBuilder(Type::string).build())
                               .field("i", SchemaBuilder(Type::int32).build())
                               .field("l", SchemaBuilder(Type::int64).optional().build())
                               .field("f", SchemaBuilder(Type::float32).build())
                               .field("d", SchemaBuilder(Type::float64).optional().build())
                               .field("b", SchemaBuilder(Type::boolean).build())
                               .field("y", SchemaBuilder(Type::bytes).build())
                               .field("n", SchemaBuilder(Type::string).optional().build())
                               .build();
  const wire::TableType type = table_type_of(*schema);
  RowPlan plan("t", type, schema.get());
  const Value items[] = {
      Value::string("text"), Value::int32(-7),     Value::int64(1LL << 40), Value::float32(1.5F),
      Value::float64(0.1),   Value::boolean(true), Value::bytes("\0\1"),    Value()};
  EXPECT_THAT(stored(plan, type, record(Value::structure(items), schema.get())),
              ElementsAre(Value::string("text"), Value::int32(-7), Value::int64(1LL << 40),
                          Value::float32(1.5F), Value::float64(0.1), Value::int32(1),
                          Value::bytes("\0\1"), Value()));
}

TEST_F(RowPlanTest, NumbersOfEveryLengthSurvive) {
  for (int shift = 0; shift < 63; ++shift) {
    for (const int64_t nearby : {-1, 0, 1}) {
      for (const int64_t sign : {-1, 1}) {
        const int64_t number = sign * ((int64_t{1} << shift) + nearby);
        EXPECT_EQ(through(long_column, Value::int64(number)), Value::int64(number));
      }
    }
  }
  EXPECT_EQ(through(long_column, Value::int64(INT64_MIN)), Value::int64(INT64_MIN));
  EXPECT_EQ(through(long_column, Value::int64(INT64_MAX)), Value::int64(INT64_MAX));
}

TEST_F(RowPlanTest, TextsOfEveryShortLengthSurvive) {
  std::string text;
  for (int length = 0; length < 300; ++length) {
    EXPECT_EQ(through(string_column, Value::string(text)).as_text(), text);
    text.push_back(static_cast<char>('a' + length % 26));
  }
}

TEST_F(RowPlanTest, MapIsReadByNameInAnyOrder) {
  const wire::TableType type(
      {{"a", BaseType::long_, {"nullable"}}, {"b", BaseType::string, {"nullable"}}});
  RowPlan plan("t", type, nullptr);
  const Value forwards[] = {Value::string("a"), Value::int64(1), Value::string("b"),
                            Value::string("x")};
  const Value backwards[] = {Value::string("b"), Value::string("y"), Value::string("a"),
                             Value::int64(2)};
  const Value without[] = {Value::string("b"), Value::string("z")};
  const auto as_row = [&](const Value& map) { return stored(plan, type, record(map, nullptr)); };
  EXPECT_THAT(as_row(Value::map(forwards)), ElementsAre(Value::int64(1), Value::string("x")));
  EXPECT_THAT(as_row(Value::map(backwards)), ElementsAre(Value::int64(2), Value::string("y")));
  EXPECT_THAT(as_row(Value::map(without)), ElementsAre(Value(), Value::string("z")));
  EXPECT_THAT(as_row(Value::map(forwards)), ElementsAre(Value::int64(1), Value::string("x")));
  EXPECT_THAT(as_row(Value::map({})), ElementsAre(Value(), Value()));
}

TEST_F(RowPlanTest, KeysThatDifferInOneCharacterAreDifferent) {
  for (const std::string name : {"a", "abcd", "abcdefg", "abcdefgh", "abcdefghijklmnopqrstu"}) {
    for (size_t changed = 0; changed < name.size(); ++changed) {
      std::string other = name;
      other[changed] = '#';
      const wire::TableType type({{name, BaseType::long_, {"nullable"}}});
      RowPlan plan("t", type, nullptr);
      const Value entries[] = {Value::string(other), Value::int64(1), Value::string(name),
                               Value::int64(2)};
      EXPECT_THAT(stored(plan, type, record(Value::map(entries), nullptr)),
                  ElementsAre(Value::int64(2)));
    }
  }
}

TEST_F(RowPlanTest, MapValuesOfARecordWithSchemaAreReadByName) {
  const SchemaPtr schema = SchemaBuilder(Type::structure)
                               .field("boolean", SchemaBuilder(Type::boolean).build())
                               .field("int", SchemaBuilder(Type::int32).build())
                               .build();
  const wire::TableType type = table_type_of(*schema);
  RowPlan plan("t", type, schema.get());
  const Value entries[] = {Value::string("int"), Value::int32(5), Value::string("boolean"),
                           Value::boolean(false)};
  EXPECT_THAT(stored(plan, type, record(Value::map(entries), schema.get())),
              ElementsAre(Value::int32(0), Value::int32(5)));
}

TEST_F(RowPlanTest, NullTakesTheDefaultOfTheSchemaElseNull) {
  const SchemaPtr schema =
      SchemaBuilder(Type::structure)
          .field("a", SchemaBuilder(Type::string).default_value(Value::string("default")).build())
          .field("b", SchemaBuilder(Type::int64).optional().build())
          .build();
  const wire::TableType type = table_type_of(*schema);
  RowPlan plan("t", type, schema.get());
  const Value items[] = {Value(), Value()};
  EXPECT_THAT(stored(plan, type, record(Value::structure(items), schema.get())),
              ElementsAre(Value::string("default"), Value()));
}

TEST_F(RowPlanTest, NullOrMissingFieldIsRefusedWhenTheColumnIsNotNullable) {
  EXPECT_THAT(refusal(long_column, Value()), HasSubstr("Unsupported null value in field c"));
  const wire::TableType type({{"a", BaseType::long_, {}}, {"b", BaseType::long_, {}}});
  const SchemaPtr schema =
      SchemaBuilder(Type::structure).field("a", SchemaBuilder(Type::int64).build()).build();
  RowPlan plan("t", type, schema.get());
  const Value items[] = {Value::int64(1)};
  EXPECT_THROW(plan.encode(record(Value::structure(items), schema.get()), body_), base::Error);
  EXPECT_TRUE(body_.empty());
}

TEST_F(RowPlanTest, FieldsWithoutColumnAreCountedAndLeftOut) {
  const wire::TableType type({{"a", BaseType::long_, {}}});
  RowPlan plan("t", type, nullptr);
  const Value entries[] = {Value::string("x"), Value::int64(9), Value::string("a"),
                           Value::int64(1)};
  EXPECT_THAT(stored(plan, type, record(Value::map(entries), nullptr)),
              ElementsAre(Value::int64(1)));
  stored(plan, type, record(Value::map(entries), nullptr));
  EXPECT_EQ(plan.ignored_fields(), 2U);
}

TEST_F(RowPlanTest, FieldsWithoutColumnAreToldOnceAndNullsNotAtAll) {
  const wire::TableType type({{"a", BaseType::long_, {"nullable"}}});
  RowPlan plan("t", type, nullptr);
  const auto logged = [&](std::initializer_list<std::pair<const char*, Value>> fields) {
    std::vector<Value> entries;
    for (const auto& [name, value] : fields) {
      entries.push_back(Value::string(name));
      entries.push_back(value);
    }
    testing::internal::CaptureStderr();
    stored(plan, type, record(Value::map(entries), nullptr));
    return testing::internal::GetCapturedStderr();
  };
  EXPECT_EQ(logged({{"geo", Value()}, {"a", Value::int64(1)}}), "");
  EXPECT_EQ(logged({{"geo", Value()}, {"a", Value()}}), "");
  const std::string told = logged({{"geo", Value()}, {"x", Value::int64(1)}});
  EXPECT_THAT(told, HasSubstr("left out: x\n"));
  EXPECT_EQ(logged({{"x", Value::int64(1)}}), "");
}

TEST_F(RowPlanTest, RefusalNamesRecordFieldValueAndColumn) {
  EXPECT_THAT(refusal(int_column, Value::int64(5'000'000'000)),
              testing::AllOf(HasSubstr("topic topic, partition 3, offset 42"), HasSubstr("field c"),
                             HasSubstr("5000000000"), HasSubstr("int"), HasSubstr("range")));
}

TEST_F(RowPlanTest, RefusedRecordLeavesTheBodyAsItWas) {
  const wire::TableType type({{"a", BaseType::long_, {}}, {"b", BaseType::int_, {}}});
  RowPlan plan("t", type, nullptr);
  const Value good[] = {Value::string("a"), Value::int64(1), Value::string("b"), Value::int64(2)};
  const Value bad[] = {Value::string("a"), Value::int64(1), Value::string("b"),
                       Value::int64(1LL << 40)};
  plan.encode(record(Value::map(good), nullptr), body_);
  const size_t bytes = body_.bytes();
  EXPECT_THROW(plan.encode(record(Value::map(bad), nullptr), body_), base::Error);
  EXPECT_EQ(body_.bytes(), bytes);
  plan.encode(record(Value::map(good), nullptr), body_);
  EXPECT_EQ(rows_of(body_).size(), 2U);
}

TEST_F(RowPlanTest, WholeNumbersGoWhereTheyFit) {
  EXPECT_EQ(through(int_column, Value::int64(5)), Value::int32(5));
  EXPECT_EQ(through(long_column, Value::int8(-5)), Value::int64(-5));
  EXPECT_EQ(through(float_column, Value::int64(5)), Value::float32(5));
  EXPECT_EQ(through(double_column, Value::int64(5)), Value::float64(5));
  EXPECT_EQ(through(string_column, Value::int64(-5)), Value::string("-5"));
  EXPECT_EQ(through(decimal_column, Value::int64(5)), Value::string("5"));
  EXPECT_THAT(refusal(int_column, Value::int64(INT64_C(1) << 31)), HasSubstr("range"));
  EXPECT_THAT(refusal({"", BaseType::int_, {"int8"}}, Value::int32(128)), HasSubstr("range"));
  EXPECT_THAT(refusal({"", BaseType::int_, {"int16"}}, Value::int32(-32769)), HasSubstr("range"));
  EXPECT_THAT(refusal({"", BaseType::int_, {"boolean"}}, Value::int32(2)), HasSubstr("range"));
  EXPECT_THAT(refusal(bytes_column, Value::int32(1)), HasSubstr("no conversion"));
}

TEST_F(RowPlanTest, FractionsGoIntoWholeColumnsOnlyWhenNothingIsLost) {
  EXPECT_EQ(through(long_column, Value::float64(5.0)), Value::int64(5));
  EXPECT_EQ(through(int_column, Value::float32(-3.0F)), Value::int32(-3));
  EXPECT_THAT(refusal(int_column, Value::float64(5.9)), HasSubstr("fraction"));
  EXPECT_THAT(refusal(long_column, Value::float64(1e19)), HasSubstr("range"));
  EXPECT_THAT(refusal(long_column, Value::float64(NAN)), HasSubstr("range"));
  EXPECT_EQ(through(float_column, Value::float64(153.04)), Value::float32(153.04F));
  EXPECT_THAT(refusal(float_column, Value::float64(1e300)), HasSubstr("range"));
  EXPECT_EQ(through(float_column, Value::float64(INFINITY)), Value::float32(INFINITY));
  EXPECT_EQ(through(string_column, Value::float64(5)), Value::string("5.0"));
  EXPECT_EQ(through(string_column, Value::float64(1e10)), Value::string("1.0E10"));
  EXPECT_EQ(through(string_column, Value::float64(1.25e-7)), Value::string("1.25E-7"));
  EXPECT_EQ(through(string_column, Value::float32(0.1F)), Value::string("0.1"));
  EXPECT_EQ(through(decimal_column, Value::float64(1e10)), Value::string("10000000000"));
}

TEST_F(RowPlanTest, BooleansAreNumbersOrWords) {
  EXPECT_EQ(through(int_column, Value::boolean(true)), Value::int32(1));
  EXPECT_EQ(through(long_column, Value::boolean(false)), Value::int64(0));
  EXPECT_EQ(through(double_column, Value::boolean(true)), Value::float64(1));
  EXPECT_EQ(through(float_column, Value::boolean(true)), Value::float32(1));
  EXPECT_EQ(through(string_column, Value::boolean(true)), Value::string("true"));
}

TEST_F(RowPlanTest, DecimalsBecomePlainTextOrNumbers) {
  const Value price = Value::decimal("\x04\xd2", 2);  // 12.34
  EXPECT_EQ(through(decimal_column, price), Value::string("12.34"));
  EXPECT_EQ(through(string_column, Value::decimal("\xfb\x2e", 4)), Value::string("-0.1234"));
  EXPECT_EQ(through(string_column, Value::decimal("\x05", -3)), Value::string("5000"));
  EXPECT_EQ(through(double_column, price), Value::float64(12.34));
  EXPECT_EQ(through(long_column, Value::decimal("\x04\xb0", 2)), Value::int64(12));
  EXPECT_THAT(refusal(long_column, price), HasSubstr("fraction"));
  EXPECT_EQ(through(string_column, Value::decimal("\x7f\xff\xff\xff\xff\xff\xff\xff\xff", 0)),
            Value::string("2361183241434822606847"));
  EXPECT_EQ(through(string_column, Value::decimal("", 2)), Value::string("0.00"));
  EXPECT_EQ(through(string_column, Value::decimal("\xff", 0)), Value::string("-1"));
  EXPECT_EQ(through(string_column, Value::decimal(std::string_view("\x3b\x9a\xca\x00", 4), 9)),
            Value::string("1.000000000"));
}

TEST_F(RowPlanTest, DecimalColumnsNeverRoundWhatIsExact) {
  const Column column{"", BaseType::string, {"decimal(5,2)"}};
  EXPECT_EQ(through(column, Value::decimal("\x04\xd2", 2)), Value::string("12.34"));
  EXPECT_EQ(through(column, Value::decimal("\x30\x34", 3)), Value::string("12.340"));
  EXPECT_THAT(refusal(column, Value::decimal("\x30\x39", 3)),
              AllOf(HasSubstr("table t"), HasSubstr("'12.345'"), HasSubstr("decimal(5,2)"),
                    HasSubstr("column keeps 2"), HasSubstr("or make it a string")));
  EXPECT_THAT(refusal(column, Value::string("12.345")), HasSubstr("column keeps 2"));
  EXPECT_THAT(refusal(column, Value::int32(1000)), HasSubstr("range"));
  EXPECT_EQ(through(column, Value::float64(1.0 / 3)), Value::string("0.3333333333333333"));
  EXPECT_THAT(refusal(column, Value::float64(1234.5)), HasSubstr("range"));
}

TEST_F(RowPlanTest, TimesBecomeTheirTextsOrNumbers) {
  const int64_t instant = 1'547'587'673'240;  // 2019-01-15T21:27:53.240Z
  EXPECT_EQ(through(timestamp_column, Value::timestamp(instant)), Value::int64(instant));
  EXPECT_EQ(through(long_column, Value::timestamp(instant)), Value::int64(instant));
  EXPECT_EQ(through(datetime_column, Value::timestamp(instant)),
            Value::string("2019-01-15 21:27:53.240"));
  EXPECT_EQ(through(datetime_column, Value::int64(instant)),
            Value::string("2019-01-15 21:27:53.240"));
  EXPECT_EQ(through(datetime_column, Value::int64(-1)), Value::string("1969-12-31 23:59:59.999"));
  EXPECT_EQ(through({"", BaseType::string, {"date"}}, Value::date(17911)),
            Value::string("2019-01-15"));
  EXPECT_EQ(through(timestamp_column, Value::date(1)), Value::int64(86'400'000));
  EXPECT_EQ(through({"", BaseType::string, {"time"}}, Value::time(77'273'240)),
            Value::string("21:27:53.240"));
  EXPECT_EQ(through(string_column, Value::date(0)), Value::string("1970-01-01"));
  EXPECT_THAT(refusal(timestamp_column, Value::int64(INT64_MAX)), HasSubstr("range"));
}

TEST_F(RowPlanTest, TextBecomesATimestampOnlyInStrictForms) {
  const auto at = [&](std::string_view text) {
    return through(timestamp_column, Value::string(text));
  };
  EXPECT_EQ(at("2019-01-15 21:27:53"), Value::int64(1'547'587'673'000));
  EXPECT_EQ(at("2019-01-15T21:27:53.24Z"), Value::int64(1'547'587'673'240));
  EXPECT_EQ(at("2019-01-15T22:27:53.240999999+01:00"), Value::int64(1'547'587'673'240));
  EXPECT_EQ(at("2019-01-15 16:27:53.240-0500"), Value::int64(1'547'587'673'240));
  for (const char* wrong :
       {"", "2019-01-15", "2019-02-29 00:00:00", "2019-01-15 24:00:00", "2019-01-15 21:27:53.",
        "2019-01-15 21:27:53.1234567890", "15.01.2019 21:27:53", "2019-01-15 21:27:53 x",
        "2019-01-15 21:27:53+1"}) {
    EXPECT_THAT(refusal(timestamp_column, Value::string(wrong)), HasSubstr("not a timestamp"))
        << wrong;
  }
}

TEST_F(RowPlanTest, TextIsNoNumberAndBytesAreNoText) {
  EXPECT_THAT(refusal(long_column, Value::string("5")), HasSubstr("no conversion"));
  EXPECT_THAT(refusal(double_column, Value::string("5")), HasSubstr("no conversion"));
  EXPECT_THAT(refusal(bytes_column, Value::string("5")), HasSubstr("no conversion"));
  EXPECT_THAT(refusal(string_column, Value::bytes("5")), HasSubstr("no conversion"));
  EXPECT_THAT(refusal(string_column, Value::array({})), HasSubstr("no conversion"));
}

TEST_F(RowPlanTest, TextThatIsTooLongForItsColumnIsRefusedByCharacters) {
  const Column char4{"", BaseType::string, {"char4"}};
  EXPECT_EQ(through(char4, Value::string("abcd")), Value::string("abcd"));
  EXPECT_EQ(through(char4, Value::string("äöüß")), Value::string("äöüß"));
  EXPECT_THAT(refusal(char4, Value::string("abcde")), HasSubstr("more than 4 characters"));
  EXPECT_THAT(refusal(char4, Value::int64(12345)), HasSubstr("more than 4 characters"));
}

TEST_F(RowPlanTest, KindThatChangesBetweenRecordsIsConvertedEachTime) {
  const wire::TableType type({{"a", BaseType::double_, {"nullable"}}});
  RowPlan plan("t", type, nullptr);
  for (int round = 0; round < 3; ++round) {
    for (const Value& value : {Value::float64(1.5), Value::int64(2), Value()}) {
      const Value entries[] = {Value::string("a"), value};
      const auto row = stored(plan, type, record(Value::map(entries), nullptr));
      EXPECT_EQ(row.front().is_null(), value.is_null());
    }
  }
  EXPECT_EQ(through(nullable_column, Value::int64(3)), Value::int64(3));
}

TEST_F(RowPlanTest, ValueThatHasNoFieldsIsRefused) {
  const wire::TableType type({{"a", BaseType::double_, {"nullable"}}});
  RowPlan plan("t", type, nullptr);
  EXPECT_THROW(plan.encode(record(Value::string("{}"), nullptr), body_), base::Error);
}

}  // namespace
}  // namespace kc::sink
