#include "source/remembered_rows.h"

#include <algorithm>
#include <functional>

namespace kc::source {

void RememberedRows::add(std::string_view row) {
  if (bytes_.size() + row.size() > bytes_max_) return;
  rows_.push_back({std::hash<std::string_view>()(row), bytes_.size(), row.size(), false});
  bytes_.append(row);
  sorted_ = rows_.size() == 1;
}

void RememberedRows::add(const RememberedRows& rows) {
  for (const Row& row : rows.rows_) {
    add(std::string_view(rows.bytes_).substr(row.begin, row.size));
  }
}

bool RememberedRows::take(std::string_view row) {
  if (rows_.empty()) return false;
  if (!sorted_) std::ranges::sort(rows_, {}, &Row::hash);
  sorted_ = true;
  const auto same =
      std::ranges::equal_range(rows_, std::hash<std::string_view>()(row), {}, &Row::hash);
  for (Row& known : same) {
    if (known.taken || std::string_view(bytes_).substr(known.begin, known.size) != row) continue;
    known.taken = true;
    return true;
  }
  return false;
}

void RememberedRows::clear() {
  if (bytes_.capacity() > kept_bytes_max) *this = RememberedRows(bytes_max_);
  bytes_.clear();
  rows_.clear();
  sorted_ = true;
}

}  // namespace kc::source
