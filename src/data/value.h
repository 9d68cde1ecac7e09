// A value of Connect's data model in 16 bytes: scalars inline, everything else a pointer and a
// length into memory that the RecordBatch owns (its arena, or the consumed messages). Trivially
// copyable; never owns; valid as long as the batch.
//
//   kind       Java class behind it in Connect          held as
//   boolean    Boolean                                  integer 0 or 1
//   int8..64   Byte, Short, Integer, Long               integer
//   float32/64 Float, Double                            real
//   string     String                                   UTF-8 bytes
//   bytes      byte[] / ByteBuffer                      bytes
//   array      List                                     `size` values
//   map        Map                                      `size` keys and values in turn: k0 v0 k1 v1
//   ... structure  Struct                                   `size` values in the order of the
//   schema's fields decimal    BigDecimal                               big-endian two's complement
//   unscaled bytes, and a scale date       java.util.Date (Date)                    days since
//   1970-01-01 time       java.util.Date (Time)                    milliseconds of the day
//   timestamp  java.util.Date (Timestamp)               milliseconds since 1970-01-01T00:00Z
#pragma once

#include <cassert>
#include <cstdint>
#include <span>
#include <string_view>

namespace kc::data {

enum class Kind : uint8_t {
  null,
  boolean,
  int8,
  int16,
  int32,
  int64,
  float32,
  float64,
  string,
  bytes,
  array,
  map,
  structure,
  decimal,
  date,
  time,
  timestamp
};

// As in an error text: "INT32", "STRUCT", "Timestamp".
std::string_view kind_name(Kind kind);

class Value {
 public:
  constexpr Value() : integer_(0) {}

  static Value boolean(bool value) { return integer(Kind::boolean, value ? 1 : 0); }
  static Value int8(int8_t value) { return integer(Kind::int8, value); }
  static Value int16(int16_t value) { return integer(Kind::int16, value); }
  static Value int32(int32_t value) { return integer(Kind::int32, value); }
  static Value int64(int64_t value) { return integer(Kind::int64, value); }
  static Value date(int32_t days) { return integer(Kind::date, days); }
  static Value time(int32_t milliseconds) { return integer(Kind::time, milliseconds); }
  static Value timestamp(int64_t milliseconds) { return integer(Kind::timestamp, milliseconds); }
  static Value float32(float value) {
    Value result(Kind::float32, 0);
    result.real_ = value;
    return result;
  }
  static Value float64(double value) {
    Value result(Kind::float64, 0);
    result.real_ = value;
    return result;
  }
  static Value string(std::string_view utf8) { return text(Kind::string, utf8); }
  static Value bytes(std::string_view bytes) { return text(Kind::bytes, bytes); }
  static Value decimal(std::string_view unscaled, int16_t scale) {
    Value result = text(Kind::decimal, unscaled);
    result.scale_ = scale;
    return result;
  }
  static Value array(std::span<const Value> items) {
    return list(Kind::array, items.data(), items.size());
  }
  static Value structure(std::span<const Value> fields) {
    return list(Kind::structure, fields.data(), fields.size());
  }
  // `entries`: keys and values in turn.
  static Value map(std::span<const Value> entries) {
    assert(entries.size() % 2 == 0);
    return list(Kind::map, entries.data(), entries.size() / 2);
  }

  Kind kind() const { return kind_; }
  bool is_null() const { return kind_ == Kind::null; }
  bool is_integer() const { return kind_ >= Kind::int8 && kind_ <= Kind::int64; }

  bool as_boolean() const {
    assert(kind_ == Kind::boolean);
    return integer_ != 0;
  }
  // For boolean, int8 to int64, date, time and timestamp.
  int64_t as_integer() const {
    assert(kind_ == Kind::boolean || is_integer() || kind_ >= Kind::date);
    return integer_;
  }
  // For float32 and float64.
  double as_real() const {
    assert(kind_ == Kind::float32 || kind_ == Kind::float64);
    return real_;
  }
  // For string, bytes and decimal (unscaled).
  std::string_view as_text() const {
    assert(kind_ == Kind::string || kind_ == Kind::bytes || kind_ == Kind::decimal);
    return {text_, size_};
  }
  int16_t scale() const {
    assert(kind_ == Kind::decimal);
    return scale_;
  }
  // For array and structure.
  std::span<const Value> items() const {
    assert(kind_ == Kind::array || kind_ == Kind::structure);
    return {items_, size_};
  }
  // For map: keys and values in turn, 2 * size() of them.
  std::span<const Value> entries() const {
    assert(kind_ == Kind::map);
    return {items_, size_t{size_} * 2};
  }
  // Bytes, items or entries.
  uint32_t size() const { return size_; }

 private:
  Value(Kind kind, uint32_t size) : kind_(kind), size_(size), integer_(0) {}

  static Value integer(Kind kind, int64_t value) {
    Value result(kind, 0);
    result.integer_ = value;
    return result;
  }
  static Value text(Kind kind, std::string_view text) {
    Value result(kind, static_cast<uint32_t>(text.size()));
    result.text_ = text.data();
    return result;
  }
  static Value list(Kind kind, const Value* items, size_t size) {
    Value result(kind, static_cast<uint32_t>(size));
    result.items_ = items;
    return result;
  }

  Kind kind_ = Kind::null;
  int16_t scale_ = 0;
  uint32_t size_ = 0;
  union {
    int64_t integer_;
    double real_;
    const char* text_;
    const Value* items_;
  };
};

static_assert(sizeof(Value) == 16);

// Deep equality; floating point numbers are equal when their bits are, or when both are NaN.
bool operator==(const Value& left, const Value& right);

}  // namespace kc::data
