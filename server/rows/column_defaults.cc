#include "server/rows/column_defaults.h"

#include <algorithm>
#include <optional>

#include "base/error.h"
#include "server/expression/expression.h"
#include "server/expression/scalar.h"
#include "server/rows/generated_values.h"
#include "server/rows/row_text.h"

namespace kc::server {

namespace {

using base::Error;
using base::Reaction;
using data::Value;

// What stands between the parentheses of default(...).
std::optional<std::string_view> default_expression(const wire::Column& column) {
  for (const std::string_view prefix : {"default(", "default_sql("}) {
    for (const std::string_view property : column.properties) {
      if (!property.starts_with(prefix) || !property.ends_with(')')) continue;
      return property.substr(prefix.size(), property.size() - prefix.size() - 1);
    }
  }
  return std::nullopt;
}

Value default_value(const wire::Column& column, std::string_view expression,
                    std::deque<std::string>& texts) {
  // Over a table of one column without a name, so that no expression finds a column.
  static const wire::TableType nothing({{"", wire::BaseType::string, {"nullable"}}});
  static const std::vector<Value> no_values(1);
  try {
    const Expression compiled(expression, nothing);
    const Scalar value = compiled.value(no_values);
    if (value.is_null()) return {};
    return value_from_text(column, scalar_text(value, wire::column_format(column)), texts);
  } catch (const Error& e) {
    throw Error(Reaction::skip_record, "Column `{}`: its default `{}` is not understood: {}",
                column.name, expression, e.what());
  }
}

}  // namespace

Value missing_value(const wire::Column& column, std::deque<std::string>& texts) {
  if (const auto expression = default_expression(column)) {
    return default_value(column, *expression, texts);
  }
  if (is_filled_on_insert(column) || is_written_on_update(column)) {
    return generated_value(column, "", texts);
  }
  return {};
}

bool is_filled_on_insert(const wire::Column& column) {
  return column.has("init_with_now") || column.has("init_with_uuid") ||
         column.has("update_with_now");
}

bool is_written_on_update(const wire::Column& column) {
  return column.has("update_with_now") || column.has("update_with_user");
}

bool has_written_columns(const wire::TableType& type) {
  return std::ranges::any_of(type.columns(), is_written_on_update);
}

Value generated_value(const wire::Column& column, std::string_view user,
                      std::deque<std::string>& texts) {
  if (column.has("init_with_uuid")) return Value::string(texts.emplace_back(random_uuid()));
  if (column.has("update_with_user")) return Value::string(texts.emplace_back(user));
  const Scalar now = Scalar::of_instant(now_milliseconds());
  return value_from_text(column, scalar_text(now, wire::column_format(column)), texts);
}

void write_updated_columns(const wire::TableType& type, std::string_view user,
                           std::vector<Value>& values, std::deque<std::string>& texts) {
  for (size_t i = 0; i < values.size(); ++i) {
    const wire::Column& column = type.columns()[i];
    if (is_written_on_update(column)) values[i] = generated_value(column, user, texts);
  }
}

}  // namespace kc::server
