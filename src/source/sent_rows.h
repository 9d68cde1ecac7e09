// Which rows of a table were sent, as far as a reading has to know: the greatest place
// (incrementing_column.h), and the bytes of the rows from some place on. One thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "source/remembered_rows.h"

namespace kc::source {

class SentRows {
 public:
  static constexpr size_t bytes_max = 16 * 1024 * 1024;

  // `unique`: no two rows have the same place.
  explicit SentRows(bool unique) : unique_(unique) {}

  // Forgets all: the rows up to this place were sent, those at it perhaps not all.
  void begin_at(std::optional<uint64_t> place);
  void add(uint64_t place, std::string_view row);

  // Nothing while no row was sent.
  std::optional<uint64_t> greatest() const { return greatest_; }
  // Where a reading has to begin: rows before it were sent, and those from it on that were sent are
  // remembered. That is the greatest place, unless hold() was called.
  uint64_t first_unsent() const;
  const RememberedRows& remembered() const { return rows_; }

  // From now on all rows are remembered, until release(). Those before `place` need not be, where
  // none that is as great was sent: all of them will be.
  void hold(std::optional<uint64_t> place);
  void release() { held_ = false; }

 private:
  const bool unique_;
  std::optional<uint64_t> greatest_;
  std::optional<uint64_t> anchor_;  // of what is remembered; nothing: no row was sent before
  RememberedRows rows_{bytes_max};
  bool held_ = false;
};

}  // namespace kc::source
