#include "sink/decimal_column.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <optional>

#include "wire/column_format.h"

namespace kc::sink {
namespace {

using wire::BaseType;
using wire::Column;

// Of decimal(p,s). (Kinetica documentation, "SQL Support", "Column Types".)
constexpr int precision_max = 27;
constexpr int scale_max = 18;
// Of plain decimal: any number of so many digits.
constexpr int plain_whole_digits = 14;
constexpr int plain_scale = 4;

// Nothing when the schema does not say.
std::optional<int> precision_of(const data::Schema& schema) {
  const std::string* text = schema.find_parameter(data::decimal_precision_parameter);
  if (text == nullptr) return std::nullopt;
  const char* const text_end = text->data() + text->size();
  int precision = 0;
  const auto [end, error] = std::from_chars(text->data(), text_end, precision);
  const bool valid = error == std::errc() && end == text_end && precision > 0;
  return valid ? std::optional(precision) : std::nullopt;
}

bool is_plain_number(std::string_view text) {
  if (text.starts_with('-') || text.starts_with('+')) text.remove_prefix(1);
  return text.find_first_of("0123456789") != std::string_view::npos &&
         text.find_first_not_of(".0123456789") == std::string_view::npos &&
         std::ranges::count(text, '.') <= 1;
}

wire::Int128 power_of_ten(int exponent) {
  wire::Int128 power = 1;
  for (int i = 0; i < exponent; ++i) power *= 10;
  return power;
}

}  // namespace

Column decimal_column(const data::Schema& schema, Decimals decimals) {
  const int scale = schema.scale();
  const std::optional<int> precision = precision_of(schema);
  const int places = std::max(scale, 0);
  if (decimals == Decimals::sized && places <= scale_max) {
    // A negative scale stands for zeros before the point, one above the precision for zeros
    // behind it.
    const int64_t digits = precision
                               ? std::max<int64_t>(int64_t{*precision} - std::min(scale, 0), places)
                               : precision_max;
    if (digits <= precision_max) {
      return {"", BaseType::string, {fmt::format("decimal({},{})", digits, places)}};
    }
  }
  if (decimals == Decimals::plain && places <= plain_scale &&
      (!precision || int64_t{*precision} - scale <= plain_whole_digits)) {
    return {"", BaseType::string, {"decimal"}};
  }
  return {"", BaseType::string, {}};
}

DecimalRange DecimalRange::of(const Column& column) {
  if (column.has("decimal")) return {plain_scale, INT64_MAX};
  constexpr int digits_max = 37;  // what an Int128 surely holds
  const wire::ColumnFormat format = wire::column_format(column);
  return {format.scale, power_of_ten(std::min<int>(format.precision, digits_max)) - 1};
}

std::string DecimalRange::misfit(std::string_view text, bool exact) const {
  if (!is_plain_number(text)) return {};
  const size_t point = text.find('.');
  if (exact && point != std::string_view::npos) {
    const size_t places = text.find_last_not_of('0') - point;
    if (places > static_cast<size_t>(scale)) {
      return fmt::format(
          "the value has {} digits after the point, of which the column keeps {}; give the column "
          "a type with more of them, or make it a string",
          places, scale);
    }
  }
  const auto unscaled = wire::parse_decimal(text, scale);
  if (!unscaled || *unscaled > max || *unscaled < -max) {
    return "the value is outside of the column's range; give the column a type with more digits, "
           "or make it a string";
  }
  return {};
}

}  // namespace kc::sink
