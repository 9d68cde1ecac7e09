// Files that registries need not have: what Confluent's converters and Google's common types
// declare, as far as data can hold it. google/protobuf/*.proto come with the Protobuf library.
#pragma once

#include <span>
#include <string_view>

namespace kc::convert {

struct ProtobufKnownFile {
  std::string_view name;
  std::string_view text;
};

// Each after those that it imports.
std::span<const ProtobufKnownFile> protobuf_known_files();

inline constexpr std::string_view protobuf_meta_file = "confluent/meta.proto";
inline constexpr std::string_view protobuf_decimal_file = "confluent/type/decimal.proto";
inline constexpr std::string_view protobuf_date_file = "google/type/date.proto";
inline constexpr std::string_view protobuf_time_file = "google/type/timeofday.proto";
inline constexpr std::string_view protobuf_timestamp_file = "google/protobuf/timestamp.proto";
inline constexpr std::string_view protobuf_wrappers_file = "google/protobuf/wrappers.proto";

// Messages that stand for a value of Connect.
inline constexpr std::string_view protobuf_decimal_message = "confluent.type.Decimal";
inline constexpr std::string_view protobuf_date_message = "google.type.Date";
inline constexpr std::string_view protobuf_time_message = "google.type.TimeOfDay";
inline constexpr std::string_view protobuf_timestamp_message = "google.protobuf.Timestamp";

// The text of google/protobuf/wrappers.proto, under which a primitive at the top is registered.
std::string_view protobuf_wrappers_text();

}  // namespace kc::convert
