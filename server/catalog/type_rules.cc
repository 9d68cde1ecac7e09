#include "server/catalog/type_rules.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <nlohmann/json.hpp>
#include <optional>

#include "base/error.h"
#include "wire/column_format.h"

namespace kc::server {

namespace {

using base::Error;
using base::Reaction;
using wire::BaseType;
using wire::Column;
using wire::ColumnKind;
using Json = nlohmann::json;

constexpr size_t definition_bytes_max = size_t{1} << 20;
// A record of unions needs five.
constexpr int definition_depth_max = 16;
// What 12 bytes hold, in which the clients encode the long decimals of a key.
constexpr int decimal_precision_max = 28;

// Sets of base types.
constexpr unsigned on(BaseType type) { return 1U << static_cast<unsigned>(type); }
constexpr unsigned on_int = on(BaseType::int_);
constexpr unsigned on_long = on(BaseType::long_);
constexpr unsigned on_string = on(BaseType::string);
constexpr unsigned on_bytes = on(BaseType::bytes);
constexpr unsigned on_any = ~0U;

// A `value` property says what the column's values are: a column has one at most.
enum class Role { value, other };
enum class Arguments { none, some, optional };

struct Rule {
  std::string_view name;  // without arguments
  unsigned bases;
  Role role;
  Arguments arguments;
  Release since;
};

using enum Role;
using enum Arguments;
using enum Release;

constexpr std::array rules = {
    Rule{"boolean", on_int, value, none, v7_1},
    Rule{"int8", on_int, value, none, v7_0},
    Rule{"int16", on_int, value, none, v7_0},
    Rule{"timestamp", on_long, value, none, v7_0},
    Rule{"char1", on_string, value, none, v7_0},
    Rule{"char2", on_string, value, none, v7_0},
    Rule{"char4", on_string, value, none, v7_0},
    Rule{"char8", on_string, value, none, v7_0},
    Rule{"char16", on_string, value, none, v7_0},
    Rule{"char32", on_string, value, none, v7_0},
    Rule{"char64", on_string, value, none, v7_0},
    Rule{"char128", on_string, value, none, v7_0},
    Rule{"char256", on_string, value, none, v7_0},
    Rule{"date", on_string, value, none, v7_0},
    Rule{"time", on_string, value, none, v7_0},
    Rule{"datetime", on_string, value, none, v7_0},
    Rule{"decimal", on_string, value, optional, v7_0},
    Rule{"ipv4", on_string, value, none, v7_0},
    Rule{"ulong", on_string, value, none, v7_0},
    Rule{"wkt", on_string | on_bytes, value, none, v7_0},
    Rule{"uuid", on_string, value, none, v7_1},
    Rule{"json", on_string, value, none, v7_2},
    Rule{"array", on_string, value, some, v7_2},
    Rule{"vector", on_bytes, value, some, v7_2},
    Rule{"primary_key", on_any, other, none, v7_0},
    Rule{"soft_primary_key", on_any, other, none, v7_0},
    Rule{"shard_key", on_any, other, none, v7_0},
    Rule{"nullable", on_any, other, none, v7_0},
    Rule{"data", on_any, other, none, v7_0},
    Rule{"store_only", on_any, other, none, v7_0},
    Rule{"disk_optimized", on_any, other, none, v7_0},
    Rule{"text_search", on_string, other, none, v7_0},
    Rule{"dict", on_int | on_long | on_string, other, none, v7_0},
    Rule{"compress", on_any, other, some, v7_0},
    Rule{"init_with_now", on_long | on_string, other, none, v7_0},
    Rule{"update_with_now", on_long | on_string, other, none, v7_0},
    Rule{"init_with_uuid", on_string, other, none, v7_1},
    Rule{"update_with_user", on_string, other, none, v7_0},
    Rule{"default", on_any, other, some, v7_2},
    Rule{"default_sql", on_any, other, some, v7_2},
};

constexpr std::array<std::string_view, 8> array_items = {"boolean", "int",    "long",  "float",
                                                         "double",  "string", "ulong", "uuid"};

template <typename... Args>
[[noreturn]] void refuse(const Column& column, fmt::format_string<Args...> format, Args&&... args) {
  throw Error(Reaction::fail_task, "Column `{}`: {}", column.name,
              fmt::format(format, std::forward<Args>(args)...));
}

// "decimal(10,2)" is `decimal` with the arguments "10,2".
struct Property {
  std::string_view name;
  std::optional<std::string_view> arguments;
};

Property split(std::string_view text) {
  const size_t open = text.find('(');
  if (open == std::string_view::npos || !text.ends_with(')')) return {text, std::nullopt};
  return {text.substr(0, open), text.substr(open + 1, text.size() - open - 2)};
}

const Rule* find_rule(std::string_view name) {
  const auto found = std::ranges::find(rules, name, &Rule::name);
  return found == rules.end() ? nullptr : found;
}

std::string_view trim(std::string_view text) {
  while (text.starts_with(' ')) text.remove_prefix(1);
  while (text.ends_with(' ')) text.remove_suffix(1);
  return text;
}

std::optional<int> read_int(std::string_view text) {
  int number = 0;
  const char* const end = text.data() + text.size();
  const auto [last, error] = std::from_chars(text.data(), end, number);
  if (error != std::errc() || last != end) return std::nullopt;
  return number;
}

void check_decimal(const Column& column, std::string_view property, std::string_view arguments) {
  const auto parts = split_properties(arguments);
  const auto precision = read_int(parts[0]);
  const auto scale = parts.size() > 1 ? read_int(parts[1]) : std::optional(0);
  if (parts.size() > 2 || !precision || !scale || *precision < 1 ||
      *precision > decimal_precision_max || *scale < 0 || *scale > *precision) {
    refuse(column,
           "`{}` is not decimal(precision,scale) with a precision of 1 to {} and a scale of "
           "0 to the precision",
           property, decimal_precision_max);
  }
}

void check_arguments(const Column& column, std::string_view property, const Property& parts) {
  const std::string_view arguments = parts.arguments.value_or("");
  if (trim(arguments).empty()) refuse(column, "`{}` lacks what belongs between ()", property);
  if (parts.name == "decimal") check_decimal(column, property, arguments);
  if (parts.name == "vector") {
    const auto size = read_int(trim(arguments));
    if (!size || *size < 1) refuse(column, "`{}` is not vector(number of floats)", property);
  }
  if (parts.name == "array") {
    const auto items = split_properties(arguments);
    const bool known = std::ranges::find(array_items, items[0]) != array_items.end();
    if (!known || items.size() > 2 || (items.size() == 2 && !read_int(items[1]))) {
      refuse(column, "`{}` is not array(type) or array(type,length) of {}", property,
             fmt::join(array_items, ", "));
    }
  }
}

const Rule& check_property(const Column& column, std::string_view property, Release release) {
  const Property parts = split(property);
  const Rule* rule = find_rule(parts.name);
  const bool later_decimal = parts.name == "decimal" && parts.arguments && release < v7_2;
  if (rule == nullptr || (rule->arguments == none && parts.arguments)) {
    refuse(column, "there is no column property `{}`", property);
  }
  if (rule->since > release || later_decimal) {
    refuse(column, "Kinetica {} has no column property `{}`", release_name(release), property);
  }
  if ((rule->bases & on(column.type)) == 0) {
    refuse(column, "property `{}` does not go with the type {}", property,
           wire::base_type_name(column.type));
  }
  if (rule->arguments == some || parts.arguments) check_arguments(column, property, parts);
  return *rule;
}

bool is_any_of(ColumnKind kind, std::initializer_list<ColumnKind> kinds) {
  return std::ranges::find(kinds, kind) != kinds.end();
}

void check_combinations(const Column& column) {
  using enum ColumnKind;
  const ColumnKind kind = wire::column_format(column).kind;
  const std::string type = wire::column_type_name(column);
  const bool temporal = is_any_of(kind, {date, time, datetime, timestamp});
  for (const char* key : {"primary_key", "soft_primary_key", "shard_key"}) {
    if (column.has(key) && is_any_of(kind, {wire::ColumnKind::bytes, array, json, vector, wkt})) {
      refuse(column, "a column of type {} cannot be part of a {}", type, key);
    }
  }
  if (column.primary_key() && column.nullable()) {
    refuse(column, "primary_key and nullable exclude each other");
  }
  if (column.has("text_search") && is_any_of(kind, {date, time, datetime, decimal})) {
    refuse(column, "text_search does not go with {}", type);
  }
  if (column.has("dict") && column.type == BaseType::string && !is_any_of(kind, {char_n, date})) {
    refuse(column, "dict needs a charN, int, long or date column, not {}", type);
  }
  for (const char* now : {"init_with_now", "update_with_now"}) {
    if (column.has(now) && !temporal) {
      refuse(column, "{} needs a date, time, datetime or timestamp column, not {}", now, type);
    }
  }
  if (column.has("init_with_uuid") && kind != uuid) {
    refuse(column, "init_with_uuid needs a uuid column, not {}", type);
  }
  if (column.has("update_with_user") && !is_any_of(kind, {string, char_n})) {
    refuse(column, "update_with_user needs a string or charN column, not {}", type);
  }
}

// The base type that a column list's "char32" implies.
BaseType base_of(const Rule& rule) {
  for (const BaseType type : {BaseType::string, BaseType::int_, BaseType::long_, BaseType::bytes}) {
    if ((rule.bases & on(type)) != 0) return type;
  }
  return BaseType::string;
}

std::optional<BaseType> find_base(std::string_view name) {
  for (const BaseType type : {BaseType::int_, BaseType::long_, BaseType::float_, BaseType::double_,
                              BaseType::string, BaseType::bytes}) {
    if (wire::base_type_name(type) == name) return type;
  }
  return std::nullopt;
}

wire::TableType read_column_list(const Json& list) {
  std::vector<Column> columns;
  for (const Json& item : list) {
    const bool texts = item.is_array() && item.size() >= 2 &&
                       std::ranges::all_of(item, [](const Json& part) { return part.is_string(); });
    if (!texts) {
      throw Error(Reaction::fail_task,
                  "A column of a type is [name, type, property ...], all texts; this is {:.200}",
                  item.dump(-1, ' ', false, Json::error_handler_t::replace));
    }
    Column column = read_column(item[0].get<std::string>(), item[1].get<std::string>());
    for (size_t i = 2; i < item.size(); ++i) {
      column.properties.push_back(item[i].get<std::string>());
    }
    columns.push_back(std::move(column));
  }
  return wire::TableType(std::move(columns));
}

// The documentation wants both: a client that encodes by the record alone would write other bytes.
void check_union(const Column& column, const Json& type) {
  if (type.is_object()) return check_union(column, type["type"]);
  if (!column.nullable() || (type.is_array() && type.size() == 2)) return;
  refuse(column,
         "it has the property nullable, but its type in the definition is {}; write [{}, "
         "\"null\"]",
         type.dump(), type.dump());
}

// What is nested too deep would exhaust the stack of whoever walks it.
void check_depth(std::string_view json) {
  int depth = 0;
  bool in_text = false;
  for (size_t at = 0; at < json.size(); ++at) {
    const char c = json[at];
    if (in_text && c == '\\') ++at;
    if (c == '"') in_text = !in_text;
    if (in_text) continue;
    if (c == '[' || c == '{') ++depth;
    if (c == ']' || c == '}') --depth;
    if (depth > definition_depth_max) {
      throw Error(Reaction::fail_task, "The type definition is nested deeper than {} levels",
                  definition_depth_max);
    }
  }
}

}  // namespace

std::vector<std::string_view> split_properties(std::string_view list) {
  std::vector<std::string_view> items;
  if (trim(list).empty()) return items;
  size_t begin = 0;
  int depth = 0;
  bool quoted = false;
  for (size_t at = 0; at <= list.size(); ++at) {
    const char c = at == list.size() ? ',' : list[at];
    if (c == '\'') quoted = !quoted;
    if (!quoted) depth += c == '(' ? 1 : c == ')' ? -1 : 0;
    if (at < list.size() && (c != ',' || depth > 0 || quoted)) continue;
    items.push_back(trim(list.substr(begin, at - begin)));
    begin = at + 1;
  }
  return items;
}

Column read_column(std::string name, std::string_view type) {
  Column column{std::move(name), BaseType::string, {}};
  bool known = false;
  for (std::string_view part : split_properties(type)) {
    if (part == "byte") part = "bytes";
    const Rule* rule = find_rule(split(part).name);
    if (const auto base = find_base(part); base && !known) {
      column.type = *base;
      known = true;
    } else if (part == "null") {
      column.properties.emplace_back("nullable");
    } else if (rule != nullptr && rule->role == value && !known) {
      column.type = base_of(*rule);
      column.properties.emplace_back(part);
      known = true;
    } else {
      refuse(column,
             "`{}` is not a type; give int, long, float, double, string, bytes or a property "
             "that stands for one, such as char32",
             type);
    }
  }
  if (!known) refuse(column, "`{}` is not a type", type);
  return column;
}

void check_type(const wire::TableType& type, Release release) {
  bool soft = false;
  for (const Column& column : type.columns()) {
    if (column.name.empty()) throw Error(Reaction::fail_task, "A column of the type has no name");
    std::string_view value_property;
    for (const std::string& property : column.properties) {
      const Rule& rule = check_property(column, property, release);
      if (rule.role != value || property == value_property) continue;
      if (!value_property.empty()) {
        refuse(column, "{} and {} exclude each other", value_property, property);
      }
      value_property = property;
    }
    check_combinations(column);
    soft = soft || column.has("soft_primary_key");
  }
  if (soft && type.has_primary_key()) {
    throw Error(Reaction::fail_task, "A type has a primary_key or a soft_primary_key, not both");
  }
}

TypeText read_type(const std::string& definition,
                   const wire::TableType::ColumnProperties& properties, Release release) {
  if (definition.size() > definition_bytes_max) {
    throw Error(Reaction::fail_task, "A type definition of {} bytes is too long; {} are taken",
                definition.size(), definition_bytes_max);
  }
  check_depth(definition);
  TypeText text{definition, properties, {}};
  const Json json = Json::parse(definition, nullptr, /*allow_exceptions=*/false);
  if (json.is_array()) {
    if (!properties.empty()) {
      throw Error(Reaction::fail_task,
                  "A type given as a list of columns has its properties in the list");
    }
    text.type = read_column_list(json);
    text.definition = text.type.definition();
    text.properties = text.type.properties();
  } else {
    text.type = wire::TableType::parse(definition, properties);
    for (size_t i = 0; i < text.type.columns().size(); ++i) {
      check_union(text.type.columns()[i], json["fields"][i]["type"]);
    }
  }
  check_type(text.type, release);
  return text;
}

}  // namespace kc::server
