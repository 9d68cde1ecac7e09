#include "sink/row_value.h"

#include <fmt/format.h>

#include "sink/value_text.h"

namespace kc::sink {
namespace {

std::string quoted(std::string_view text) {
  constexpr size_t shown_bytes_max = 100;
  if (text.size() <= shown_bytes_max) return fmt::format("'{}'", text);
  size_t cut = shown_bytes_max;
  while (cut > 0 && (text[cut] & 0xc0) == 0x80) --cut;
  return fmt::format("'{}...'", text.substr(0, cut));
}

}  // namespace

std::string shown(const data::Value& value) {
  using data::Kind;
  char buffer[text_bytes_max];
  const auto until = [&](const char* end) {
    return quoted({buffer, static_cast<size_t>(end - buffer)});
  };
  switch (value.kind()) {
    case Kind::null:
      return "null";
    case Kind::boolean:
      return value.as_boolean() ? "'true'" : "'false'";
    case Kind::string:
      return quoted(value.as_text());
    case Kind::float32:
    case Kind::float64:
      return until(put_real_text(buffer, value.as_real(), value.kind() == Kind::float32));
    case Kind::date:
      return until(put_date_text(buffer, value.as_integer()));
    case Kind::time:
      return until(put_time_text(buffer, value.as_integer()));
    case Kind::timestamp:
      return until(put_datetime_text(buffer, value.as_integer()));
    case Kind::decimal: {
      const char* end = put_decimal_text(buffer, value.as_text(), value.scale());
      return end == nullptr ? "(too long to show)" : until(end);
    }
    case Kind::bytes:
    case Kind::array:
    case Kind::map:
    case Kind::structure:
      return fmt::format("of {} {}", value.size(), value.kind() == Kind::bytes ? "bytes" : "items");
    default:
      return until(put_integer_text(buffer, value.as_integer()));
  }
}

}  // namespace kc::sink
