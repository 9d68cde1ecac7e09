// Dates and times as java.text.SimpleDateFormat reads and writes them in UTC, in the three forms
// that header texts have (org.apache.kafka.connect.data.Values).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace kc::convert {

inline constexpr std::string_view iso_date = "yyyy-MM-dd";
inline constexpr std::string_view iso_time = "HH:mm:ss.SSSZ";
inline constexpr std::string_view iso_timestamp = "yyyy-MM-ddTHH:mm:ss.SSSZ";

// Milliseconds since 1970, or nothing when `text` does not begin with `form` (one of those above).
// Lenient as Java's: fields may have any number of digits and any value (month 13 is January of the
// next year), what follows is ignored, and dates before 1582-10-15 are of the Julian calendar.
// `text`: at most 64 bytes.
std::optional<int64_t> read_iso(std::string_view text, std::string_view form);

// Values.dateFormatFor: the time alone before 1970-01-02, the date alone at midnight, else both.
void append_iso(int64_t milliseconds, std::string& out);

}  // namespace kc::convert
