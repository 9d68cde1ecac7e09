#include "wire/table_type.h"

#include <algorithm>
#include <array>
#include <unordered_set>
#include <utility>

#include "base/error.h"
#include "wire/message_json.h"

namespace kc::wire {

namespace {

using base::Error;
using base::Reaction;

constexpr std::array<std::string_view, 6> base_type_names = {"int",    "long",   "float",
                                                             "double", "string", "bytes"};

std::optional<BaseType> find_base_type(std::string_view name) {
  const auto found = std::ranges::find(base_type_names, name);
  if (found == base_type_names.end()) return std::nullopt;
  return static_cast<BaseType>(found - base_type_names.begin());
}

BaseType parse_base_type(const std::string& column, const Json& name) {
  const auto type =
      name.is_string() ? find_base_type(name.get_ref<const std::string&>()) : std::nullopt;
  if (!type) {
    throw Error(Reaction::fail_task,
                "Column `{}` has the type {}; Kinetica's types are int, long, float, double, "
                "string and bytes",
                column, name.dump());
  }
  return *type;
}

struct FieldType {
  BaseType type;
  bool nullable;
};

// "int", ["int","null"], or {"type":"int"} as some Avro libraries write it.
FieldType parse_field_type(const std::string& column, const Json& type) {
  if (type.is_object() && type.contains("type")) return parse_field_type(column, type["type"]);
  if (!type.is_array()) return {parse_base_type(column, type), false};
  // Kinetica puts null second, so that branch 0 is the value; rows of another order would be
  // misread.
  if (type.size() == 1) return {parse_base_type(column, type[0]), false};
  if (type.size() != 2 || type[1] != "null") {
    throw Error(Reaction::fail_task,
                "Column `{}` has the type {}; a nullable column is [type, \"null\"]", column,
                type.dump());
  }
  return {parse_base_type(column, type[0]), true};
}

Column parse_column(const Json& field, const TableType::ColumnProperties& properties) {
  if (!field.is_object() || !field.contains("name") || !field["name"].is_string() ||
      !field.contains("type")) {
    throw Error(Reaction::fail_task, "A field of a type definition lacks its name or type: {}",
                field.dump());
  }
  Column column;
  column.name = field["name"].get<std::string>();
  const FieldType type = parse_field_type(column.name, field["type"]);
  column.type = type.type;
  if (const auto found = properties.find(column.name); found != properties.end()) {
    column.properties = found->second;
  }
  if (type.nullable && !column.nullable()) column.properties.emplace_back("nullable");
  return column;
}

}  // namespace

std::string_view base_type_name(BaseType type) {
  return base_type_names[static_cast<size_t>(type)];
}

bool Column::has(std::string_view property) const {
  return std::ranges::find(properties, property) != properties.end();
}

TableType::TableType(std::vector<Column> columns) : columns_(std::move(columns)) {
  if (columns_.empty()) throw Error(Reaction::fail_task, "A table type needs at least one column");
  std::unordered_set<std::string_view> names;
  for (const Column& column : columns_) {
    if (!names.insert(column.name).second) {
      throw Error(Reaction::fail_task, "A table type has two columns named `{}`", column.name);
    }
  }
}

TableType TableType::parse(std::string_view type_definition, const ColumnProperties& properties) {
  const Json json = parse_json(type_definition);
  if (!json.is_object() || !json.contains("fields") || !json["fields"].is_array()) {
    throw Error(Reaction::fail_task, "A type definition is not an Avro record with fields: {:.200}",
                type_definition);
  }
  std::vector<Column> columns;
  columns.reserve(json["fields"].size());
  for (const Json& field : json["fields"]) columns.push_back(parse_column(field, properties));
  TableType type(std::move(columns));
  for (const auto& [name, unused] : properties) {
    if (!type.find(name)) {
      throw Error(Reaction::fail_task, "There are properties for `{}`, which is not a column",
                  name);
    }
  }
  return type;
}

std::string TableType::definition() const {
  nlohmann::ordered_json fields = nlohmann::ordered_json::array();
  for (const Column& column : columns_) {
    nlohmann::ordered_json type = base_type_name(column.type);
    if (column.nullable()) type = {base_type_name(column.type), "null"};
    fields.push_back({{"name", column.name}, {"type", type}});
  }
  const nlohmann::ordered_json record = {
      {"type", "record"}, {"name", "type_name"}, {"fields", fields}};
  return record.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
}

TableType::ColumnProperties TableType::properties() const {
  ColumnProperties properties;
  for (const Column& column : columns_) {
    if (!column.properties.empty()) properties.emplace(column.name, column.properties);
  }
  return properties;
}

std::optional<size_t> TableType::find(std::string_view name) const {
  const auto found = std::ranges::find(columns_, name, &Column::name);
  if (found == columns_.end()) return std::nullopt;
  return static_cast<size_t>(found - columns_.begin());
}

bool TableType::has_primary_key() const {
  return std::ranges::any_of(columns_, &Column::primary_key);
}

}  // namespace kc::wire
