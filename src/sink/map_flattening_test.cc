#include "sink/map_flattening.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <initializer_list>

#include "base/error.h"

namespace kc::sink {
namespace {

using data::Value;
using testing::ElementsAre;
using testing::HasSubstr;

class MapFlatteningTest : public testing::Test {
 protected:
  Value map(std::initializer_list<std::pair<std::string_view, Value>> entries) {
    Value* const copied = arena_.allocate_array<Value>(2 * entries.size());
    Value* next = copied;
    for (const auto& [key, value] : entries) {
      *next++ = Value::string(key);
      *next++ = value;
    }
    return Value::map({copied, 2 * entries.size()});
  }
  Value array(std::initializer_list<Value> items) {
    Value* const copied = arena_.allocate_array<Value>(items.size());
    std::ranges::copy(items, copied);
    return Value::array({copied, items.size()});
  }

  // "name=value" each, strings in quotes.
  std::vector<std::string> flat(const Value& value, FlatteningRules rules = {}) {
    MapFlattening flattening(std::move(rules));
    const Value result = flattening.flatten(value, arena_, text_);
    // Again, with what the first left behind.
    EXPECT_EQ(flattening.flatten(value, arena_, text_), result);
    std::vector<std::string> shown;
    const auto entries = result.entries();
    for (size_t i = 0; i < entries.size(); i += 2) {
      const Value& item = entries[i + 1];
      const std::string text = item.kind() == data::Kind::string
                                   ? "'" + std::string(item.as_text()) + "'"
                               : item.is_null() ? "null"
                                                : std::to_string(item.as_integer());
      shown.push_back(std::string(entries[i].as_text()) + "=" + text);
    }
    return shown;
  }

  std::string refusal(const Value& value, FlatteningRules rules = {}) {
    MapFlattening flattening(std::move(rules));
    try {
      flattening.flatten(value, arena_, text_);
    } catch (const base::Error& error) {
      EXPECT_EQ(error.reaction(), base::Reaction::skip_record);
      EXPECT_THAT(flat(map({{"a", map({{"b", Value::int64(1)}})}})), ElementsAre("a_b=1"));
      return error.what();
    }
    return "accepted";
  }

  base::Arena arena_;
  std::string text_;
};

const FlatteningRules take_first{"_", ",", ArrayFlattening::take_first_value};

TEST_F(MapFlatteningTest, FlatMapStaysAsItIs) {
  const Value value = map({{"a", Value::int64(1)}, {"b", Value()}});
  MapFlattening flattening({});
  EXPECT_EQ(flattening.flatten(value, arena_, text_).entries().data(), value.entries().data());
}

TEST_F(MapFlatteningTest, NestedKeysAreJoinedAtAnyDepthInTheirOrder) {
  const Value value =
      map({{"id", Value::int64(1)},
           {"geo", map({{"lat", Value::int64(2)}, {"at", map({{"tz", Value::string("UTC")}})}})},
           {"last", Value()}});
  EXPECT_THAT(flat(value), ElementsAre("id=1", "geo_lat=2", "geo_at_tz='UTC'", "last=null"));
  EXPECT_THAT(flat(value, {.delimiter = "."}),
              ElementsAre("id=1", "geo.lat=2", "geo.at.tz='UTC'", "last=null"));
  EXPECT_THAT(flat(value, {.delimiter = ""}),
              ElementsAre("id=1", "geolat=2", "geoattz='UTC'", "last=null"));
}

TEST_F(MapFlatteningTest, EmptyMapGivesNothingAndNullStaysANull) {
  EXPECT_THAT(flat(map({{"a", map({})}, {"b", map({{"c", Value()}})}})), ElementsAre("b_c=null"));
}

TEST_F(MapFlatteningTest, ArraysBecomeTexts) {
  const Value value =
      map({{"tags", array({Value::string("x"), Value(), Value::int64(3)})},
           {"in", map({{"rows", array({map({{"k", Value::int64(1)}}), array({Value::int64(2)})})},
                       {"none", array({})}})}});
  EXPECT_THAT(flat(value, {.separator = "|"}),
              ElementsAre("tags='x|null|3'", R"(in_rows='{"k":1}|[2]')", "in_none=''"));
}

TEST_F(MapFlatteningTest, FirstElementStandsForTheArray) {
  const Value value = map({{"tags", array({Value::string("x"), Value::string("y")})},
                           {"in", map({{"rows", array({map({{"k", Value::int64(1)}}), map({})})},
                                       {"none", array({})},
                                       {"deep", array({array({Value::int64(7)}), Value::int64(8)})},
                                       {"null", array({Value(), Value::int64(9)})}})}});
  EXPECT_THAT(flat(value, take_first),
              ElementsAre("tags='x'", "in_rows_k=1", "in_none=null", "in_deep=7", "in_null=null"));
}

TEST_F(MapFlatteningTest, TwoValuesOfOneNameAreRefusedByTheirPaths) {
  const Value value = map({{"x", Value::int64(0)},
                           {"a", map({{"b_c", Value::int64(1)}})},
                           {"a_b", map({{"c", Value::int64(2)}})}});
  EXPECT_THAT(refusal(value), HasSubstr("fields 'a'.'b_c' and 'a_b'.'c' would both be column "
                                        "a_b_c"));
  EXPECT_THAT(flat(value, {.delimiter = "."}), ElementsAre("x=0", "a.b_c=1", "a_b.c=2"));
  EXPECT_THAT(refusal(map({{"a_", Value::int64(1)}, {"a", map({{"", Value::int64(1)}})}})),
              HasSubstr("'a_' and 'a'.'' would"));
}

TEST_F(MapFlatteningTest, ManyDifferentNamesAreNotTakenForRepeated) {
  std::vector<std::string> names;
  for (int i = 0; i < 2000; ++i) names.push_back("k" + std::to_string(i));
  std::vector<Value> entries;
  for (const std::string& name : names) {
    entries.push_back(Value::string(name));
    entries.push_back(Value::int64(1));
  }
  EXPECT_EQ(flat(map({{"m", Value::map(entries)}})).size(), names.size());
  entries.push_back(Value::string("k1234"));
  entries.push_back(Value());
  EXPECT_THAT(refusal(map({{"m", Value::map(entries)}})), HasSubstr("'m'.'k1234' and"));
}

TEST_F(MapFlatteningTest, LimitsAreRefusals) {
  const std::string long_key(flat_name_bytes_max, 'k');
  EXPECT_THAT(refusal(map({{"a", map({{long_key, Value::int64(1)}})}})),
              HasSubstr("202 bytes, 200 are allowed"));
  std::vector<Value> entries(2 * flat_fields_max + 2, Value::string("k"));
  EXPECT_THAT(refusal(map({{"m", Value::map(entries)}})), HasSubstr("more than 10000 fields"));
}

TEST_F(MapFlatteningTest, KeysThatAreNoTextAreWrittenAsText) {
  const Value inner[] = {Value::int64(5), Value::int64(1)};
  EXPECT_THAT(flat(map({{"m", Value::map(inner)}})), ElementsAre("m_5=1"));
}

}  // namespace
}  // namespace kc::sink
