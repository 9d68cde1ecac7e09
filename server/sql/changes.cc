#include "server/sql/changes.h"

#include <algorithm>
#include <deque>
#include <optional>
#include <utility>

#include "server/expression/selection.h"
#include "server/rows/column_defaults.h"
#include "server/sql/binder.h"
#include "server/sql/literal_value.h"
#include "wire/row_codec.h"

namespace kc::server::sql {

namespace {

using data::Value;

size_t find_column(const wire::TableType& type, const std::string& name, size_t position) {
  const auto found = type.find(name);
  if (!found) fail_at(position, "there is no column `" + name + "`");
  return *found;
}

// Rows of an INSERT in the table's encoding.
class RowMaker {
 public:
  RowMaker(const Insert& insert, const wire::TableType& type) : insert_(insert), type_(type) {
    for (const std::string& name : insert.columns) {
      const size_t column = find_column(type, name, insert.table.position);
      if (std::ranges::find(places_, column) != places_.end()) {
        fail_at(insert.table.position, "column `" + name + "` is given twice");
      }
      places_.push_back(column);
    }
    if (!insert.columns.empty()) return;
    for (size_t i = 0; i < type.columns().size(); ++i) places_.push_back(i);
  }

  std::string make(const std::vector<Literal>& literals, const Binder& binder) {
    const size_t position = literals.front().position.value_or(insert_.table.position);
    if (literals.size() != places_.size()) {
      fail_at(position, std::to_string(literals.size()) + " values for " +
                            std::to_string(places_.size()) + " columns");
    }
    std::vector<std::optional<Value>> given(type_.columns().size());
    std::deque<Literal> resolved;
    std::deque<std::string> texts;
    for (size_t i = 0; i < literals.size(); ++i) {
      const wire::Column& column = type_.columns()[places_[i]];
      given[places_[i]] =
          column_value(column, resolved.emplace_back(binder.resolve(literals[i])), texts);
    }
    std::vector<Value> values;
    for (size_t i = 0; i < given.size(); ++i) {
      const wire::Column& column = type_.columns()[i];
      values.push_back(given[i] ? *given[i] : missing_value(column, texts));
      if (values.back().is_null() && !column.nullable()) {
        fail_at(position, "column `" + column.name + "` is not nullable and gets no value");
      }
    }
    std::string row;
    wire::encode_row(type_, values, row);
    return row;
  }

 private:
  const Insert& insert_;
  const wire::TableType& type_;
  std::vector<size_t> places_;  // of the given values among the table's columns
};

std::optional<Expression> compile(const NodePtr& where, const Binder& binder,
                                  const wire::TableType& type) {
  if (!where) return std::nullopt;
  return std::optional<Expression>(std::in_place, *binder.bind(*where), type);
}

// With the table's parameters unknown, what can be checked without them.
const Parameters* parameters_or_none(const Run& run) {
  return run.parameters.empty() ? nullptr : &run.parameters.front();
}

class Updater {
 public:
  Updater(const Update& update, const Binder& binder, const wire::TableType& type, std::string user)
      : type_(type), user_(std::move(user)), where_(compile(update.where, binder, type)) {
    for (const Assignment& assignment : update.assignments) {
      const size_t column = find_column(type, assignment.column, assignment.position);
      const Literal& literal = resolved_.emplace_back(binder.resolve(assignment.value));
      const Value value = column_value(type.columns()[column], literal, texts_);
      if (value.is_null() && literal.position && !type.columns()[column].nullable()) {
        fail_at(*literal.position, "column `" + assignment.column + "` is not nullable");
      }
      changes_.emplace_back(column, value);
    }
  }

  Scope scope(const TypeEntry& type) const { return scope_of(type, where_ ? &*where_ : nullptr); }

  bool change(std::string_view row, std::string& changed) {
    wire::decode_row(type_, row, values_);
    if (where_ && !where_->chooses(std::span<const Value>(values_))) return false;
    for (const auto& [column, value] : changes_) values_[column] = value;
    std::deque<std::string> texts;
    write_updated_columns(type_, user_, values_, texts);
    changed.clear();
    wire::encode_row(type_, values_, changed);
    return true;
  }

 private:
  const wire::TableType& type_;
  const std::string user_;
  std::optional<Expression> where_;
  std::deque<Literal> resolved_;
  std::deque<std::string> texts_;
  std::vector<std::pair<size_t, Value>> changes_;
  std::vector<Value> values_;
};

std::shared_ptr<Table> table_to_write(const Run& run, const TableName& name) {
  return run.call.database.catalog.table_to_write(find_table(run, name)->qualified_name());
}

}  // namespace

std::shared_ptr<Table> find_table(const Run& run, const TableName& name) {
  Catalog& catalog = run.call.database.catalog;
  const std::string schema = option(run.options, "current_schema");
  std::shared_ptr<Table> table;
  if (!schema.empty() && name.name.find('.') == std::string::npos) {
    table = catalog.find_table(schema + "." + name.name);
  }
  if (!table) table = catalog.find_table(name.name);
  if (!table) fail_at(name.position, "table `" + name.name + "` does not exist");
  return table;
}

int64_t execute(const Run& run, const Insert& insert) {
  const auto table = table_to_write(run, insert.table);
  const auto type = table->type();
  RowMaker maker(insert, type->type);
  std::vector<std::string> rows;
  for (const Parameters& parameters : run.parameters) {
    const Binder binder(run.tokens, &parameters, &insert.table);
    for (const auto& literals : insert.rows) rows.push_back(maker.make(literals, binder));
  }
  if (rows.empty()) return 0;
  InsertOptions options;
  options.update_on_existing_pk =
      run.tokens.update_on_existing_pk || flag(run.options, "update_on_existing_pk");
  options.ignore_existing_pk =
      run.tokens.ignore_existing_pk || flag(run.options, "ignore_existing_pk");
  options.truncate_strings = flag(run.options, "truncate_strings");
  options.user = user_of(run.call);
  const std::vector<std::string_view> views(rows.begin(), rows.end());
  const InsertResult result = table->insert(views, options, type.get());
  wire::Options unused;
  count_at_rank(run.call, *table, views, result, options, unused);
  return int64_t{result.inserted} + result.updated;
}

int64_t execute(const Run& run, const Update& update) {
  const auto table = table_to_write(run, update.table);
  const auto type = table->type();
  if (run.parameters.empty()) {
    const Binder binder(run.tokens, parameters_or_none(run), &update.table);
    compile(update.where, binder, type->type);
    for (const Assignment& assignment : update.assignments) {
      find_column(type->type, assignment.column, assignment.position);
    }
  }
  int64_t updated = 0;
  for (const Parameters& parameters : run.parameters) {
    Updater updater(update, Binder(run.tokens, &parameters, &update.table), type->type,
                    user_of(run.call));
    updated += table->rewrite(
        [&](std::string_view row, std::string& changed) { return updater.change(row, changed); },
        KeyConflict::refuse, updater.scope(*type));
  }
  return updated;
}

int64_t execute(const Run& run, const Delete& statement) {
  const auto table = table_to_write(run, statement.table);
  const auto type = table->type();
  if (run.parameters.empty()) {
    compile(statement.where, Binder(run.tokens, nullptr, &statement.table), type->type);
  }
  int64_t deleted = 0;
  for (const Parameters& parameters : run.parameters) {
    auto where =
        compile(statement.where, Binder(run.tokens, &parameters, &statement.table), type->type);
    deleted += where ? table->erase([&](std::string_view row) { return where->chooses(row); },
                                    scope_of(*type, &*where))
                     : table->erase_all();
  }
  return deleted;
}

int64_t execute(const Run& run, const Truncate& truncate) {
  const auto table = table_to_write(run, truncate.table);
  return run.parameters.empty() ? 0 : table->erase_all();
}

}  // namespace kc::server::sql
