#include "source/sent_rows.h"

#include "source/incrementing_column.h"

namespace kc::source {

void SentRows::begin_at(std::optional<uint64_t> place) {
  greatest_ = place;
  anchor_ = place;
  rows_.clear();
  held_ = false;
}

void SentRows::add(uint64_t place, std::string_view row) {
  if (!greatest_ || place > *greatest_) {
    greatest_ = place;
    if (!held_) {
      anchor_ = place;
      rows_.clear();
    }
  }
  if (anchor_ && place < *anchor_) return;
  if (anchor_ != place || !unique_) rows_.add(row);
}

uint64_t SentRows::first_unsent() const {
  if (!anchor_) return 0;
  return unique_ && *anchor_ < IncrementingColumn::last_place ? *anchor_ + 1 : *anchor_;
}

void SentRows::hold(std::optional<uint64_t> place) {
  if (place && (!greatest_ || *place > *greatest_)) {
    anchor_ = place;
    rows_.clear();
  }
  held_ = true;
}

}  // namespace kc::source
