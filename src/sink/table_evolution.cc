#include "sink/table_evolution.h"

#include <fmt/core.h>

#include <algorithm>
#include <utility>

#include "sink/column_target.h"
#include "sink/table_columns.h"

namespace kc::sink {
namespace {

using data::Kind;
using data::Value;
using kinetica::ColumnChange;

bool has_column_type(Kind kind) {
  return kind != Kind::array && kind != Kind::map && kind != Kind::structure;
}

bool can_become_nullable(const wire::Column& column) {
  return !column.nullable() && !column.primary_key() && !column.shard_key() &&
         !column.has("soft_primary_key");
}

// Struct.get() gives the default for a null.
bool may_be_null(const data::Schema& field) {
  return field.optional() && (!field.default_value() || field.default_value()->is_null());
}

const data::Schema* structure_schema(const data::Record& record) {
  const data::Schema* schema = record.value_schema;
  return schema != nullptr && schema->type() == data::Type::structure ? schema : nullptr;
}

bool lacks_column(const wire::TableType& type, const data::Field& field) {
  return !type.find(field.name) && has_column_type(field.schema->value_kind());
}

const Value* find_entry(std::span<const Value> entries, std::string_view name) {
  for (size_t i = 0; i < entries.size(); i += 2) {
    if (entries[i].kind() == Kind::string && entries[i].as_text() == name) return &entries[i + 1];
  }
  return nullptr;
}

bool has_value_for(const data::Record& record, std::string_view column) {
  if (record.value.kind() == Kind::map) {
    const Value* value = find_entry(record.value.entries(), column);
    return value != nullptr && !value->is_null();
  }
  const data::Schema* schema = structure_schema(record);
  const data::Field* field = schema == nullptr ? nullptr : schema->find_field(column);
  if (field == nullptr) return false;
  const auto items = record.value.items();
  return !may_be_null(*field->schema) || field->index >= items.size() ||
         !items[field->index].is_null();
}

// Columns for fields that have none, in the order in which records bring them.
class NewColumns {
 public:
  NewColumns(const wire::TableType& type, Decimals decimals) : type_(type), decimals_(decimals) {}

  void add(const data::Record& record) {
    if (const data::Schema* schema = structure_schema(record); schema != nullptr) {
      add_schema(*schema);
    } else if (record.value.kind() == Kind::map) {
      maps_.add(record.value, /*refuse_nested=*/false);
    }
  }

  std::vector<wire::Column> take() {
    if (!maps_.empty()) add_columns(maps_.table_type());
    return std::move(columns_);
  }

 private:
  void add_schema(const data::Schema& schema) {
    if (std::ranges::find(schemas_, &schema) != schemas_.end()) return;
    schemas_.push_back(&schema);
    data::SchemaBuilder fields(data::Type::structure);
    bool any = false;
    for (const data::Field& field : schema.fields()) {
      if (!lacks_column(type_, field)) continue;
      fields.field(field.name, field.schema);
      any = true;
    }
    if (any) add_columns(table_type_of(*fields.build(), decimals_));
  }
  void add_columns(const wire::TableType& asked) {
    for (wire::Column column : asked.columns()) {
      if (type_.find(column.name)) continue;
      if (std::ranges::find(columns_, column.name, &wire::Column::name) != columns_.end()) continue;
      // Rows that are there have no value for it.
      if (!column.nullable()) column.properties.emplace_back("nullable");
      columns_.push_back(std::move(column));
    }
  }

  const wire::TableType& type_;
  const Decimals decimals_;
  std::vector<const data::Schema*> schemas_;
  ColumnInference maps_;
  std::vector<wire::Column> columns_;
};

}  // namespace

EvolutionCheck::EvolutionCheck(const EvolutionRules& rules, const wire::TableType& type,
                               const data::Schema* schema) {
  if (!rules.alter()) return;
  adds_ = rules.add_columns && schema == nullptr;
  for (const wire::Column& column : type.columns()) {
    const bool required = rules.make_nullable && can_become_nullable(column);
    columns_.push_back({.name = column.name, .required = required});
    if (!required) continue;
    ++required_;
    if (schema == nullptr) continue;
    const data::Field* field = schema->find_field(column.name);
    if (field == nullptr) {
      always_ = true;
    } else if (may_be_null(*field->schema)) {
      null_fields_.push_back(field->index);
    }
  }
  if (schema != nullptr && rules.add_columns) {
    always_ = always_ || std::ranges::any_of(schema->fields(), [&](const data::Field& field) {
                return lacks_column(type, field);
              });
  }
  active_ = always_ || !null_fields_.empty() || (schema == nullptr && (adds_ || required_ > 0));
}

bool EvolutionCheck::look(const Value& value) {
  if (always_) return true;
  if (value.kind() == Kind::map) return look_at_map(value.entries());
  if (value.kind() != Kind::structure) return false;
  const auto items = value.items();
  return std::ranges::any_of(
      null_fields_, [&](uint32_t field) { return field < items.size() && items[field].is_null(); });
}

bool EvolutionCheck::look_at_map(std::span<const Value> entries) {
  ++maps_;
  size_t required = 0;
  for (size_t i = 0; i < entries.size(); i += 2) {
    const Value& value = entries[i + 1];
    if (value.is_null() || entries[i].kind() != Kind::string) continue;
    Column* const column = find(i / 2, entries[i].as_text());
    if (column == nullptr) {
      if (adds_ && has_column_type(value.kind())) return true;
    } else if (column->required && std::exchange(column->seen_in, maps_) != maps_) {
      ++required;
    }
  }
  return required < required_;
}

// Maps of one topic have their keys in one order, as a rule.
EvolutionCheck::Column* EvolutionCheck::find(size_t position, std::string_view name) {
  if (position >= order_.size()) order_.resize(position + 1);
  size_t& predicted = order_[position];
  if (predicted < columns_.size() && columns_[predicted].name == name) return &columns_[predicted];
  const auto found = std::ranges::find(columns_, name, &Column::name);
  if (found == columns_.end()) return nullptr;
  predicted = static_cast<size_t>(found - columns_.begin());
  return &*found;
}

std::vector<ColumnChange> changes_for(const EvolutionRules& rules, const wire::TableType& type,
                                      std::span<const data::Record* const> records,
                                      Decimals decimals) {
  std::vector<ColumnChange> changes;
  if (!rules.enabled) return changes;
  if (rules.add_columns) {
    NewColumns added(type, decimals);
    for (const data::Record* record : records) added.add(*record);
    for (wire::Column& column : added.take()) {
      changes.push_back({.action = ColumnChange::Action::add, .column = std::move(column)});
    }
  }
  if (!rules.make_nullable) return changes;
  for (const wire::Column& column : type.columns()) {
    if (!can_become_nullable(column)) continue;
    const bool filled = std::ranges::all_of(
        records, [&](const data::Record* record) { return has_value_for(*record, column.name); });
    if (filled) continue;
    wire::Column changed = column;
    changed.properties.emplace_back("nullable");
    changes.push_back({.action = ColumnChange::Action::change, .column = std::move(changed)});
  }
  return changes;
}

std::string describe(std::span<const ColumnChange> changes) {
  std::string text;
  for (const ColumnChange& change : changes) {
    if (!text.empty()) text.append(", ");
    if (change.action == ColumnChange::Action::add) {
      text.append(fmt::format("column {} ({}) added", change.column.name, describe(change.column)));
    } else {
      text.append(fmt::format("column {} made nullable", change.column.name));
    }
  }
  return text;
}

}  // namespace kc::sink
