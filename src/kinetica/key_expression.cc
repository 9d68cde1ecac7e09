#include "kinetica/key_expression.h"

#include <fmt/format.h>

#include <cmath>
#include <iterator>

#include "base/error.h"

namespace kc::kinetica {

namespace {

using base::Error;
using base::Reaction;
using data::Kind;

// A quote within is doubled.
std::string quoted(std::string_view text) {
  std::string result = "\"";
  for (const char c : text) {
    if (c == '"') result.push_back('"');
    result.push_back(c);
  }
  result.push_back('"');
  return result;
}

std::string literal(const ColumnValue& item) {
  switch (item.value.kind()) {
    case Kind::string:
      return quoted(item.value.as_text());
    case Kind::float32:
    case Kind::float64:
      if (!std::isfinite(item.value.as_real())) break;
      return fmt::format("{}", item.value.as_real());
    case Kind::boolean:
    case Kind::int8:
    case Kind::int16:
    case Kind::int32:
    case Kind::int64:
    case Kind::timestamp:
      return fmt::format("{}", item.value.as_integer());
    default:
      break;
  }
  throw Error(Reaction::fail_task, "Column `{}` cannot be searched for a value of kind {}",
              item.column->name, data::kind_name(item.value.kind()));
}

}  // namespace

std::string key_expression(std::span<const ColumnValue> values) {
  std::string text;
  for (const ColumnValue& item : values) {
    if (!text.empty()) text.append(" and ");
    if (item.value.is_null()) {
      fmt::format_to(std::back_inserter(text), "(is_null({}))", item.column->name);
    } else {
      fmt::format_to(std::back_inserter(text), "({} = {})", item.column->name, literal(item));
    }
  }
  return text;
}

}  // namespace kc::kinetica
