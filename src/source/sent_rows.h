// Which rows of a table were sent, as far as a reading has to know: the greatest place
// (incrementing_column.h), and the bytes of the rows from some place on, where that reading has to
// begin. That is the greatest place; between hold() and release(), while the table is read and for
// a while after it, the place where the page before the latest one began. One thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "source/remembered_rows.h"

namespace kc::source {

class SentRows {
 public:
  // Of the rows of a page and those sent after it; what is beyond may be sent twice.
  static constexpr size_t bytes_max = 16 * 1024 * 1024;

  // `unique`: no two rows have the same place.
  explicit SentRows(bool unique) : unique_(unique) {}

  // Forgets all: the rows up to this place were sent, those at it perhaps not all.
  void begin_at(std::optional<uint64_t> place);
  void add(uint64_t place, std::string_view row);

  void hold() { held_ = true; }
  void release();
  // The rows of a page that begins at this place will be sent now.
  void begin_page(uint64_t place);

  // Nothing while no row was sent.
  std::optional<uint64_t> greatest() const { return greatest_; }
  // The rows before it were sent; those from it on that were sent are remembered.
  uint64_t first_unsent() const;
  void copy_remembered(RememberedRows& to) const;

 private:
  void remember_from(std::optional<uint64_t> place);

  const bool unique_;
  bool held_ = false;
  std::optional<uint64_t> greatest_;
  // Where begins what is remembered; nothing: no row was sent before.
  std::optional<uint64_t> before_place_;
  RememberedRows before_{bytes_max};
  std::optional<uint64_t> page_place_;
  RememberedRows rows_{bytes_max};
};

}  // namespace kc::source
