#include "wire/column_format.h"

#include <array>
#include <charconv>
#include <optional>

namespace kc::wire {

namespace {

constexpr uint8_t decimal_precision_default = 18;
constexpr uint8_t decimal_scale_default = 4;

struct NamedKind {
  std::string_view property;
  BaseType type;
  ColumnFormat format;
};

using enum ColumnKind;

constexpr NamedKind char_kind(std::string_view property, uint32_t size) {
  return {property, BaseType::string, {char_n, size, 0, 0}};
}

constexpr std::array named_kinds = {
    NamedKind{"boolean", BaseType::int_, {boolean, 0, 0, 0}},
    NamedKind{"int8", BaseType::int_, {int8, 0, 0, 0}},
    NamedKind{"int16", BaseType::int_, {int16, 0, 0, 0}},
    NamedKind{"timestamp", BaseType::long_, {timestamp, 0, 0, 0}},
    char_kind("char1", 1),
    char_kind("char2", 2),
    char_kind("char4", 4),
    char_kind("char8", 8),
    char_kind("char16", 16),
    char_kind("char32", 32),
    char_kind("char64", 64),
    char_kind("char128", 128),
    char_kind("char256", 256),
    NamedKind{"date", BaseType::string, {date, 0, 0, 0}},
    NamedKind{"time", BaseType::string, {time, 0, 0, 0}},
    NamedKind{"datetime", BaseType::string, {datetime, 0, 0, 0}},
    NamedKind{"decimal",
              BaseType::string,
              {decimal, 0, decimal_precision_default, decimal_scale_default}},
    NamedKind{"ipv4", BaseType::string, {ipv4, 0, 0, 0}},
    NamedKind{"ulong", BaseType::string, {ulong, 0, 0, 0}},
    NamedKind{"uuid", BaseType::string, {uuid, 0, 0, 0}},
    NamedKind{"json", BaseType::string, {json, 0, 0, 0}},
    NamedKind{"wkt", BaseType::string, {wkt, 0, 0, 0}},
    NamedKind{"wkt", BaseType::bytes, {wkt, 0, 0, 0}},
};

// The numbers of "name(a,b)"; absent ones are `missing`.
struct Arguments {
  uint32_t first;
  uint32_t second;
};

Arguments parse_arguments(std::string_view property, Arguments missing) {
  const char* next = property.data() + property.find('(') + 1;
  const char* const end = property.data() + property.size();
  Arguments arguments = missing;
  const auto [after, error] = std::from_chars(next, end, arguments.first);
  if (error != std::errc()) return missing;
  next = after;
  while (next != end && (*next == ',' || *next == ' ')) ++next;
  std::from_chars(next, end, arguments.second);
  return arguments;
}

std::optional<ColumnFormat> format_of_property(BaseType type, std::string_view property) {
  for (const NamedKind& named : named_kinds) {
    if (named.property == property && named.type == type) return named.format;
  }
  if (type == BaseType::string && property.starts_with("decimal(")) {
    const auto [precision, scale] = parse_arguments(property, {decimal_precision_default, 0});
    return ColumnFormat{decimal, 0, static_cast<uint8_t>(precision), static_cast<uint8_t>(scale)};
  }
  if (type == BaseType::string && property.starts_with("array(")) {
    return ColumnFormat{array, 0, 0, 0};
  }
  if (type == BaseType::bytes && property.starts_with("vector(")) {
    return ColumnFormat{vector, parse_arguments(property, {0, 0}).first, 0, 0};
  }
  return std::nullopt;
}

ColumnKind base_kind(BaseType type) {
  switch (type) {
    case BaseType::int_:
      return int32;
    case BaseType::long_:
      return int64;
    case BaseType::float_:
      return float32;
    case BaseType::double_:
      return float64;
    case BaseType::string:
      return string;
    case BaseType::bytes:
      break;
  }
  return bytes;
}

}  // namespace

ColumnFormat column_format(const Column& column) {
  for (const std::string& property : column.properties) {
    if (const auto format = format_of_property(column.type, property)) return *format;
  }
  return {base_kind(column.type), 0, 0, 0};
}

std::string column_type_name(const Column& column) {
  for (const std::string& property : column.properties) {
    if (format_of_property(column.type, property)) return property;
  }
  return std::string(base_type_name(column.type));
}

}  // namespace kc::wire
