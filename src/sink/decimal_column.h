// Kinetica's exact numbers: the column that a Connect Decimal gets, and what such a column keeps.
//
//   decimal        what 8 bytes hold, with 4 digits after the point: +-922337203685477.5807
//   decimal(p,s)   p digits, s of them after the point: from Kinetica 7.2 on
//
// A decimal column takes texts; what has more digits after the point the database rounds.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "data/schema.h"
#include "wire/table_type.h"
#include "wire/value_text.h"

namespace kc::sink {

// Which decimal columns a database knows.
enum class Decimals : uint8_t { plain, sized };

// A column without a name that keeps every value that `schema`, a Decimal, describes: decimal(p,s)
// with its scale and its `connect.decimal.precision` (27 digits in all when it has none), or plain
// `decimal` where that has the digits, else a string.
wire::Column decimal_column(const data::Schema& schema, Decimals decimals);

// What a decimal column keeps.
struct DecimalRange {
  int scale = 0;         // digits after the point
  wire::Int128 max = 0;  // of the number times 10^scale

  // `column` is a decimal column.
  static DecimalRange of(const wire::Column& column);

  // Why the column does not keep the number `text`, as a phrase; empty when it does, and for texts
  // that are no plain numbers, which the database judges. Digits that it would round away count
  // only when the number is `exact`.
  std::string misfit(std::string_view text, bool exact) const;
};

}  // namespace kc::sink
