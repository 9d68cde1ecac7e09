#include "transform/record_part.h"

#include <algorithm>

#include "convert/java_text.h"

namespace kc::transform {

using data::Kind;
using data::Schema;
using data::SchemaBuilder;
using data::Type;
using data::Value;

namespace {

std::string_view class_name_of(const Value& value) {
  return value.is_null() ? "null" : convert::java_class(value.kind());
}

bool is_name(const Value& key, std::string_view name) {
  return key.kind() == Kind::string && key.as_text() == name;
}

}  // namespace

std::string class_of(const Value& value) { return fmt::format("class {}", class_name_of(value)); }

void require_map(const Value& value, std::string_view purpose) {
  if (value.kind() == Kind::map) return;
  fail("Only Map objects supported in absence of schema for [{}], found: {}", purpose,
       class_name_of(value));
}

void require_structure(const Schema& schema, const Value& value, std::string_view purpose) {
  if (value.kind() != Kind::structure || schema.type() != Type::structure) {
    fail("Only Struct objects supported for [{}], found: {}", purpose, class_name_of(value));
  }
  if (value.size() != schema.fields().size()) {
    fail("The Struct has {} fields but its schema has {}", value.size(), schema.fields().size());
  }
}

void require_fields(const Schema& schema) {
  if (schema.type() != Type::structure) fail("Cannot list fields on non-struct type");
}

void require_not_null(const Schema& schema, std::string_view name, const Value& value) {
  if (!value.is_null() || schema.optional()) return;
  fail("Invalid value: null used for required field: \"{}\", schema type: {}", name,
       data::type_name(schema.type()));
}

SchemaBuilder copy_basics(const Schema& from, SchemaBuilder to) {
  if (from.name()) to.name(*from.name());
  if (from.version()) to.version(*from.version());
  if (from.doc()) to.doc(*from.doc());
  for (const auto& [name, value] : from.parameters()) to.parameter(name, value);
  return to;
}

SchemaBuilder copy_basics(const Schema& from) {
  if (from.type() == Type::array) {
    return copy_basics(from, SchemaBuilder::array(from.value_schema()));
  }
  if (from.type() == Type::map) {
    return copy_basics(from, SchemaBuilder::map(from.key_schema(), from.value_schema()));
  }
  return copy_basics(from, SchemaBuilder(from.type()));
}

Value as_kind(const Value& value, Kind kind, int16_t scale) {
  if (value.is_null() || value.kind() == kind) return value;
  switch (kind) {
    case Kind::int32:
      return Value::int32(static_cast<int32_t>(value.as_integer()));
    case Kind::int64:
      return Value::int64(value.as_integer());
    case Kind::date:
      return Value::date(static_cast<int32_t>(value.as_integer()));
    case Kind::time:
      return Value::time(static_cast<int32_t>(value.as_integer()));
    case Kind::timestamp:
      return Value::timestamp(value.as_integer());
    case Kind::bytes:
      return Value::bytes(value.as_text());
    case Kind::decimal:
      return Value::decimal(value.as_text(), scale);
    default:
      return value;
  }
}

MapCopy::MapCopy(const Value& map, size_t more, base::Arena& arena) : arena_(arena) {
  const auto entries = map.entries();
  entries_ = arena.allocate_array<Value>(entries.size() + 2 * more);
  std::ranges::copy(entries, entries_);
  size_ = entries.size();
}

size_t MapCopy::index_of(std::string_view name) const {
  size_t i = 0;
  while (i < size_ && !is_name(entries_[i], name)) i += 2;
  return i;
}

void MapCopy::put(std::string_view name, const Value& value) {
  const size_t i = index_of(name);
  if (i == size_) {
    entries_[i] = Value::string(arena_.copy(name));
    size_ += 2;
  }
  entries_[i + 1] = value;
}

void MapCopy::remove(std::string_view name) {
  const size_t i = index_of(name);
  if (i == size_) return;
  std::copy(entries_ + i + 2, entries_ + size_, entries_ + i);
  size_ -= 2;
}

Value find_in_map(const Value& map, std::string_view name) {
  const auto entries = map.entries();
  for (size_t i = 0; i < entries.size(); i += 2) {
    if (is_name(entries[i], name)) return entries[i + 1];
  }
  return {};
}

std::span<const data::Header> append_headers(std::span<const data::Header> headers,
                                             std::span<const data::Header> more,
                                             base::Arena& arena) {
  data::Header* const all = arena.allocate_array<data::Header>(headers.size() + more.size());
  std::ranges::copy(more, std::ranges::copy(headers, all).out);
  return {all, headers.size() + more.size()};
}

}  // namespace kc::transform
