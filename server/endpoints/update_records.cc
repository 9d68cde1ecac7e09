// /update/records: new values, as constants or as expressions, for the records that expressions
// choose; for an expression that chooses none, the record of records_to_insert. The expressions are
// applied one after the other. Left out: pk_conflict_predicate_*, which are refused.
#include <deque>
#include <functional>
#include <memory>

#include "base/error.h"
#include "server/endpoint.h"
#include "server/expression/selection.h"
#include "server/rows/column_defaults.h"
#include "server/rows/record_id.h"
#include "server/rows/row_repair.h"
#include "server/rows/row_text.h"
#include "wire/row_codec.h"

namespace kc::server {

namespace {

using base::Error;
using base::Reaction;
using data::Value;

// One new_values_map: what becomes of a row.
class NewValues {
 public:
  NewValues(const wire::NewValues& values, const wire::TableType& type,
            const wire::Options& options)
      : type_(type), truncates_(flag(options, "truncate_strings")) {
    const bool expressions = flag(options, "use_expressions_in_new_values_maps");
    for (const auto& [name, text] : values) {
      const auto column = type.find(name);
      if (!column) throw Error(Reaction::fail_task, "new_values_maps: `{}` is not a column", name);
      const wire::Column& of = type.columns()[*column];
      changes_key_ = changes_key_ || of.primary_key();
      if (!text && !of.nullable()) {
        throw Error(Reaction::fail_task, "Column `{}` is not nullable and cannot become null",
                    name);
      }
      Change change{*column, std::nullopt, Value()};
      if (text && expressions) change.expression.emplace(*text, type);
      if (text && !expressions) change.constant = cut(of, value_from_text(of, *text, texts_));
      changes_.push_back(std::move(change));
    }
  }

  bool changes_key() const { return changes_key_; }

  void apply(std::string_view row, const std::string& user, std::string& changed) {
    std::deque<std::string> texts;
    wire::decode_row(type_, row, before_);
    after_ = before_;
    for (const Change& change : changes_) {
      const wire::Column& column = type_.columns()[change.column];
      Value& value = after_[change.column];
      value = change.constant;
      if (!change.expression) continue;
      const Scalar result = change.expression->value(before_);
      value =
          result.is_null()
              ? Value()
              : cut(column, value_from_text(
                                column, scalar_text(result, wire::column_format(column)), texts));
    }
    write_updated_columns(type_, user, after_, texts);
    wire::encode_row(type_, after_, changed);
  }

 private:
  struct Change {
    size_t column;
    std::optional<Expression> expression;
    Value constant;
  };

  Value cut(const wire::Column& column, Value value) const {
    const auto format = wire::column_format(column);
    if (!truncates_ || format.kind != wire::ColumnKind::char_n) return value;
    return Value::string(cut_text(value.as_text(), format.size));
  }

  const wire::TableType& type_;
  const bool truncates_;
  bool changes_key_ = false;
  std::deque<std::string> texts_;
  std::vector<Change> changes_;
  std::vector<Value> before_;
  std::vector<Value> after_;
};

struct Update {
  std::function<bool(std::string_view row)> chooses;
  std::unique_ptr<NewValues> values;
  Scope scope;
};

void check_counts(const wire::UpdateRecordsRequest& request, size_t expressions) {
  const size_t inserts = request.records_to_insert.size() + request.records_to_insert_str.size();
  if (request.new_values_maps.size() != expressions) {
    throw Error(Reaction::fail_task,
                "There are {} new_values_maps for {} expressions; each expression takes one",
                request.new_values_maps.size(), expressions);
  }
  if (inserts != 0 && inserts != expressions) {
    throw Error(Reaction::fail_task,
                "There are {} records to insert for {} expressions; there is one for each, or none",
                inserts, expressions);
  }
}

// A new key by an expression that may choose several rows would leave one of them.
void check_key_change(const NewValues& values, const std::optional<Expression>& filter,
                      const std::string& text, const wire::Options& options) {
  if (!values.changes_key() || flag(options, "bypass_safety_checks")) return;
  if (filter && filter->demanded_key()) return;
  throw Error(Reaction::fail_task,
              "Expression `{}` changes the primary key without naming one record by it. Hint: "
              "compare every primary key column with a value, or set bypass_safety_checks",
              text);
}

std::vector<Update> read_updates(const wire::UpdateRecordsRequest& request,
                                 const TypeEntry& type_entry) {
  const wire::TableType& type = type_entry.type;
  const auto global = std::make_shared<std::optional<Expression>>(
      read_filter(option(request.options, "global_expression"), type));
  std::vector<Update> updates;
  if (const std::string id = option(request.options, "record_id"); !id.empty()) {
    check_counts(request, 1);
    updates.push_back(
        {is_record(id, type),
         std::make_unique<NewValues>(request.new_values_maps[0], type, request.options),
         Scope{&type_entry}});
    return updates;
  }
  check_counts(request, request.expressions.size());
  for (size_t i = 0; i < request.expressions.size(); ++i) {
    const auto filter =
        std::make_shared<std::optional<Expression>>(read_filter(request.expressions[i], type));
    auto values = std::make_unique<NewValues>(request.new_values_maps[i], type, request.options);
    check_key_change(*values, *filter, request.expressions[i], request.options);
    updates.push_back({[global, filter](std::string_view row) {
                         return (!*global || (*global)->chooses(row)) &&
                                (!*filter || (*filter)->chooses(row));
                       },
                       std::move(values), scope_of(type_entry, *filter ? &**filter : nullptr)});
  }
  return updates;
}

KeyConflict read_conflict(const wire::Options& options) {
  if (flag(options, "update_on_existing_pk")) return KeyConflict::replace_other;
  return flag(options, "ignore_existing_pk") ? KeyConflict::keep_old : KeyConflict::refuse;
}

// The record that stands in for update number `i`; empty when there is none.
std::string record_to_insert(const wire::UpdateRecordsRequest& request, size_t i,
                             const wire::TableType& type) {
  if (request.record_encoding == "json") {
    const bool given = i < request.records_to_insert_str.size();
    return given ? row_from_json(type, request.records_to_insert_str[i]) : std::string();
  }
  return i < request.records_to_insert.size() ? std::string(request.records_to_insert[i])
                                              : std::string();
}

wire::UpdateRecordsResponse update_records(Call& call, const wire::UpdateRecordsRequest& request) {
  for (const char* unknown : {"pk_conflict_predicate_higher", "pk_conflict_predicate_lower"}) {
    refuse_option(request.options, unknown);
  }
  if (const auto handling = option(request.options, "error_handling");
      !handling.empty() && handling != "abort") {
    throw Error(Reaction::fail_task,
                "error_handling `{}` is not known here: a value that is refused ends the update",
                handling);
  }
  if (request.record_encoding != "binary" && request.record_encoding != "json") {
    throw Error(Reaction::fail_task, "record_encoding `{}` is not known; binary and json are",
                request.record_encoding);
  }
  const auto table = call.database.catalog.table_to_write(request.table_name);
  const auto type = table->type();
  const KeyConflict on_key_conflict = read_conflict(request.options);
  auto updates = read_updates(request, *type);
  const std::string user = user_of(call);
  InsertOptions inserting{.update_on_existing_pk = flag(request.options, "update_on_existing_pk"),
                          .ignore_existing_pk = flag(request.options, "ignore_existing_pk"),
                          .truncate_strings = flag(request.options, "truncate_strings"),
                          .user = user};
  wire::UpdateRecordsResponse response;
  for (size_t i = 0; i < updates.size(); ++i) {
    bool chosen = false;
    const auto change = [&](std::string_view row, std::string& changed) {
      if (!updates[i].chooses(row)) return false;
      chosen = true;
      updates[i].values->apply(row, user, changed);
      return true;
    };
    response.counts_updated.push_back(table->rewrite(change, on_key_conflict, updates[i].scope));
    response.count_updated += response.counts_updated.back();
    int64_t inserted = 0;
    if (!chosen) {
      if (const auto record = record_to_insert(request, i, type->type); !record.empty()) {
        const std::string_view rows[] = {record};
        const InsertResult result = table->insert(rows, inserting, type.get());
        inserted = result.inserted + result.updated;
      }
    }
    response.counts_inserted.push_back(inserted);
    response.count_inserted += inserted;
  }
  return response;
}

}  // namespace

std::vector<Endpoint> update_endpoints() { return {endpoint<update_records>}; }

}  // namespace kc::server
