// Numbers in header texts.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

#include "base/arena.h"
#include "data/value.h"

namespace kc::convert {

// `text` as java.math.BigDecimal's constructor reads it, in the smallest of int8 to int64, float32,
// float64 and decimal that takes it; float32 takes whatever is not too big for it, at a loss.
// Nothing when `text` is no such number, has more than `digits_max` digits, or needs a decimal
// whose scale is beyond 16 bits.
std::optional<data::Value> read_header_number(std::string_view text, size_t digits_max,
                                              base::Arena& arena);

}  // namespace kc::convert
