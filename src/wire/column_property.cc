#include "wire/column_property.h"

#include <algorithm>

#include "base/error.h"
#include "wire/column_format.h"

namespace kc::wire {

namespace {

using base::Error;
using base::Reaction;

bool is_one_of(std::string_view property, std::initializer_list<std::string_view> names) {
  return std::ranges::find(names, property) != names.end();
}

// "name(...)"
bool is_call(std::string_view property, std::string_view name) {
  return property.size() > name.size() + 1 && property.starts_with(name) &&
         property[name.size()] == '(' && property.back() == ')';
}

bool is_format(BaseType type, const std::string& property) {
  if (property == base_type_name(type)) return false;
  if (property.find('(') != std::string::npos && property.back() != ')') return false;
  const Column column{"", type, {property}};
  return column_type_name(column) == property;
}

bool can_be_key(const Column& column) {
  switch (column_format(column).kind) {
    case ColumnKind::bytes:
    case ColumnKind::array:
    case ColumnKind::json:
    case ColumnKind::vector:
    case ColumnKind::wkt:
      return false;
    default:
      return true;
  }
}

// The clock can be written into these only.
bool holds_moments(const Column& column) {
  const ColumnKind kind = column_format(column).kind;
  return kind == ColumnKind::date || kind == ColumnKind::time || kind == ColumnKind::datetime ||
         kind == ColumnKind::timestamp;
}

[[noreturn]] void refuse(const Column& column, std::string_view property, std::string_view why) {
  throw Error(Reaction::fail_task, "Column `{}` ({}) cannot have the property {}: {}", column.name,
              base_type_name(column.type), property, why);
}

}  // namespace

std::optional<PropertyRole> property_role(BaseType type, std::string_view property) {
  if (property == "nullable") return PropertyRole::nullable;
  if (is_one_of(property, {"primary_key", "soft_primary_key", "shard_key"})) {
    return PropertyRole::key;
  }
  if (is_one_of(property, {"data", "store_only", "disk_optimized", "dict"}) ||
      is_call(property, "compress") || (property == "text_search" && type == BaseType::string)) {
    return PropertyRole::storage;
  }
  if (is_one_of(property, {"init_with_now", "update_with_now"})) {
    const bool fits = type == BaseType::string || type == BaseType::long_;
    return fits ? std::optional(PropertyRole::fill) : std::nullopt;
  }
  if (is_one_of(property, {"init_with_uuid", "update_with_user"})) {
    return type == BaseType::string ? std::optional(PropertyRole::fill) : std::nullopt;
  }
  if (is_call(property, "default") || is_call(property, "default_sql")) return PropertyRole::fill;
  if (is_format(type, std::string(property))) return PropertyRole::format;
  return std::nullopt;
}

void check_column(const Column& column) {
  std::string_view format;
  for (const std::string& property : column.properties) {
    const auto role = property_role(column.type, property);
    if (!role) {
      refuse(column, property,
             "it is not known, or not for this type; see Kinetica's documentation of types");
    }
    if (*role == PropertyRole::format) {
      if (!format.empty())
        refuse(column, property, "the column is already a " + std::string(format));
      format = property;
    }
    if (*role == PropertyRole::key && !can_be_key(column)) {
      refuse(column, property, "values of this kind are no keys; choose another column");
    }
    if (property == "primary_key" && column.nullable()) {
      refuse(column, property, "a primary key has no nulls; leave out nullable");
    }
    if (is_one_of(property, {"init_with_now", "update_with_now"}) && !holds_moments(column)) {
      refuse(column, property, "only date, time, datetime and timestamp columns hold the time");
    }
    if (property == "init_with_uuid" && !column.has("uuid")) {
      refuse(column, property, "only uuid columns hold one");
    }
  }
}

}  // namespace kc::wire
