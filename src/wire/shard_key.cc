#include "wire/shard_key.h"

#include <algorithm>
#include <cstring>
#include <optional>

#include "wire/murmur3.h"
#include "wire/row_codec.h"
#include "wire/value_text.h"

namespace kc::wire {

namespace {

constexpr uint8_t decimal_precision_of_8_bytes = 18;

template <typename T>
void append(std::string& key, T value) {
  key.append(reinterpret_cast<const char*>(&value), sizeof value);
}

// Fields that may be negative (the year) are shifted as two's complement.
uint64_t shifted(int64_t value, int by) { return static_cast<uint64_t>(value) << by; }

uint64_t pack_datetime(const DateTimeText& value) {
  const DateText& date = value.date;
  const TimeText& time = value.time;
  return shifted(date.year - 1900, 53) | shifted(date.month, 49) | shifted(date.day, 44) |
         shifted(time.hour, 39) | shifted(time.minute, 33) | shifted(time.second, 27) |
         shifted(time.millisecond, 17) | shifted(date.day_of_year(), 8) |
         shifted(date.day_of_week(), 5);
}

uint32_t pack_date(const DateText& date) {
  return static_cast<uint32_t>(shifted(date.year - 1900, 21) | shifted(date.month, 17) |
                               shifted(date.day, 12) | shifted(date.day_of_year(), 3) |
                               shifted(date.day_of_week(), 0));
}

uint32_t pack_time(const TimeText& time) {
  return static_cast<uint32_t>(shifted(time.hour, 26) | shifted(time.minute, 20) |
                               shifted(time.second, 14) | shifted(time.millisecond, 4));
}

// The Java client knows fractions of no or three digits.
bool has_java_fraction(const TimeText& time) {
  return time.fraction_digits == 0 || time.fraction_digits == 3;
}

void append_char(std::string& key, std::string_view text, size_t size) {
  text = text.substr(0, size);
  key.append(size - text.size(), '\0');
  key.append(text.rbegin(), text.rend());
}

void append_decimal(std::string& key, std::string_view text, const ColumnFormat& format) {
  const Int128 value = parse_decimal(text, format.scale).value_or(0);
  if (format.precision <= decimal_precision_of_8_bytes) {
    append(key, value == static_cast<int64_t>(value) ? static_cast<int64_t>(value) : int64_t{0});
    return;
  }
  const auto high = static_cast<int64_t>(value >> 64);
  const bool fits = high == static_cast<int32_t>(high);
  append(key, fits ? static_cast<uint64_t>(value) : uint64_t{0});
  append(key, fits ? static_cast<uint32_t>(high) : uint32_t{0});
}

void append_uuid(std::string& key, std::string_view text) {
  auto bytes = parse_uuid(text).value_or(std::array<uint8_t, 16>{});
  std::ranges::reverse(bytes);
  append(key, bytes);
}

void append_text(const ColumnFormat& format, std::string_view text, std::string& key) {
  switch (format.kind) {
    case ColumnKind::string:
      return append(key, murmur3_x64_128(text).first);
    case ColumnKind::char_n:
      return append_char(key, text, format.size);
    case ColumnKind::date: {
      const auto date = parse_date(text);
      return append(key, date ? pack_date(*date) : uint32_t{0});
    }
    case ColumnKind::time: {
      const auto time = parse_time(text);
      return append(key, time && has_java_fraction(*time) ? pack_time(*time) : uint32_t{0});
    }
    case ColumnKind::datetime: {
      const auto value = parse_datetime(text);
      return append(key,
                    value && has_java_fraction(value->time) ? pack_datetime(*value) : uint64_t{0});
    }
    case ColumnKind::decimal:
      return append_decimal(key, text, format);
    case ColumnKind::ipv4:
      return append(key, parse_ipv4(text).value_or(0));
    case ColumnKind::ulong:
      return append(key, parse_ulong(text).value_or(0));
    case ColumnKind::uuid:
      return append_uuid(key, text);
    default:
      return;
  }
}

size_t key_bytes(const ColumnFormat& format) {
  switch (format.kind) {
    case ColumnKind::int8:
    case ColumnKind::boolean:
      return 1;
    case ColumnKind::int16:
      return 2;
    case ColumnKind::int32:
    case ColumnKind::float32:
    case ColumnKind::date:
    case ColumnKind::time:
    case ColumnKind::ipv4:
      return 4;
    case ColumnKind::char_n:
      return format.size;
    case ColumnKind::uuid:
      return 16;
    case ColumnKind::decimal:
      return format.precision <= decimal_precision_of_8_bytes ? 8 : 12;
    case ColumnKind::json:
    case ColumnKind::array:
    case ColumnKind::wkt:
    case ColumnKind::bytes:
    case ColumnKind::vector:
      return 0;
    default:
      return 8;
  }
}

}  // namespace

void append_key(const ColumnFormat& format, const data::Value& value, std::string& key) {
  if (value.is_null()) {
    key.append(key_bytes(format), '\0');
    return;
  }
  switch (format.kind) {
    case ColumnKind::int8:
    case ColumnKind::boolean:
      return append(key, static_cast<int8_t>(value.as_integer()));
    case ColumnKind::int16:
      return append(key, static_cast<int16_t>(value.as_integer()));
    case ColumnKind::int32:
      return append(key, static_cast<int32_t>(value.as_integer()));
    case ColumnKind::int64:
      return append(key, value.as_integer());
    case ColumnKind::timestamp:
      return append(key, pack_datetime(datetime_of(value.as_integer())));
    case ColumnKind::float32:
      return append(key, static_cast<float>(value.as_real()));
    case ColumnKind::float64:
      return append(key, value.as_real());
    default:
      return append_text(format, value.as_text(), key);
  }
}

int64_t routing_hash(std::string_view key) { return murmur3_x64_128(key).first; }

size_t shard_index(int64_t hash, size_t shards) {
  // The remainder of a signed division, then its absolute value: the smallest int64 has no other.
  const int64_t index = hash % static_cast<int64_t>(shards);
  return static_cast<size_t>(index < 0 ? -index : index);
}

ShardKey::ShardKey(const TableType& type) {
  for (const auto is_key : {&Column::shard_key, &Column::primary_key}) {
    if (!columns_.empty()) break;
    for (size_t i = 0; i < type.columns().size(); ++i) {
      const Column& column = type.columns()[i];
      if ((column.*is_key)()) columns_.push_back({i, column_format(column)});
    }
  }
  for (const KeyColumn& key : columns_) {
    while (steps_.size() <= key.index) {
      const Column& column = type.columns()[steps_.size()];
      steps_.push_back({column.type, column.nullable(), false, {}});
    }
    steps_.back().is_key = true;
    steps_.back().format = key.format;
  }
}

std::vector<size_t> ShardKey::columns() const {
  std::vector<size_t> indexes;
  for (const KeyColumn& column : columns_) indexes.push_back(column.index);
  return indexes;
}

void ShardKey::encode(std::span<const data::Value> row, std::string& key) const {
  key.clear();
  for (const KeyColumn& column : columns_) append_key(column.format, row[column.index], key);
}

int64_t ShardKey::hash(std::span<const data::Value> row) const {
  std::string key;
  encode(row, key);
  return routing_hash(key);
}

int64_t ShardKey::hash_of_row(std::string_view row, std::string& key) const {
  key.clear();
  AvroReader in(row);
  for (const Step& step : steps_) {
    data::Value value;
    if (!step.nullable || in.read_long() == 0) value = read_value(in, step.type);
    if (step.is_key) append_key(step.format, value, key);
  }
  return routing_hash(key);
}

}  // namespace kc::wire
