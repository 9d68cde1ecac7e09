// Connect's Schema: immutable, shared by pointer. Converters intern schemas, so that later stages
// can key their compiled plans by the pointer; whoever keeps a pointer beyond a batch keeps a
// SchemaPtr. (org.apache.kafka.connect.data.Schema, ConnectSchema; logical types: KIP-26.)
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "base/arena.h"
#include "data/value.h"

namespace kc::data {

enum class Type : uint8_t {
  int8,
  int16,
  int32,
  int64,
  float32,
  float64,
  boolean,
  string,
  bytes,
  array,
  map,
  structure
};

// "INT32", as Schema.Type prints itself.
std::string_view type_name(Type type);

enum class Logical : uint8_t { none, decimal, date, time, timestamp };

class Schema;
using SchemaPtr = std::shared_ptr<const Schema>;

struct Field {
  std::string name;
  uint32_t index;
  SchemaPtr schema;
};

class Schema : public std::enable_shared_from_this<Schema> {
 public:
  Type type() const { return type_; }
  Logical logical() const { return logical_; }
  bool optional() const { return optional_; }
  // The kind that a non-null value of this schema has: structure, timestamp, int32 ...
  Kind value_kind() const;

  const std::optional<std::string>& name() const { return name_; }
  const std::optional<int32_t>& version() const { return version_; }
  const std::optional<std::string>& doc() const { return doc_; }
  // In the order they were given in.
  const std::vector<std::pair<std::string, std::string>>& parameters() const { return parameters_; }
  // Its value; nullptr when there is none of that name.
  const std::string* find_parameter(std::string_view name) const;
  // For Decimal: the value of parameter "scale".
  int16_t scale() const { return scale_; }
  // Owned by this schema.
  const std::optional<Value>& default_value() const { return default_value_; }

  // structure only.
  const std::vector<Field>& fields() const { return fields_; }
  const Field* find_field(std::string_view name) const;
  // map only.
  const SchemaPtr& key_schema() const { return key_schema_; }
  // array (items) and map (values).
  const SchemaPtr& value_schema() const { return value_schema_; }

 private:
  friend class SchemaBuilder;
  Schema() = default;

  Type type_ = Type::string;
  Logical logical_ = Logical::none;
  bool optional_ = false;
  int16_t scale_ = 0;
  std::optional<std::string> name_;
  std::optional<int32_t> version_;
  std::optional<std::string> doc_;
  std::vector<std::pair<std::string, std::string>> parameters_;
  std::optional<Value> default_value_;
  std::vector<Field> fields_;
  std::unordered_map<std::string_view, uint32_t> field_index_;
  SchemaPtr key_schema_;
  SchemaPtr value_schema_;
  base::Arena arena_;  // what default_value_ points into
};

// Equal in everything that Connect's Schema.equals compares.
bool operator==(const Schema& left, const Schema& right);

// Builds one Schema; build() ends the builder's life.
//   SchemaBuilder(Type::structure).name("Tweet").field("x",
//   SchemaBuilder(Type::float32).build()).build()
class SchemaBuilder {
 public:
  explicit SchemaBuilder(Type type);
  static SchemaBuilder array(SchemaPtr items);
  static SchemaBuilder map(SchemaPtr keys, SchemaPtr values);
  // The four logical types, with their names, version 1 and (decimal) the parameter "scale".
  static SchemaBuilder decimal(int16_t scale);
  static SchemaBuilder date();
  static SchemaBuilder time();
  static SchemaBuilder timestamp();

  // Setting one of the logical names makes the schema logical when its type fits (bytes with
  // parameter "scale", int32, int64).
  SchemaBuilder& name(std::string name);
  SchemaBuilder& version(int32_t version);
  SchemaBuilder& doc(std::string doc);
  SchemaBuilder& parameter(std::string name, std::string value);
  SchemaBuilder& optional(bool optional = true);
  // Copies the value deeply.
  SchemaBuilder& default_value(const Value& value);
  // Throws Error(skip_record) on an empty name and on a second field of the same name.
  SchemaBuilder& field(std::string name, SchemaPtr schema);

  SchemaPtr build();

 private:
  std::shared_ptr<Schema> schema_;
};

// Copies `value` with everything it points to into `arena`.
Value deep_copy(const Value& value, base::Arena& arena);

inline constexpr std::string_view decimal_name = "org.apache.kafka.connect.data.Decimal";
// Of a Decimal: its digits in all, where the converter knows them.
inline constexpr std::string_view decimal_precision_parameter = "connect.decimal.precision";
inline constexpr std::string_view date_name = "org.apache.kafka.connect.data.Date";
inline constexpr std::string_view time_name = "org.apache.kafka.connect.data.Time";
inline constexpr std::string_view timestamp_name = "org.apache.kafka.connect.data.Timestamp";

}  // namespace kc::data
