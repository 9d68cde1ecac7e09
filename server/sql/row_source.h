// The rows that a query goes through: a table's, or some in memory, which outlive this.
#pragma once

#include <cstddef>
#include <functional>
#include <span>
#include <string>
#include <string_view>

#include "server/tables/table.h"

namespace kc::server::sql {

class RowSource {
 public:
  explicit RowSource(const Table::Reading& reading) : reading_(&reading) {}
  explicit RowSource(std::span<const std::string> rows) : rows_(rows) {}

  size_t size() const { return reading_ != nullptr ? reading_->size() : rows_.size(); }
  // From row number `offset` on, until `take` says false.
  void each(size_t offset, const std::function<bool(std::string_view)>& take) const {
    if (reading_ != nullptr) return reading_->each(offset, take);
    for (size_t i = offset; i < rows_.size(); ++i) {
      if (!take(rows_[i])) return;
    }
  }

 private:
  const Table::Reading* reading_ = nullptr;
  std::span<const std::string> rows_;
};

}  // namespace kc::server::sql
