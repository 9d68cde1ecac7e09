#include "sink/row_plan.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstring>

#include "base/error.h"
#include "base/log.h"
#include "sink/row_value.h"

namespace kc::sink {
namespace {

using data::Kind;
using data::Value;

constexpr Kind no_kind{255};
constexpr char value_branch = 0;  // of the union [type, null]
constexpr char null_branch = 2;   // 1, zigzag

template <typename Word>
Word load(const char* bytes) {
  Word word;
  std::memcpy(&word, bytes, sizeof word);
  return word;
}

// Keys are short: two overlapping loads are cheaper than a call of memcmp.
bool same_bytes(const char* left, const char* right, size_t size) {
  if (size >= 8) {
    if (load<uint64_t>(left + size - 8) != load<uint64_t>(right + size - 8)) return false;
    for (size_t i = 0; i + 8 < size; i += 8) {
      if (load<uint64_t>(left + i) != load<uint64_t>(right + i)) return false;
    }
    return true;
  }
  if (size >= 4) {
    return load<uint32_t>(left) == load<uint32_t>(right) &&
           load<uint32_t>(left + size - 4) == load<uint32_t>(right + size - 4);
  }
  for (size_t i = 0; i < size; ++i) {
    if (left[i] != right[i]) return false;
  }
  return true;
}

bool is_key(const Value& key, std::string_view name) {
  return key.kind() == Kind::string && key.size() == name.size() &&
         same_bytes(key.as_text().data(), name.data(), name.size());
}

}  // namespace

RowPlan::RowPlan(std::string table, const wire::TableType& type, const data::Schema* schema)
    : table_(std::move(table)), columns_(type.columns()), ops_(columns_.size()) {
  targets_.reserve(columns_.size());
  for (size_t i = 0; i < columns_.size(); ++i) {
    const wire::Column& column = columns_[i];
    const ColumnTarget& target = targets_.emplace_back(column);
    Op& op = ops_[i];
    op.name = column.name;
    op.nullable = column.nullable();
    op.min = target.min;
    op.max = target.max;
    op.bytes_max = target.characters_max;
    op.position = static_cast<uint32_t>(i);
    op.expected = no_kind;
    fixed_bytes_ += 1 + converted_bytes_max;
    const data::Field* field = schema == nullptr ? nullptr : schema->find_field(column.name);
    op.absent = field == nullptr;
    if (field == nullptr) continue;
    op.field = field->index;
    op.step = step_for(target, field->schema->value_kind());
    if (op.step != Step::other) op.expected = field->schema->value_kind();
    if (const auto& value = field->schema->default_value()) {
      op.default_value = &*value;
      fixed_bytes_ += value->size();
    }
  }
  if (schema == nullptr) return;
  structure_fields_ = schema->fields().size();
  const auto known = std::ranges::count(ops_, false, &Op::absent);
  structure_extra_ = structure_fields_ - static_cast<size_t>(known);
}

// The kinds whose values are written without a conversion that could fail in more than one way.
RowPlan::Step RowPlan::step_for(const ColumnTarget& target, Kind kind) {
  using Target = ColumnTarget::Kind;
  const bool whole = kind >= Kind::boolean && kind <= Kind::int64;
  const bool real = kind == Kind::float32 || kind == Kind::float64;
  switch (target.kind) {
    case Target::integer:
      return whole || kind == Kind::timestamp ? Step::integer : Step::other;
    case Target::timestamp:
      return whole || kind == Kind::timestamp ? Step::integer : Step::other;
    case Target::float_:
      return real ? Step::float_ : Step::other;
    case Target::double_:
      return real ? Step::double_ : whole ? Step::double_of_integer : Step::other;
    case Target::bytes:
      return kind == Kind::bytes ? Step::text : Step::other;
    case Target::decimal:
      return Step::other;
    default:
      return kind == Kind::string ? Step::text : Step::other;
  }
}

// nullptr when the value does not fit. Does not look at its kind.
inline char* RowPlan::put_step(const Op& op, const Value& value, char* out) {
  *out = value_branch;
  out += op.nullable ? 1 : 0;
  switch (op.step) {
    case Step::integer: {
      const int64_t number = value.as_integer();
      if (number < op.min || number > op.max) [[unlikely]]
        return nullptr;
      return put_varint(out, number);
    }
    case Step::text: {
      const std::string_view text = value.as_text();
      if (text.size() > op.bytes_max) [[unlikely]]
        return nullptr;
      return put_text_value(out, text);
    }
    case Step::double_:
      return wire::put_double(out, value.as_real());
    case Step::float_: {
      const auto narrowed = static_cast<float>(value.as_real());
      if (std::isinf(narrowed)) [[unlikely]]
        return nullptr;
      return wire::put_float(out, narrowed);
    }
    case Step::double_of_integer:
      return wire::put_double(out, static_cast<double>(value.as_integer()));
    case Step::other:
      break;
  }
  return nullptr;
}

inline char* RowPlan::put(size_t column, Op& op, const Value& value, const data::Record& record,
                          char* out) {
  if (value.kind() == op.expected) [[likely]] {
    if (char* const end = put_step(op, value, out); end != nullptr) [[likely]]
      return end;
  }
  return put_other(column, op, value, record, out);
}

[[gnu::noinline]] char* RowPlan::put_other(size_t column, Op& op, const Value& value,
                                           const data::Record& record, char* out) {
  if (value.is_null()) {
    // Struct.get() gives the default for a null.
    if (op.default_value != nullptr && !op.default_value->is_null()) {
      return put_other(column, op, *op.default_value, record, out);
    }
    return put_absent(op, record, out);
  }
  const ColumnTarget& target = targets_[column];
  if (const Step step = step_for(target, value.kind()); step != Step::other) {
    op.step = step;
    op.expected = value.kind();
    if (char* const end = put_step(op, value, out); end != nullptr) return end;
  }
  std::string reason;
  if (op.nullable) *out++ = value_branch;
  char* const end = put_converted(target, value, out, reason);
  if (end == nullptr) {
    fail(record,
         fmt::format("field {}: {} {} does not go into the column ({}): {}", op.name,
                     kind_name(value.kind()), shown(value), describe(columns_[column]), reason));
  }
  return end;
}

char* RowPlan::put_absent(const Op& op, const data::Record& record, char* out) const {
  if (!op.nullable) {
    const wire::Column& column = columns_[static_cast<size_t>(&op - ops_.data())];
    const bool is_key = column.primary_key() || column.shard_key();
    fail(record, fmt::format("Unsupported null value in field {}: the column {} not nullable",
                             op.name, is_key ? "is part of the table's key and" : "is"));
  }
  *out = null_branch;
  return out + 1;
}

void RowPlan::encode(const data::Record& record, wire::InsertBody& body) {
  if (record.value.kind() == Kind::structure) return encode_structure(record, body);
  if (record.value.kind() == Kind::map) return encode_map(record, body);
  fail(record, fmt::format("a value of kind {} has no fields; send structures, or JSON objects",
                           kind_name(record.value.kind())));
}

void RowPlan::encode_structure(const data::Record& record, wire::InsertBody& body) {
  const auto items = record.value.items();
  if (items.size() != structure_fields_ || items.empty()) [[unlikely]] {
    fail(record, fmt::format("the structure has {} values, its schema {} fields", items.size(),
                             structure_fields_));
  }
  size_t bytes_max = fixed_bytes_;
  for (const Value& item : items) bytes_max += item.size();
  char* out = body.begin_row(bytes_max);
  for (size_t i = 0; i < ops_.size(); ++i) {
    Op& op = ops_[i];
    out = op.absent ? put_absent(op, record, out) : put(i, op, items[op.field], record, out);
  }
  body.end_row(out);
  if (structure_extra_ > 0) [[unlikely]] {
    ignored_fields_ += structure_extra_;
    if (!ignored_reported_) report_ignored(record);
  }
}

void RowPlan::encode_map(const data::Record& record, wire::InsertBody& body) {
  const auto entries = record.value.entries();
  size_t bytes_max = fixed_bytes_;
  for (size_t i = 1; i < entries.size(); i += 2) bytes_max += entries[i].size();
  char* out = body.begin_row(bytes_max);
  size_t present = 0;
  for (size_t i = 0; i < ops_.size(); ++i) {
    Op& op = ops_[i];
    const size_t predicted = size_t{op.position} * 2;
    const Value* value = nullptr;
    if (predicted < entries.size() && is_key(entries[predicted], op.name)) [[likely]] {
      value = &entries[predicted + 1];
    } else {
      value = find(op, entries);
    }
    if (value == nullptr) {
      out = put_absent(op, record, out);
      continue;
    }
    ++present;
    out = put(i, op, *value, record, out);
  }
  body.end_row(out);
  if (present * 2 < entries.size()) [[unlikely]] {
    ignored_fields_ += entries.size() / 2 - present;
    if (!ignored_reported_) report_ignored(record);
  }
}

[[gnu::noinline]] const Value* RowPlan::find(Op& op, std::span<const Value> entries) const {
  for (size_t i = 0; i < entries.size(); i += 2) {
    if (!is_key(entries[i], op.name)) continue;
    op.position = static_cast<uint32_t>(i / 2);
    return &entries[i + 1];
  }
  return nullptr;
}

// Nulls do not count: leaving them out loses nothing. Comes after the columns were looked for, and
// uses where they were found.
bool RowPlan::has_extra_values(std::span<const Value> entries) const {
  size_t values = 0;
  for (size_t i = 1; i < entries.size(); i += 2) values += entries[i].is_null() ? 0U : 1U;
  for (const Op& op : ops_) {
    const size_t found = size_t{op.position} * 2;
    if (found < entries.size() && is_key(entries[found], op.name) &&
        !entries[found + 1].is_null()) {
      --values;
    }
  }
  return values > 0;
}

void RowPlan::report_ignored(const data::Record& record) {
  if (record.value.kind() == Kind::map && !has_extra_values(record.value.entries())) return;
  ignored_reported_ = true;
  std::string fields;
  const auto note = [&](std::string_view name) {
    if (std::ranges::find(ops_, name, &Op::name) != ops_.end()) return;
    fields.append(fields.empty() ? "" : ", ").append(name);
  };
  if (record.value.kind() == Kind::map) {
    const auto entries = record.value.entries();
    for (size_t i = 0; i < entries.size(); i += 2) {
      if (entries[i].kind() == Kind::string && !entries[i + 1].is_null()) {
        note(entries[i].as_text());
      }
    }
  } else if (record.value_schema != nullptr) {
    for (const data::Field& field : record.value_schema->fields()) note(field.name);
  }
  base::log_warn(
      "Records of topic {} have fields that table {} has no column for, and that are left out: {}",
      record.topic, table_, fields);
}

void RowPlan::fail(const data::Record& record, std::string_view text) const {
  throw base::Error(base::Reaction::skip_record,
                    "Record conversion failed for table {} (topic {}, partition {}, offset {}): {}",
                    table_, record.topic, record.partition, record.offset, text);
}

}  // namespace kc::sink
