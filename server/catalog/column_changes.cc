#include "server/catalog/column_changes.h"

#include <algorithm>
#include <memory>
#include <utility>

#include "base/error.h"
#include "server/catalog/type_rules.h"
#include "server/rows/row_program.h"
#include "server/rows/value_conversion.h"
#include "wire/row_codec.h"

namespace kc::server {

namespace {

using base::Error;
using base::Reaction;
using wire::Column;
using wire::ColumnKind;

// Kinetica's own example for /alter/table/columns leaves out the `column_`.
const std::string* find_option(const wire::Options& options, const std::string& name) {
  auto found = options.find("column_" + name);
  if (found == options.end()) found = options.find(name);
  return found == options.end() ? nullptr : &found->second;
}

bool is_key(const Column& column) {
  return column.primary_key() || column.shard_key() || column.has("soft_primary_key");
}

void refuse_key(const Column& column) {
  if (!is_key(column)) return;
  throw Error(Reaction::fail_task,
              "Column `{}` is part of the primary or shard key, which cannot be altered",
              column.name);
}

void add_properties(Column& column, std::string_view list) {
  for (const std::string_view property : split_properties(list)) {
    if (!property.empty() && !column.has(property)) column.properties.emplace_back(property);
  }
}

// What the rows that are there get in a column that is not nullable and has no default.
std::string empty_value(const wire::ColumnFormat& format) {
  switch (format.kind) {
    case ColumnKind::string:
    case ColumnKind::char_n:
    case ColumnKind::bytes:
      return "";
    case ColumnKind::date:
      return "1970-01-01";
    case ColumnKind::time:
      return "00:00:00.000";
    case ColumnKind::datetime:
      return "1970-01-01 00:00:00.000";
    case ColumnKind::ipv4:
      return "0.0.0.0";
    case ColumnKind::uuid:
      return "00000000-0000-0000-0000-000000000000";
    case ColumnKind::json:
      return "{}";
    case ColumnKind::array:
      return "[]";
    case ColumnKind::wkt:
      return "POINT EMPTY";
    case ColumnKind::vector:
      return std::string(size_t{format.size} * sizeof(float), '\0');
    default:
      return "0";
  }
}

// 'abc' as SQL and expressions write a text, else what it is.
std::string_view unquote(std::string_view text) {
  const bool quoted = text.size() >= 2 && (text.front() == '\'' || text.front() == '"') &&
                      text.front() == text.back();
  return quoted ? text.substr(1, text.size() - 2) : text;
}

// The bytes of the column's value in a row, from a text. Throws Error(fail_task) for a text that
// is none of its values.
std::string encode_default(const Column& column, const std::string& text) {
  Column alone = column;
  std::erase_if(alone.properties, [](const std::string& property) {
    return property == "primary_key" || property == "shard_key" || property == "soft_primary_key";
  });
  const wire::TableType type({alone});
  std::string bytes;
  if (column.nullable()) {
    wire::encode_row(type, std::vector<data::Value>{data::Value()}, bytes);
    return bytes;
  }
  auto value = data::Value::string(text);
  std::string scratch;
  if (column.type == wire::BaseType::bytes) {
    value = data::Value::bytes(text);
  } else if (column.type != wire::BaseType::string) {
    value = ValueConversion({column.name, wire::BaseType::string, {}}, alone, false)
                .convert(value, scratch);
  }
  wire::encode_row(type, std::vector<data::Value>{value}, bytes);
  std::string key;
  RowProblem problem;
  const RowProgram program(type);
  if (!program.check(bytes, key, problem)) {
    throw Error(Reaction::fail_task, "The default value `{}` is refused: {}", text,
                program.describe(problem));
  }
  return bytes;
}

}  // namespace

ColumnChanges::ColumnChanges(const wire::TableType& type, Release release)
    : old_type_(type), release_(release) {
  for (size_t i = 0; i < type.columns().size(); ++i) {
    columns_.push_back({type.columns()[i], i, std::nullopt, false});
  }
}

bool ColumnChanges::has_column(std::string_view name) const {
  return std::ranges::any_of(columns_, [&](const Changed& is) { return is.column.name == name; });
}

ColumnChanges::Changed& ColumnChanges::find(const std::string& name) {
  const auto found =
      std::ranges::find_if(columns_, [&](const Changed& is) { return is.column.name == name; });
  if (found == columns_.end()) {
    throw Error(Reaction::fail_task, "Column not found: {}", name);
  }
  return *found;
}

bool ColumnChanges::apply(const ColumnAlteration& alteration) {
  const auto& [action, name, options] = alteration;
  if (action == "add_column") {
    add(alteration);
  } else if (action == "change_column") {
    change(alteration);
  } else if (action == "rename_column") {
    const auto found = options.find("rename_column");
    Changed& changed = find(name);
    refuse_key(changed.column);
    rename(changed, found == options.end() ? std::string() : found->second);
  } else if (action == "delete_column") {
    Changed& changed = find(name);
    refuse_key(changed.column);
    if (columns_.size() == 1) {
      throw Error(Reaction::fail_task, "Column `{}` is the only one; drop the table instead", name);
    }
    columns_.erase(columns_.begin() + (&changed - columns_.data()));
  } else if (action == "set_default" || action == "delete_default") {
    Column& column = find(name).column;
    std::erase_if(column.properties, [](const std::string& property) {
      return property.starts_with("default(") || property.starts_with("default_sql(");
    });
    if (action == "set_default") {
      const auto expression = options.find("add_column_expression");
      column.properties.push_back(
          "default(" + (expression == options.end() ? std::string() : expression->second) + ")");
    }
  } else {
    return false;
  }
  any_ = true;
  return true;
}

void ColumnChanges::add(const ColumnAlteration& alteration) {
  const auto& [action, name, options] = alteration;
  if (has_column(name)) {
    throw Error(Reaction::fail_task, "Column `{}` exists already", name);
  }
  const std::string* type = find_option(options, "type");
  if (type == nullptr) {
    throw Error(Reaction::fail_task, "Column `{}` is to be added without option column_type", name);
  }
  Changed changed{read_column(name, *type), std::nullopt, std::nullopt, false};
  if (const auto* list = find_option(options, "properties")) add_properties(changed.column, *list);
  if (is_key(changed.column)) {
    throw Error(Reaction::fail_task,
                "Column `{}` cannot be part of a key: a table gets its keys when it is created",
                name);
  }
  if (const auto* text = find_option(options, "default_value")) changed.default_text = *text;
  for (const char* source : {"add_column_expression", "copy_values_from_column"}) {
    const auto found = options.find(source);
    if (found != options.end() && !found->second.empty()) take_values_of(changed, found->second);
  }
  columns_.push_back(std::move(changed));
}

// An expression that is a column's name or a literal; others would have to be evaluated.
void ColumnChanges::take_values_of(Changed& changed, const std::string& expression) {
  if (has_column(expression)) {
    changed.source = find(expression).source;
    if (changed.source) return;
  }
  const bool is_literal = unquote(expression).size() < expression.size() ||
                          expression.find_first_not_of("0123456789.+-eE") == std::string::npos;
  if (!is_literal) {
    throw Error(Reaction::fail_task,
                "Column `{}`: this server evaluates no add_column_expression but the name of a "
                "column of the table or a literal; it is `{}`",
                changed.column.name, expression);
  }
  changed.default_text = unquote(expression);
}

void ColumnChanges::change(const ColumnAlteration& alteration) {
  const auto& [action, name, options] = alteration;
  Changed& changed = find(name);
  refuse_key(changed.column);
  const std::string* type = find_option(options, "type");
  const std::string* properties = find_option(options, "properties");
  // A new type or new properties are all that there are; without both the column stays what it is.
  if (type != nullptr || properties != nullptr) {
    Column column{name, changed.column.type, {}};
    if (type != nullptr) column = read_column(name, *type);
    if (properties != nullptr) add_properties(column, *properties);
    if (is_key(column)) {
      throw Error(Reaction::fail_task,
                  "Column `{}` cannot become part of a key: a table gets its keys when it is "
                  "created",
                  name);
    }
    changed.column = std::move(column);
  }
  const auto validate = options.find("validate_change_column");
  if (validate != options.end() && validate->second == "false") changed.cut = true;
  const auto new_name = options.find("rename_column");
  if (new_name != options.end() && !new_name->second.empty()) rename(changed, new_name->second);
}

void ColumnChanges::rename(Changed& changed, const std::string& name) {
  if (name.empty()) {
    throw Error(Reaction::fail_task, "Column `{}` is to be renamed without option rename_column",
                changed.column.name);
  }
  if (name != changed.column.name && has_column(name)) {
    throw Error(Reaction::fail_task, "Column `{}` exists already", name);
  }
  changed.column.name = name;
}

void ColumnChanges::remove_property(std::string_view property) {
  for (Changed& changed : columns_) {
    if (std::erase(changed.column.properties, property) > 0) any_ = true;
  }
}

wire::TableType ColumnChanges::type() const {
  std::vector<Column> columns;
  for (const Changed& changed : columns_) columns.push_back(changed.column);
  wire::TableType type(std::move(columns));
  check_type(type, release_);
  return type;
}

Table::Convert ColumnChanges::conversion() const {
  // A new column: the bytes of its value. Others: where from, and how.
  struct Step {
    std::optional<size_t> source;
    std::optional<ValueConversion> conversion;
    bool nullable;
    std::string bytes;
  };
  struct Plan {
    wire::TableType from;
    wire::TableType to;
    std::vector<Step> steps;
  };
  auto plan = std::make_shared<Plan>(Plan{old_type_, type(), {}});
  bool keeps_rows = columns_.size() == old_type_.columns().size();
  for (size_t i = 0; i < columns_.size(); ++i) {
    const auto& [column, source, default_text, cut] = columns_[i];
    Step step{source, std::nullopt, column.nullable(), {}};
    if (source) {
      step.conversion.emplace(old_type_.columns()[*source], column, cut);
      keeps_rows = keeps_rows && *source == i && step.conversion->keeps_bytes();
    } else {
      step.bytes =
          encode_default(column, default_text.value_or(empty_value(wire::column_format(column))));
      keeps_rows = false;
    }
    plan->steps.push_back(std::move(step));
  }
  if (keeps_rows) return [](std::string_view row, std::string& converted) { converted = row; };
  return [plan](std::string_view row, std::string& converted) {
    std::vector<data::Value> values;
    wire::decode_row(plan->from, row, values);
    std::string scratch;
    for (size_t i = 0; i < plan->steps.size(); ++i) {
      const Step& step = plan->steps[i];
      if (!step.source) {
        converted += step.bytes;
        continue;
      }
      const data::Value& value = values[*step.source];
      if (value.is_null() && !step.nullable) {
        throw Error(Reaction::fail_task, "Column `{}` has nulls and must stay nullable",
                    plan->to.columns()[i].name);
      }
      const data::Value changed = step.conversion->convert(value, scratch);
      wire::encode_value(plan->to.columns()[i], changed, converted);
    }
  };
}

}  // namespace kc::server
