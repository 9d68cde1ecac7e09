// A table's column whose values only grow (kinetica.incrementing_column), and how its values are
// told from each other: by their place, a number that orders as the column's values do.
//
//   column                 values of a row, and of a source offset
//   int, long, timestamp   whole numbers
//   unsigned long          the text of a whole number from 0 on
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/arena.h"
#include "data/value.h"
#include "wire/table_type.h"

namespace kc::source {

class IncrementingColumn {
 public:
  static constexpr uint64_t last_place = UINT64_MAX;

  // `type` with its properties. Throws Error(fix_config) when it has no such column, or one that is
  // nullable or of another type.
  IncrementingColumn(const std::string& table, const wire::TableType& type, std::string column);

  const std::string& name() const { return name_; }
  // No two rows have the same value: it is the whole primary key.
  bool is_unique() const { return unique_; }

  // Where it is in another type of the table, whose properties do not count. Throws
  // Error(fail_task) when it is not there any more.
  size_t index_in(const wire::TableType& type) const;

  // Throws Error(fail_task) for a text that is no number.
  uint64_t place(const data::Value& value) const;
  // Nothing for a text that is none of its values.
  std::optional<uint64_t> parse(std::string_view text) const;
  // The value, as expressions and messages have it.
  std::string text(uint64_t place) const;
  // The value, as source offsets have it.
  data::Value value(uint64_t place, base::Arena& arena) const;

 private:
  const std::string table_;
  const std::string name_;
  wire::BaseType type_ = wire::BaseType::long_;
  bool unique_ = false;
};

}  // namespace kc::source
