#include "server/rows/row_program.h"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <cstring>

#include "server/rows/column_defaults.h"

namespace kc::server {

namespace {

using wire::BaseType;
using wire::ColumnFormat;
using wire::ColumnKind;

constexpr int64_t timestamp_min = -30'610'224'000'000;  // year 1000
constexpr int64_t timestamp_max = 29'379'542'399'999;   // year 2900

constexpr const char* truncated = "the record ends too early";

struct Bytes {
  const char* next;
  const char* end;
  size_t left() const { return static_cast<size_t>(end - next); }
};

// nullptr or what is wrong.
inline const char* read_long(Bytes& in, int64_t& value) {
  uint64_t bits = 0;
  for (int shift = 0; shift < 64; shift += 7) {
    if (in.next == in.end) return truncated;
    const auto byte = static_cast<uint8_t>(*in.next++);
    bits |= static_cast<uint64_t>(byte & 0x7f) << shift;
    if (byte < 0x80) {
      value = static_cast<int64_t>(bits >> 1) ^ -static_cast<int64_t>(bits & 1);
      return nullptr;
    }
  }
  return "a number is longer than 10 bytes";
}

inline const char* read_text(Bytes& in, std::string_view& text) {
  int64_t length = 0;
  if (const char* what = read_long(in, length)) return what;
  if (length < 0) return "a length is negative";
  if (static_cast<uint64_t>(length) > in.left()) return truncated;
  text = {in.next, static_cast<size_t>(length)};
  in.next += length;
  return nullptr;
}

// Most texts are ASCII.
inline bool is_ascii(std::string_view text) {
  constexpr uint64_t high_bits = 0x8080808080808080;
  uint64_t seen = 0;
  size_t at = 0;
  for (; at + 8 <= text.size(); at += 8) {
    uint64_t word;
    std::memcpy(&word, text.data() + at, sizeof word);
    seen |= word;
  }
  for (; at < text.size(); ++at) seen |= static_cast<uint8_t>(text[at]);
  return (seen & high_bits) == 0;
}

const char* check_integer(ColumnKind kind, int64_t value) {
  switch (kind) {
    case ColumnKind::boolean:
      return value == 0 || value == 1 ? nullptr : "a boolean is 0 or 1";
    case ColumnKind::int8:
      return value == static_cast<int8_t>(value) ? nullptr : "it is out of the range of int8";
    case ColumnKind::int16:
      return value == static_cast<int16_t>(value) ? nullptr : "it is out of the range of int16";
    case ColumnKind::int32:
      return value == static_cast<int32_t>(value) ? nullptr : "it is out of the range of int";
    case ColumnKind::timestamp:
      return value >= timestamp_min && value <= timestamp_max
                 ? nullptr
                 : "a timestamp lies between the years 1000 and 2900";
    default:
      return nullptr;
  }
}

template <typename T>
void append(std::string& key, T value) {
  key.append(reinterpret_cast<const char*>(&value), sizeof value);
}

void append_text(std::string& key, std::string_view text) {
  append(key, static_cast<uint32_t>(text.size()));
  key.append(text);
}

int milliseconds(const wire::TimeText& time) {
  return ((time.hour * 60 + time.minute) * 60 + time.second) * 1000 + time.millisecond;
}

// Kinetica documents 2900-01-01 as the last day; its clients and its timestamps go to that year's
// end.
bool is_in_range(const wire::DateText& date) {
  constexpr int year_min = 1000;
  constexpr int year_max = 2900;
  return date.year >= year_min && date.year <= year_max;
}

const char* read_date(std::string_view text, std::string& key) {
  const auto date = wire::parse_date(text);
  if (!date || !date->exists()) return "it is not a date as YYYY-MM-DD";
  if (!is_in_range(*date)) {
    return "a date lies between the years 1000 and 2900";
  }
  append(key, date->days_since_epoch());
  return nullptr;
}

const char* read_time(std::string_view text, std::string& key) {
  const auto time = wire::parse_time(text);
  if (!time) return "it is not a time as HH:MM:SS.mmm";
  append(key, milliseconds(*time));
  return nullptr;
}

const char* read_datetime(std::string_view text, std::string& key) {
  const auto value = wire::parse_datetime(text);
  if (!value || !value->date.exists()) return "it is not a datetime as YYYY-MM-DD HH:MM:SS.mmm";
  if (!is_in_range(value->date)) {
    return "a datetime lies between the years 1000 and 2900";
  }
  append(key, value->date.days_since_epoch());
  append(key, milliseconds(value->time));
  return nullptr;
}

// A plain `decimal` is what 8 bytes hold, decimal(p,s) has p digits; none has more than 12 bytes.
wire::Int128 decimal_max(const wire::Column& column, const ColumnFormat& format) {
  if (column.has("decimal")) return INT64_MAX;
  constexpr int digits_of_12_bytes = 28;
  wire::Int128 power = 1;
  for (int i = 0; i < std::min<int>(format.precision, digits_of_12_bytes); ++i) power *= 10;
  return power - 1;
}

const char* read_decimal(int scale, wire::Int128 max, std::string_view text, std::string& key) {
  const auto value = wire::parse_decimal(text, scale);
  if (!value) return "it is not a decimal number";
  if (*value > max || *value < -max) {
    return "it has more digits than the column";
  }
  append(key, *value);
  return nullptr;
}

template <typename T>
const char* read_parsed(const std::optional<T>& value, const char* what, std::string& key) {
  if (!value) return what;
  append(key, *value);
  return nullptr;
}

// Checks a text of a kind that has a form of its own, and appends what makes its key.
const char* read_formed(const ColumnFormat& format, wire::Int128 most, std::string_view text,
                        std::string& key) {
  switch (format.kind) {
    case ColumnKind::date:
      return read_date(text, key);
    case ColumnKind::time:
      return read_time(text, key);
    case ColumnKind::datetime:
      return read_datetime(text, key);
    case ColumnKind::decimal:
      return read_decimal(format.scale, most, text, key);
    case ColumnKind::ipv4:
      return read_parsed(wire::parse_ipv4(text), "it is not an IPv4 address", key);
    case ColumnKind::ulong:
      return read_parsed(wire::parse_ulong(text), "it is not an unsigned 64-bit number", key);
    case ColumnKind::uuid:
      return read_parsed(wire::parse_uuid(text), "it is not a UUID", key);
    default:
      append_text(key, text);
      return nullptr;
  }
}

// Text columns that are no keys.
const char* check_structured(ColumnKind kind, ArrayElement element, std::string_view text) {
  if (kind == ColumnKind::json) return is_json(text) ? nullptr : "it is not JSON";
  if (kind == ColumnKind::array) {
    return is_array_of(element, text) ? nullptr : "it is not a JSON array of the column's type";
  }
  return is_wkt(text) ? nullptr : "it is not well-known text";
}

bool has_form(ColumnKind kind) { return kind >= ColumnKind::date && kind <= ColumnKind::uuid; }

}  // namespace

RowProgram::RowProgram(const wire::TableType& type) {
  for (const wire::Column& column : type.columns()) {
    const ColumnFormat format = wire::column_format(column);
    ops_.push_back({column.type, format, column.nullable(), column.primary_key(),
                    array_element(wire::column_type_name(column)), decimal_max(column, format)});
    names_.push_back(column.name);
    has_key_ = has_key_ || column.primary_key();
    writes_columns_ = writes_columns_ || is_written_on_update(column);
  }
}

bool RowProgram::check(std::string_view row, std::string& key, RowProblem& problem) const {
  key.clear();
  Bytes in{row.data(), row.data() + row.size()};
  const auto fail = [&](const Op& op, const char* what, bool too_long = false) {
    problem = {static_cast<size_t>(&op - ops_.data()), what, too_long};
    return false;
  };
  thread_local std::string unused;  // keys of texts that are no keys

  for (const Op& op : ops_) {
    if (op.nullable) {
      if (in.next == in.end) return fail(op, truncated);
      const char branch = *in.next++;
      if (branch == '\2') {
        if (op.key) key.push_back('\1');
        continue;
      }
      if (branch != '\0') return fail(op, "there is no such union branch");
    }
    if (op.key) key.push_back('\0');
    switch (op.type) {
      case BaseType::int_:
      case BaseType::long_: {
        int64_t value = 0;
        if (const char* what = read_long(in, value)) return fail(op, what);
        if (const char* what = check_integer(op.format.kind, value)) return fail(op, what);
        if (op.key) append(key, value);
        break;
      }
      case BaseType::float_:
      case BaseType::double_: {
        const size_t size = op.type == BaseType::float_ ? sizeof(float) : sizeof(double);
        if (in.left() < size) return fail(op, truncated);
        if (op.key) key.append(in.next, size);
        in.next += size;
        break;
      }
      case BaseType::string: {
        std::string_view text;
        if (const char* what = read_text(in, text)) return fail(op, what);
        if (!is_ascii(text) && !wire::is_utf8(text)) return fail(op, "it is not UTF-8 text");
        if (op.format.kind == ColumnKind::char_n && text.size() > op.format.size) {
          return fail(op, "it is longer than the column's charN allows", true);
        }
        if (has_form(op.format.kind)) {
          unused.clear();
          std::string& to = op.key ? key : unused;
          if (const char* what = read_formed(op.format, op.decimal_max, text, to)) {
            return fail(op, what);
          }
        } else if (op.format.kind >= ColumnKind::json) {
          if (const char* what = check_structured(op.format.kind, op.element, text)) {
            return fail(op, what);
          }
        } else if (op.key) {
          append_text(key, text);
        }
        break;
      }
      case BaseType::bytes: {
        std::string_view bytes;
        if (const char* what = read_text(in, bytes)) return fail(op, what);
        if (op.format.kind == ColumnKind::vector &&
            bytes.size() != op.format.size * sizeof(float)) {
          return fail(op, "it has not the vector's number of elements");
        }
        if (op.format.kind == ColumnKind::wkt && !is_wkb(bytes)) {
          return fail(op, "it is not well-known binary");
        }
        break;
      }
    }
  }
  if (in.next != in.end) return fail(ops_.back(), "more bytes follow the last column");
  return true;
}

std::string RowProgram::describe(const RowProblem& problem) const {
  return fmt::format("Column `{}`: {}", names_[problem.column], problem.what);
}

}  // namespace kc::server
