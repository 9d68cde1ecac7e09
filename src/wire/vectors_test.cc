// Hashes, shard keys and rows as Kinetica's official clients computed them.
#include <gtest/gtest.h>

#include <fstream>
#include <list>
#include <map>
#include <nlohmann/json.hpp>

#include "base/error.h"
#include "wire/murmur3.h"
#include "wire/row_codec.h"
#include "wire/shard_key.h"

namespace kc::wire {
namespace {

using data::Value;
using nlohmann::json;

json load(const std::string& file) {
  return json::parse(std::ifstream(KC_VECTORS_DIR "/kinetica/" + file))["vectors"];
}

std::string from_hex(const std::string& hex) {
  std::string bytes;
  for (size_t i = 0; i + 1 < hex.size(); i += 2) {
    bytes.push_back(static_cast<char>(std::stoi(hex.substr(i, 2), nullptr, 16)));
  }
  return bytes;
}

std::string to_hex(std::string_view bytes) {
  std::string hex;
  for (char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    hex += "0123456789abcdef"[byte >> 4];
    hex += "0123456789abcdef"[byte & 15];
  }
  return hex;
}

TableType type_of(const json& vector) {
  std::vector<Column> columns;
  static const std::map<std::string, BaseType> types = {
      {"int", BaseType::int_},       {"long", BaseType::long_},    {"float", BaseType::float_},
      {"double", BaseType::double_}, {"string", BaseType::string}, {"bytes", BaseType::bytes}};
  for (const json& column : vector["columns"]) {
    columns.push_back({column["name"], types.at(column["type"]), column["properties"]});
  }
  return TableType(columns);
}

// The vector's values; `texts` keeps what they point to.
std::vector<Value> values_of(const json& vector, std::list<std::string>& texts) {
  std::vector<Value> values;
  const TableType type = type_of(vector);
  for (size_t i = 0; i < type.columns().size(); ++i) {
    const json& value = vector["values"][i];
    const auto real = [&] {
      if (!value.is_string()) return value.get<double>();
      return std::stod(value.get<std::string>());
    };
    switch (value.is_null() ? BaseType::bytes : type.columns()[i].type) {
      case BaseType::int_:
        values.push_back(Value::int32(value));
        break;
      case BaseType::long_:
        values.push_back(Value::int64(value));
        break;
      case BaseType::float_:
        values.push_back(Value::float32(static_cast<float>(real())));
        break;
      case BaseType::double_:
        values.push_back(Value::float64(real()));
        break;
      case BaseType::string:
        values.push_back(Value::string(texts.emplace_back(value)));
        break;
      case BaseType::bytes:
        if (value.is_null()) {
          values.emplace_back();
        } else if (value.contains("bytes_hex")) {
          values.push_back(Value::bytes(texts.emplace_back(from_hex(value["bytes_hex"]))));
        } else {
          throw std::runtime_error("bytes of another form: " + value.dump());
        }
    }
  }
  return values;
}

TEST(KineticaVectors, Murmur3) {
  for (const json& vector : load("murmur3_seed10.json")) {
    const Hash128 hash = murmur3_x64_128(from_hex(vector["hex"]));
    EXPECT_EQ(hash.first, vector["h1_signed"].get<int64_t>()) << vector["hex"];
    EXPECT_EQ(hash.second, vector["h2_signed"].get<int64_t>()) << vector["hex"];
  }
}

TEST(KineticaVectors, ShardKeysOnWhichAllClientsAgree) {
  for (const json& vector : load("shard_keys.json")) {
    std::list<std::string> texts;
    const auto values = values_of(vector, texts);
    const ShardKey shard_key(type_of(vector));
    std::string key;
    shard_key.encode(values, key);
    EXPECT_EQ(to_hex(key), vector["buffer_hex"]) << vector;
    const int64_t hash = shard_key.hash(values);
    EXPECT_EQ(hash, vector["routing_hash"].get<int64_t>()) << vector;
    std::string row;
    encode_row(type_of(vector), values, row);
    EXPECT_EQ(shard_key.hash_of_row(row, key), hash) << vector;
    EXPECT_EQ(shard_index(hash, 16384), vector["abs_mod_16384"].get<size_t>());
    EXPECT_EQ(shard_index(hash, 4096), vector["abs_mod_4096"].get<size_t>());
    EXPECT_EQ(shard_index(hash, 7), vector["abs_mod_7"].get<size_t>());
  }
}

TEST(KineticaVectors, ShardKeysOnWhichTheyDifferFollowTheJavaClient) {
  size_t date_only = 0;
  for (const json& vector : load("shard_keys_divergent.json")) {
    std::list<std::string> texts;
    const auto values = values_of(vector, texts);
    const ShardKey shard_key(type_of(vector));
    // The one exception: a datetime without a time is a datetime, as for Python and C++.
    const bool is_date_only = vector["values"][0] == "2023-12-31";
    date_only += is_date_only ? 1 : 0;
    const json& expected = vector[is_date_only ? "python" : "java"];
    EXPECT_EQ(shard_key.hash(values), expected["routing_hash"].get<int64_t>()) << vector;
  }
  EXPECT_EQ(date_only, 1u);
}

TEST(KineticaVectors, RowsAreWrittenAndReadAsTheClientsDo) {
  for (const json& vector : load("records.json")) {
    const TableType type = type_of(vector);
    const auto parsed = TableType::parse(vector["type_schema"].dump(), vector["properties"]);
    ASSERT_EQ(parsed.columns().size(), type.columns().size());
    for (size_t i = 0; i < type.columns().size(); ++i) {
      EXPECT_EQ(parsed.columns()[i].name, type.columns()[i].name);
      EXPECT_EQ(parsed.columns()[i].type, type.columns()[i].type);
      EXPECT_EQ(parsed.columns()[i].nullable(), type.columns()[i].nullable());
    }
    const std::string row = from_hex(vector["avro_hex"]);
    std::vector<Value> values;
    decode_row(parsed, row, values);
    std::string again;
    encode_row(parsed, values, again);
    EXPECT_EQ(to_hex(again), vector["avro_hex"]) << vector;

    std::list<std::string> texts;
    std::vector<Value> given;
    try {
      given = values_of(vector, texts);
    } catch (const std::runtime_error&) {
      continue;  // a value in a form of its own, as vectors have
    }
    EXPECT_EQ(values, given) << vector;
  }
}

TEST(RowCodec, DamagedRowsAreRefused) {
  const TableType type({{"a", BaseType::int_, {}}, {"b", BaseType::string, {"nullable"}}});
  std::vector<Value> values;
  EXPECT_NO_THROW(decode_row(type, std::string("\2\0\2x", 4), values));
  for (const std::string& row : {std::string(), std::string("\2"), std::string("\2\0\2", 3),
                                 std::string("\2\4\2x", 4), std::string("\2\0\2xy", 5)}) {
    EXPECT_THROW(decode_row(type, row, values), base::Error) << to_hex(row);
  }
}

TEST(RowCodec, ValueThatItsColumnCannotTakeIsRefusedByName) {
  const TableType type({{"a", BaseType::int_, {}}});
  std::string out;
  for (const Value& value : {Value(), Value::string("x"), Value::int64(int64_t{1} << 40)}) {
    try {
      encode_row(type, std::vector<Value>{value}, out);
      ADD_FAILURE();
    } catch (const base::Error& e) {
      EXPECT_EQ(e.reaction(), base::Reaction::skip_record);
      EXPECT_NE(std::string(e.what()).find("`a`"), std::string::npos);
    }
  }
}

}  // namespace
}  // namespace kc::wire
