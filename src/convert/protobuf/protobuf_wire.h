// Protobuf's wire format:
//   message   fields: tag (varint: number << 3 | wire type), value
//   0 varint  7 bits a byte, the lowest first; the top bit says that another follows; 1 to 10 bytes
//   1, 5      8, 4 bytes, little-endian
//   2         length (varint), bytes: text, bytes, messages, packed values
//   3, 4      begin and end of a group, fields between them
// (Protocol Buffers, "Encoding".)
#pragma once

#include <bit>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

#include "base/error.h"
#include "convert/protobuf/protobuf_schema.h"

namespace kc::convert {

static_assert(std::endian::native == std::endian::little, "fixed values are copied as they stand");

enum class ProtobufWireType : uint32_t {
  varint = 0,
  fixed64 = 1,
  delimited = 2,
  group = 3,
  group_end = 4,
  fixed32 = 5
};

constexpr ProtobufWireType protobuf_wire_type(ProtobufType type) {
  switch (type) {
    case ProtobufType::float64:
    case ProtobufType::fixed64:
    case ProtobufType::sfixed64:
      return ProtobufWireType::fixed64;
    case ProtobufType::float32:
    case ProtobufType::fixed32:
    case ProtobufType::sfixed32:
      return ProtobufWireType::fixed32;
    case ProtobufType::string:
    case ProtobufType::bytes:
    case ProtobufType::message:
      return ProtobufWireType::delimited;
    case ProtobufType::group:
      return ProtobufWireType::group;
    default:
      return ProtobufWireType::varint;
  }
}

constexpr uint32_t protobuf_tag(int32_t number, ProtobufWireType wire_type) {
  return static_cast<uint32_t>(number) << 3 | static_cast<uint32_t>(wire_type);
}

// Bytes that are read from the front. Throws Error(skip_record) where they end too early or are
// malformed.
class ProtobufInput {
 public:
  explicit ProtobufInput(std::string_view bytes)
      : at_(bytes.data()), end_(bytes.data() + bytes.size()) {}

  bool empty() const { return at_ == end_; }
  std::string_view rest() const { return {at_, static_cast<size_t>(end_ - at_)}; }

  uint64_t varint() {
    if (at_ != end_ && static_cast<uint8_t>(*at_) < 0x80) [[likely]] {
      return static_cast<uint8_t>(*at_++);
    }
    return long_varint();
  }
  template <typename T>
  T fixed() {
    T value;
    std::memcpy(&value, take(sizeof value), sizeof value);
    return value;
  }
  std::string_view delimited() {
    const uint64_t size = varint();
    if (size > static_cast<size_t>(end_ - at_)) truncated();
    return {take(static_cast<size_t>(size)), static_cast<size_t>(size)};
  }
  // The value of a field that is not known, groups with all that stands in them.
  void skip(uint32_t tag);

 private:
  const char* take(size_t size) {
    if (size > static_cast<size_t>(end_ - at_)) truncated();
    const char* const start = at_;
    at_ += size;
    return start;
  }
  uint64_t long_varint();
  [[noreturn]] static void truncated();

  const char* at_;
  const char* end_;
};

inline void append_varint(uint64_t value, std::string& out) {
  while (value >= 0x80) {
    out.push_back(static_cast<char>(value | 0x80));
    value >>= 7;
  }
  out.push_back(static_cast<char>(value));
}

constexpr uint64_t zigzag_bits(int64_t value) {
  return static_cast<uint64_t>(value) << 1 ^ static_cast<uint64_t>(value >> 63);
}

constexpr int64_t zigzag_value(uint64_t bits) {
  return static_cast<int64_t>(bits >> 1) ^ -static_cast<int64_t>(bits & 1);
}

template <typename T>
void append_fixed(T value, std::string& out) {
  char bytes[sizeof value];
  std::memcpy(bytes, &value, sizeof value);
  out.append(bytes, sizeof value);
}

}  // namespace kc::convert
