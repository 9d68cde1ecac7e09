#include "source/sent_rows.h"

#include <utility>

#include "source/incrementing_column.h"

namespace kc::source {

void SentRows::begin_at(std::optional<uint64_t> place) {
  greatest_ = place;
  remember_from(place);
}

void SentRows::remember_from(std::optional<uint64_t> place) {
  before_place_ = place;
  before_.clear();
  page_place_ = place;
  rows_.clear();
}

void SentRows::add(uint64_t place, std::string_view row) {
  if (!greatest_ || place > *greatest_) {
    greatest_ = place;
    if (!held_) remember_from(place);
  }
  if (before_place_ && place < *before_place_) return;
  if (before_place_ != place || !unique_) rows_.add(row);
}

void SentRows::release() {
  held_ = false;
  if (unique_) remember_from(greatest_);
}

void SentRows::begin_page(uint64_t place) {
  if (greatest_ && place <= *greatest_) return;  // rows beyond were sent: all are kept
  std::swap(before_, rows_);
  rows_.clear();
  before_place_ = std::exchange(page_place_, place);
}

uint64_t SentRows::first_unsent() const {
  if (!before_place_) return 0;
  return unique_ && *before_place_ < IncrementingColumn::last_place ? *before_place_ + 1
                                                                    : *before_place_;
}

void SentRows::copy_remembered(RememberedRows& to) const {
  to.clear();
  to.add(before_);
  to.add(rows_);
}

}  // namespace kc::source
