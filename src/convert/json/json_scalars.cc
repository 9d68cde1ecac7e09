#include "convert/json/json_scalars.h"

#include <fmt/format.h>

#include "base/base64.h"
#include "base/error.h"

namespace kc::convert {

using base::Error;
using base::Reaction;
using data::Value;

namespace {

constexpr int32_t milliseconds_per_day = 86'400'000;

int32_t read_int32(JsonCursor& cursor, char first, std::string_view logical) {
  const char* const start = cursor.position();
  if (starts_number(first)) {
    const JsonNumber number = cursor.read_number();
    if (number.fits_int32()) return static_cast<int32_t>(number.low_bits());
  }
  cursor.rewind(start);
  fail_form(cursor,
            fmt::format("Invalid type for {}, underlying representation should be integer but was ",
                        logical));
}

// Base64 as MIME breaks it into lines: Jackson skips what is no letter before each four of them,
// and behind the last.
std::string without_blanks(std::string_view text) {
  std::string letters;
  for (const char c : text) {
    const bool blank = static_cast<unsigned char>(c) <= ' ';
    if (!blank || letters.size() % 4 != 0) letters += c;
  }
  return letters;
}

}  // namespace

void fail_null(const data::Schema& schema, std::string_view field) {
  const std::string_view type = data::type_name(schema.type());
  if (field.empty()) {
    throw Error(Reaction::skip_record, "Invalid null value for required {} field", type);
  }
  throw Error(Reaction::skip_record,
              "Invalid null value for required {} field: \"{}\" is null or missing", type, field);
}

std::optional<std::string> find_converted_null(const data::Schema& schema, const Value& value,
                                               const std::string& location) {
  if (value.is_null()) {
    if (schema.optional()) return std::nullopt;
    return fmt::format("Invalid value: null used for required {}, schema type: {}", location,
                       data::type_name(schema.type()));
  }
  const bool is_map = value.kind() == data::Kind::map;
  if (!is_map && value.kind() != data::Kind::array) return std::nullopt;
  const auto items = is_map ? value.entries() : value.items();
  for (size_t i = 0; i < items.size(); ++i) {
    const bool is_key = is_map && i % 2 == 0;
    const std::string_view part = is_key   ? "key of map "
                                  : is_map ? "value of map "
                                           : "element of array ";
    auto found = find_converted_null(is_key ? *schema.key_schema() : *schema.value_schema(),
                                     items[i], fmt::format("{}{}", part, location));
    if (found) return found;
  }
  return std::nullopt;
}

void fail_form(JsonCursor& cursor, std::string_view what) {
  const char first = cursor.peek();
  cursor.skip_value();
  throw Error(Reaction::skip_record, "{}{}", what, JsonCursor::node_type(first));
}

Value read_base64(JsonCursor& cursor, std::string_view error) {
  const std::string_view text = cursor.read_string();
  const size_t room = text.size() / 4 * 3;
  char* const bytes = static_cast<char*>(cursor.arena().allocate(room, 1));
  auto size = base::base64_decode(text, bytes);
  if (!size) [[unlikely]] {
    size = base::base64_decode(without_blanks(text), bytes);
  }
  if (!size) throw Error(Reaction::skip_record, "{}: the text is not base64", error);
  cursor.arena().shrink_latest(bytes, *size);
  return Value::bytes({bytes, *size});
}

Value read_decimal(JsonCursor& cursor, const data::Schema& schema, char first) {
  if (starts_number(first)) return to_decimal(cursor.read_number(), cursor.arena());
  if (first == '"') {
    const Value bytes = read_base64(cursor, "Invalid bytes for Decimal field");
    if (bytes.size() == 0) {
      throw Error(Reaction::skip_record, "Invalid bytes for Decimal field: there are none");
    }
    return Value::decimal(bytes.as_text(), schema.scale());
  }
  fail_form(cursor,
            "Invalid type for Decimal, underlying representation should be numeric or bytes but "
            "was ");
}

Value read_date(JsonCursor& cursor, char first) {
  return Value::date(read_int32(cursor, first, "Date"));
}

Value read_time(JsonCursor& cursor, char first) {
  const int32_t value = read_int32(cursor, first, "Time");
  if (value < 0 || value > milliseconds_per_day) {
    throw Error(Reaction::skip_record,
                "Time values must use number of milliseconds greater than 0 and less than "
                "86400000, but this is {}",
                value);
  }
  return Value::time(value);
}

Value read_timestamp(JsonCursor& cursor, char first) {
  constexpr std::string_view integral =
      "Invalid type for Timestamp, underlying representation should be integral but was ";
  const char* const start = cursor.position();
  if (starts_number(first)) {
    const JsonNumber number = cursor.read_number();
    if (number.integral) return Value::timestamp(number.low_bits());
  }
  cursor.rewind(start);
  fail_form(cursor, integral);
}

}  // namespace kc::convert
