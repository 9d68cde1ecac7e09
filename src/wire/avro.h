// The Avro binary encoding, as much of it as Kinetica's protocol uses: no containers, no
// fingerprints, no schema resolution. (Avro 1.8 specification, "Binary Encoding".)
//
//   long, int       zigzag varint, 1 to 10 bytes
//   float, double   4, 8 bytes, little-endian IEEE 754
//   bytes           length (long), bytes
//   string          the same, UTF-8
//   boolean         one byte, 0 or 1
//   union           branch (long), value
//   array, map      blocks: count > 0, items; or count < 0, byte length, items; ends with count 0
#pragma once

#include <bit>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

#include "base/error.h"

namespace kc::wire {

static_assert(std::endian::native == std::endian::little, "floats are copied as they stand");

inline constexpr size_t varint_bytes_max = 10;

// Primitives for hot loops: write at `out`, which has room, and return the end.
inline char* put_long(char* out, int64_t value) {
  uint64_t bits = (static_cast<uint64_t>(value) << 1) ^ static_cast<uint64_t>(value >> 63);
  while (bits >= 0x80) {
    *out++ = static_cast<char>(bits | 0x80);
    bits >>= 7;
  }
  *out++ = static_cast<char>(bits);
  return out;
}

inline char* put_float(char* out, float value) {
  std::memcpy(out, &value, sizeof value);
  return out + sizeof value;
}

inline char* put_double(char* out, double value) {
  std::memcpy(out, &value, sizeof value);
  return out + sizeof value;
}

inline char* put_bytes(char* out, std::string_view bytes) {
  out = put_long(out, static_cast<int64_t>(bytes.size()));
  std::memcpy(out, bytes.data(), bytes.size());
  return out + bytes.size();
}

// Appends to a string that it does not own.
class AvroWriter {
 public:
  explicit AvroWriter(std::string& out) : out_(out) {}

  void write_boolean(bool value) { out_.push_back(value ? '\1' : '\0'); }
  void write_long(int64_t value) {
    char buffer[varint_bytes_max];
    out_.append(buffer, static_cast<size_t>(put_long(buffer, value) - buffer));
  }
  void write_int(int32_t value) { write_long(value); }
  void write_float(float value) {
    out_.append(reinterpret_cast<const char*>(&value), sizeof value);
  }
  void write_double(double value) {
    out_.append(reinterpret_cast<const char*>(&value), sizeof value);
  }
  void write_bytes(std::string_view bytes) {
    write_long(static_cast<int64_t>(bytes.size()));
    out_.append(bytes);
  }
  void write_string(std::string_view utf8) { write_bytes(utf8); }

 private:
  std::string& out_;
};

// Reads memory that it does not own; views that it returns point into that memory. Throws
// Error(fail_task) naming the byte position when the data is truncated or is not what was asked
// for; after that its position is unspecified.
class AvroReader {
 public:
  explicit AvroReader(std::string_view data)
      : begin_(data.data()), next_(data.data()), end_(data.data() + data.size()) {}

  bool at_end() const { return next_ == end_; }
  size_t position() const { return static_cast<size_t>(next_ - begin_); }
  size_t remaining() const { return static_cast<size_t>(end_ - next_); }
  const char* current() const { return next_; }

  bool read_boolean() { return *take(1) != 0; }
  // Without a loop for numbers of up to 8 bytes, so that their lengths cost no mispredicted jumps.
  int64_t read_long() {
    uint64_t word;
    if (remaining() < sizeof word) [[unlikely]]
      return read_long_by_bytes();
    std::memcpy(&word, next_, sizeof word);
    if ((word & 0x80) == 0) {
      ++next_;
      return unzigzag(word & 0x7f);
    }
    const uint64_t ends = ~word & 0x8080808080808080;  // of bytes that end a number
    if (ends == 0) [[unlikely]]
      return read_long_by_bytes();
    const int last_bit = std::countr_zero(ends);
    next_ += last_bit / 8 + 1;
    word &= ((uint64_t{2} << last_bit) - 1) & 0x7f7f7f7f7f7f7f7f;
    // Gathers groups of 7 bits from bytes: eighths, quarters, halves.
    word = (word & 0x007f007f007f007f) | ((word & 0x7f007f007f007f00) >> 1);
    word = (word & 0x00003fff00003fff) | ((word & 0x3fff00003fff0000) >> 2);
    word = (word & 0x000000000fffffff) | ((word & 0x0fffffff00000000) >> 4);
    return unzigzag(word);
  }
  int32_t read_int() {
    const int64_t value = read_long();
    if (value != static_cast<int32_t>(value)) fail("a number does not fit into 32 bits");
    return static_cast<int32_t>(value);
  }
  float read_float() {
    float value;
    std::memcpy(&value, take(sizeof value), sizeof value);
    return value;
  }
  double read_double() {
    double value;
    std::memcpy(&value, take(sizeof value), sizeof value);
    return value;
  }
  std::string_view read_bytes() {
    const int64_t length = read_long();
    if (length < 0 || static_cast<uint64_t>(length) > remaining())
      fail("a length reaches beyond the end");
    return {take(static_cast<size_t>(length)), static_cast<size_t>(length)};
  }
  std::string_view read_string() { return read_bytes(); }
  // `size` bytes without a length before them.
  std::string_view read_fixed(size_t size) { return {take(size), size}; }

  // The number of items in the next block of an array or map; 0 at its end.
  //   while (int64_t items = reader.read_block()) for (; items > 0; --items) ...
  // Never more than the bytes that remain, so that a hostile count cannot make the caller allocate.
  int64_t read_block() {
    int64_t count = read_long();
    if (count < 0) {
      if (count == INT64_MIN) fail("a block has an impossible count");
      read_long();
      count = -count;
    }
    if (static_cast<uint64_t>(count) > remaining()) fail("a block reaches beyond the end");
    return count;
  }

 private:
  static int64_t unzigzag(uint64_t bits) {
    return static_cast<int64_t>(bits >> 1) ^ -static_cast<int64_t>(bits & 1);
  }
  // Near the end, and what is longer than a word.
  [[gnu::noinline]] int64_t read_long_by_bytes() {
    uint64_t bits = 0;
    for (int shift = 0; shift < 64; shift += 7) {
      const auto byte = static_cast<uint8_t>(*take(1));
      bits |= static_cast<uint64_t>(byte & 0x7f) << shift;
      if (byte < 0x80) return unzigzag(bits);
    }
    fail("a number is longer than 10 bytes");
  }
  const char* take(size_t bytes) {
    if (remaining() < bytes) fail("the data ends too early");
    const char* taken = next_;
    next_ += bytes;
    return taken;
  }
  [[noreturn]] void fail(const char* what) const {
    throw base::Error(base::Reaction::fail_task, "Malformed Avro data at byte {}: {}", position(),
                      what);
  }

  const char* begin_;
  const char* next_;
  const char* end_;
};

}  // namespace kc::wire
