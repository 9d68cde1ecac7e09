#include "server/sql/column_types.h"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

#include "server/sql/tokens.h"

namespace kc::server::sql {

namespace {

using wire::BaseType;
using wire::Column;

struct KnownType {
  std::string_view name;
  BaseType type;
  std::string_view property;  // empty: none
};

constexpr std::array known_types = {
    KnownType{"BOOLEAN", BaseType::int_, "boolean"},
    KnownType{"TINYINT", BaseType::int_, "int8"},
    KnownType{"BYTE", BaseType::int_, "int8"},
    KnownType{"SMALLINT", BaseType::int_, "int16"},
    KnownType{"INTEGER", BaseType::int_, ""},
    KnownType{"INT", BaseType::int_, ""},
    KnownType{"BIGINT", BaseType::long_, ""},
    KnownType{"LONG", BaseType::long_, ""},
    KnownType{"UNSIGNED BIGINT", BaseType::string, "ulong"},
    KnownType{"UNSIGNED LONG", BaseType::string, "ulong"},
    KnownType{"REAL", BaseType::float_, ""},
    KnownType{"FLOAT", BaseType::float_, ""},
    KnownType{"DOUBLE", BaseType::double_, ""},
    KnownType{"IPV4", BaseType::string, "ipv4"},
    KnownType{"UUID", BaseType::string, "uuid"},
    KnownType{"JSON", BaseType::string, "json"},
    KnownType{"DATE", BaseType::string, "date"},
    KnownType{"TYPE_DATE", BaseType::string, "date"},
    KnownType{"TIME", BaseType::string, "time"},
    KnownType{"TYPE_TIME", BaseType::string, "time"},
    KnownType{"DATETIME", BaseType::string, "datetime"},
    KnownType{"TIMESTAMP", BaseType::long_, "timestamp"},
    KnownType{"TYPE_TIMESTAMP", BaseType::long_, "timestamp"},
    KnownType{"BLOB", BaseType::bytes, ""},
    KnownType{"BINARY", BaseType::bytes, ""},
    KnownType{"VARBINARY", BaseType::bytes, ""},
    KnownType{"BYTES", BaseType::bytes, ""},
    KnownType{"GEOMETRY", BaseType::string, "wkt"},
};

// Properties that may stand in the parentheses behind a type, in Kinetica's own names. Nullable is
// said by NULL and NOT NULL.
constexpr std::array<std::string_view, 12> known_properties = {
    "primary_key",    "soft_primary_key", "shard_key",      "dict",          "text_search",
    "data",           "store_only",       "disk_optimized", "init_with_now", "update_with_now",
    "init_with_uuid", "update_with_user"};

[[noreturn]] void refuse(const TypeName& type, std::string_view what) {
  fail_at(type.position, "the type " + type.name + " " + std::string(what));
}

void expect_sizes(const TypeName& type, size_t least, size_t most) {
  if (type.sizes.size() < least) refuse(type, "needs a size in parentheses");
  if (type.sizes.size() > most) refuse(type, "takes fewer sizes in parentheses");
}

// "char8" for 5; nothing for what only a string holds.
std::string char_property(int64_t size) {
  for (int64_t n = 1; n <= 256; n *= 2) {
    if (size <= n) return "char" + std::to_string(n);
  }
  return "";
}

Column text_column(const TypeName& type) {
  expect_sizes(type, 0, 1);
  Column column{"", BaseType::string, {}};
  if (type.sizes.empty()) return column;
  if (type.sizes[0] < 1) refuse(type, "has a size of at least 1");
  if (auto property = char_property(type.sizes[0]); !property.empty()) {
    column.properties.push_back(std::move(property));
  }
  return column;
}

Column decimal_column(const TypeName& type) {
  constexpr int64_t precision_max = 27;
  expect_sizes(type, 0, 2);
  if (type.sizes.empty()) return {"", BaseType::long_, {}};
  const int64_t precision = type.sizes[0];
  const int64_t scale = type.sizes.size() == 2 ? type.sizes[1] : 0;
  if (precision < 1 || precision > precision_max || scale < 0 || scale > 18 || scale > precision) {
    refuse(type, "has a precision of 1 to 27 and a scale of 0 to 18, not above the precision");
  }
  return {"",
          BaseType::string,
          {"decimal(" + std::to_string(precision) + "," + std::to_string(scale) + ")"}};
}

Column vector_column(const TypeName& type) {
  constexpr int64_t size_max = 100'000;
  expect_sizes(type, 1, 1);
  if (type.sizes[0] < 1 || type.sizes[0] > size_max) refuse(type, "has 1 to 100000 elements");
  return {"", BaseType::bytes, {"vector(" + std::to_string(type.sizes[0]) + ")"}};
}

Column scalar_column(const TypeName& type) {
  const auto is_one_of = [&](auto... names) { return ((type.name == names) || ...); };
  if (is_one_of("VARCHAR", "CHAR", "STRING", "TEXT")) return text_column(type);
  if (is_one_of("DECIMAL", "NUMERIC")) return decimal_column(type);
  if (is_one_of("VECTOR")) return vector_column(type);
  const auto known = std::ranges::find(known_types, type.name, &KnownType::name);
  if (known == known_types.end()) {
    fail_at(type.position, "`" + type.name + "` is not a column type that this server knows");
  }
  // TIMESTAMP(3) and the like say what is so anyway.
  expect_sizes(type, 0, known->property == "timestamp" || known->type == BaseType::bytes ? 1 : 0);
  Column column{"", known->type, {}};
  if (!known->property.empty()) column.properties.emplace_back(known->property);
  return column;
}

// array(int), array(string,10): of the types that Kinetica's arrays hold.
Column array_column(const TypeName& type) {
  const Column item = scalar_column(type);
  const bool plain_text = item.type == BaseType::string &&
                          (item.properties.empty() || item.properties[0].starts_with("char"));
  const std::string item_name = item.properties.empty() || plain_text
                                    ? std::string(wire::base_type_name(item.type))
                                    : item.properties[0];
  constexpr std::string_view known[] = {"boolean", "int",    "long", "float",
                                        "double",  "string", "ulong"};
  if (std::ranges::find(known, item_name) == std::end(known)) refuse(type, "makes no array");
  std::string property = "array(" + item_name;
  if (type.array_size >= 0) property += "," + std::to_string(type.array_size);
  return {"", BaseType::string, {property + ")"}};
}

}  // namespace

Column make_column(std::string name, const TypeName& type) {
  Column column = type.array ? array_column(type) : scalar_column(type);
  column.name = std::move(name);
  for (const std::string& property : type.properties) {
    if (property == "wkt" && column.type == BaseType::bytes) {
      column.properties.push_back(property);
      continue;
    }
    if (std::ranges::find(known_properties, property) == known_properties.end()) {
      fail_at(type.position, "`" + property + "` is not a column property that this server knows");
    }
    column.properties.push_back(property);
  }
  return column;
}

}  // namespace kc::server::sql
