// A table's type: its columns with their base types and properties, as Kinetica's /create/type
// takes it and /show/table gives it. (Kinetica documentation, "Types".) A value; immutable once
// built.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "wire/wire_map.h"

namespace kc::wire {

enum class BaseType : uint8_t { int_, long_, float_, double_, string, bytes };

// "int", "long" ... as in a type definition.
std::string_view base_type_name(BaseType type);

struct Column {
  std::string name;
  BaseType type = BaseType::string;
  // In the order given; "nullable" is among them exactly when the column is nullable.
  std::vector<std::string> properties;

  bool nullable() const { return has("nullable"); }
  bool primary_key() const { return has("primary_key"); }
  bool shard_key() const { return has("shard_key"); }
  bool has(std::string_view property) const;
  bool operator==(const Column&) const = default;
};

class TableType {
 public:
  using ColumnProperties = WireMap<std::vector<std::string>>;

  TableType() = default;
  // Throws Error(fail_task) when there is no column or two of one name.
  explicit TableType(std::vector<Column> columns);

  // From type_schema / type_definition (an Avro record as JSON text; a nullable column is
  // [base,"null"] or has the property) and the separate properties. Column names need not be legal
  // Avro names. Throws Error(fail_task) saying what is not understood.
  static TableType parse(std::string_view type_definition, const ColumnProperties& properties);

  // {"type":"record","name":"type_name","fields":[{"name":"x","type":["int","null"]},...]}
  std::string definition() const;
  // Only columns that have properties.
  ColumnProperties properties() const;

  const std::vector<Column>& columns() const { return columns_; }
  std::optional<size_t> find(std::string_view name) const;
  bool has_primary_key() const;
  bool operator==(const TableType&) const = default;

 private:
  std::vector<Column> columns_;
};

}  // namespace kc::wire
