// Avro schemas, as their JSON text declares them. (Avro 1.11 specification, "Schema Declaration".)
#pragma once

#include <cstdint>
#include <deque>
#include <nlohmann/json.hpp>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace kc::convert {

enum class AvroType : uint8_t {
  null,
  boolean,
  int32,
  int64,
  float32,
  float64,
  bytes,
  string,
  record,
  enumeration,
  array,
  map,
  union_of,
  fixed
};

// "int", "record", "enum", as schemas spell it.
std::string_view avro_type_name(AvroType type);

struct AvroSchema;

struct AvroField {
  std::string name;
  const AvroSchema* schema = nullptr;
  std::optional<std::string> doc;
  std::optional<nlohmann::ordered_json> default_value;
};

// A node of an AvroDocument, which owns everything it points to. Recursive types point back.
struct AvroSchema {
  AvroType type = AvroType::null;
  std::string full_name;                 // of record, enum and fixed: with its namespace
  std::optional<std::string> doc;        // of record and enum
  std::string logical_type;              // empty: none
  nlohmann::ordered_json attributes;     // the declaration's object without children; null: a name
  std::vector<AvroField> fields;         // record
  std::vector<std::string> symbols;      // enum
  std::vector<const AvroSchema*> types;  // union: its branches; array: items; map: values
  uint32_t size = 0;                     // fixed

  // The attribute `name`, or nullptr.
  const nlohmann::ordered_json* attribute(std::string_view name) const;
  // full_name without its namespace.
  std::string_view simple_name() const;
};

// The types of one schema and of those it refers to. Immutable, not copied.
class AvroDocument {
 public:
  // As deep as types may stand in each other in the text.
  static constexpr int depth_max = 200;

  // `texts`: those that others refer to first; the last one is the schema itself. Throws
  // Error(skip_record) naming the fault for text that is no schema.
  explicit AvroDocument(std::span<const std::string_view> texts);
  AvroDocument(const AvroDocument&) = delete;
  AvroDocument& operator=(const AvroDocument&) = delete;

  const AvroSchema& root() const { return *root_; }

 private:
  class Parser;

  std::deque<AvroSchema> nodes_;
  const AvroSchema* root_ = nullptr;
};

}  // namespace kc::convert
