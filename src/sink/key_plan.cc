#include "sink/key_plan.h"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "base/error.h"
#include "wire/row_codec.h"

namespace kc::sink {

using base::Error;
using base::Reaction;
using data::Kind;
using data::Value;

KeyPlan::KeyPlan(std::string table, std::shared_ptr<const PrimaryKey> key)
    : table_(std::move(table)), key_(std::move(key)), map_plan_(compile(nullptr)) {
  has_reals_ = std::ranges::any_of(key_->type().columns(), [](const wire::Column& column) {
    return column.type == wire::BaseType::float_ || column.type == wire::BaseType::double_;
  });
}

RowPlan KeyPlan::compile(const data::Schema* schema) const {
  RowPlan plan(table_, key_->type(), schema);
  plan.ignore_other_fields();
  return plan;
}

std::string_view KeyPlan::encode(const data::Record& record) {
  encoded_.clear();
  try {
    const Kind kind = record.key.kind();
    if (kind == Kind::structure || kind == Kind::map) {
      encode_fields(record);
    } else {
      encode_single(record);
    }
    const std::string_view key = wire::AvroReader(encoded_.row_bytes()).read_bytes();
    if (has_reals_) refuse_unless_finite(record, key);
    return key;
  } catch (const Error& error) {
    if (error.reaction() != Reaction::skip_record) throw;
    throw Error(Reaction::skip_record,
                "{}. Hint: with kinetica.delete_enabled=true, the key of a record without value is "
                "to name the row to delete: by a field for each column of the primary key ({}), or "
                "by a single value for a key of one column",
                error.what(), key_->column_names());
  }
}

// The plans are for values.
void KeyPlan::encode_fields(const data::Record& record) {
  data::Record key = record;
  key.value = record.key;
  key.value_schema = record.key_schema;
  if (record.key.kind() == Kind::map) return map_plan_.encode(key, encoded_);
  if (!structure_plan_ || schema_.get() != record.key_schema) {
    schema_ = record.key_schema->shared_from_this();
    structure_plan_.emplace(compile(schema_.get()));
  }
  structure_plan_->encode(key, encoded_);
}

void KeyPlan::encode_single(const data::Record& record) {
  const auto& columns = key_->type().columns();
  if (record.key.is_null()) fail(record, "it has no key");
  if (columns.size() > 1) {
    fail(record, fmt::format("its key is a single value, a {}, and the table's has {} columns",
                             kind_name(record.key.kind()), columns.size()));
  }
  const Value entries[] = {Value::string(columns.front().name), record.key};
  data::Record key = record;
  key.value = Value::map(entries);
  key.value_schema = nullptr;
  map_plan_.encode(key, encoded_);
}

// Nothing else equals such a number, so that no expression selects its row.
void KeyPlan::refuse_unless_finite(const data::Record& record, std::string_view key) {
  std::vector<Value> values;
  wire::decode_row(key_->type(), key, values);
  for (size_t i = 0; i < values.size(); ++i) {
    const bool is_real = values[i].kind() == Kind::float32 || values[i].kind() == Kind::float64;
    if (!is_real || std::isfinite(values[i].as_real())) continue;
    fail(record, fmt::format("field {}: {} cannot be looked for", key_->type().columns()[i].name,
                             values[i].as_real()));
  }
}

void KeyPlan::fail(const data::Record& record, std::string_view reason) const {
  throw Error(Reaction::skip_record,
              "Record without value deletes no row of table {} (topic {}, partition {}, offset "
              "{}): {}",
              table_, record.topic, record.partition, record.offset, reason);
}

}  // namespace kc::sink
