#include "source/incrementing_column.h"

#include <algorithm>
#include <charconv>
#include <utility>

#include "base/error.h"
#include "source/source_config.h"
#include "wire/column_format.h"
#include "wire/value_text.h"

namespace kc::source {

using base::Error;
using base::Reaction;
using data::Value;
using wire::BaseType;
using wire::ColumnKind;

namespace {

constexpr uint64_t sign_bit = uint64_t{1} << 63;

bool may_increment(const wire::Column& column) {
  switch (wire::column_format(column).kind) {
    case ColumnKind::int32:
    case ColumnKind::int8:
    case ColumnKind::int16:
    case ColumnKind::int64:
    case ColumnKind::timestamp:
    case ColumnKind::ulong:
      return true;
    default:
      return false;
  }
}

uint64_t place_of(int64_t value) { return static_cast<uint64_t>(value) ^ sign_bit; }

}  // namespace

IncrementingColumn::IncrementingColumn(const std::string& table, const wire::TableType& type,
                                       std::string column)
    : table_(table), name_(std::move(column)) {
  const auto found = type.find(name_);
  if (!found) {
    throw Error(Reaction::fix_config,
                "{} names column {} for table {}, which has no such column. Hint: name one of its "
                "int, long, timestamp or unsigned long columns, or leave its place empty",
                incrementing_column_property, name_, table_);
  }
  const wire::Column& held = type.columns()[*found];
  if (!may_increment(held)) {
    throw Error(Reaction::fix_config,
                "{} names column {} of table {}, which is of type {}. Hint: name an int, long, "
                "timestamp or unsigned long column, or leave its place empty",
                incrementing_column_property, name_, table_, wire::column_type_name(held));
  }
  if (held.nullable()) {
    throw Error(Reaction::fix_config,
                "{} names column {} of table {}, which is nullable: rows without a value could not "
                "be found again. Hint: name a column that is not nullable, or leave its place "
                "empty",
                incrementing_column_property, name_, table_);
  }
  type_ = held.type;
  unique_ = held.primary_key() && std::ranges::count_if(type.columns(), [](const auto& other) {
                                    return other.primary_key();
                                  }) == 1;
}

size_t IncrementingColumn::index_in(const wire::TableType& type) const {
  const auto found = type.find(name_);
  if (found && type.columns()[*found].type == type_ && !type.columns()[*found].nullable()) {
    return *found;
  }
  throw Error(Reaction::fail_task,
              "Table {} no longer has the column {} that {} names, as it was when the task began",
              table_, name_, incrementing_column_property);
}

uint64_t IncrementingColumn::place(const Value& value) const {
  if (type_ != BaseType::string) return place_of(value.as_integer());
  const auto number = wire::parse_ulong(value.as_text());
  if (!number) {
    throw Error(Reaction::fail_task, "Column {} of table {} has the value `{}`: not a number",
                name_, table_, value.as_text());
  }
  return *number;
}

std::optional<uint64_t> IncrementingColumn::parse(std::string_view text) const {
  if (type_ == BaseType::string) return wire::parse_ulong(text);
  int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return place_of(number);
}

std::string IncrementingColumn::text(uint64_t place) const {
  return type_ == BaseType::string ? std::to_string(place)
                                   : std::to_string(static_cast<int64_t>(place ^ sign_bit));
}

Value IncrementingColumn::value(uint64_t place, base::Arena& arena) const {
  if (type_ == BaseType::string) return Value::string(arena.copy(text(place)));
  return Value::int64(static_cast<int64_t>(place ^ sign_bit));
}

}  // namespace kc::source
