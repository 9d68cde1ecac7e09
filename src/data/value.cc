#include "data/value.h"

#include <algorithm>
#include <bit>
#include <cmath>

namespace kc::data {

std::string_view kind_name(Kind kind) {
  static constexpr std::string_view names[] = {
      "null",  "BOOLEAN", "INT8", "INT16",  "INT32",   "INT64", "FLOAT32", "FLOAT64",  "STRING",
      "BYTES", "ARRAY",   "MAP",  "STRUCT", "Decimal", "Date",  "Time",    "Timestamp"};
  return names[static_cast<size_t>(kind)];
}

bool operator==(const Value& left, const Value& right) {
  if (left.kind() != right.kind()) return false;
  switch (left.kind()) {
    case Kind::null:
      return true;
    case Kind::float32:
    case Kind::float64:
      return std::bit_cast<uint64_t>(left.as_real()) == std::bit_cast<uint64_t>(right.as_real()) ||
             (std::isnan(left.as_real()) && std::isnan(right.as_real()));
    case Kind::decimal:
      return left.scale() == right.scale() && left.as_text() == right.as_text();
    case Kind::string:
    case Kind::bytes:
      return left.as_text() == right.as_text();
    case Kind::array:
    case Kind::structure:
      return std::ranges::equal(left.items(), right.items());
    case Kind::map:
      return std::ranges::equal(left.entries(), right.entries());
    default:
      return left.as_integer() == right.as_integer();
  }
}

}  // namespace kc::data
