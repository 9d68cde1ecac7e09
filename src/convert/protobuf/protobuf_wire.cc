#include "convert/protobuf/protobuf_wire.h"

#include <array>

namespace kc::convert {
namespace {

using base::Error;
using base::Reaction;

constexpr size_t groups_max = 100;  // as deep as Protobuf's own readers go

}  // namespace

void ProtobufInput::truncated() {
  throw Error(Reaction::skip_record,
              "While parsing a protocol message, the input ended unexpectedly in the middle of a "
              "field");
}

uint64_t ProtobufInput::long_varint() {
  uint64_t value = 0;
  for (unsigned shift = 0; shift < 70; shift += 7) {
    const auto byte = static_cast<uint8_t>(*take(1));
    value |= uint64_t{byte & 0x7FU} << (shift & 63);
    if (byte < 0x80) return value;
  }
  throw Error(Reaction::skip_record, "CodedInputStream encountered a malformed varint.");
}

void ProtobufInput::skip(uint32_t tag) {
  std::array<uint32_t, groups_max> open;
  size_t depth = 0;
  while (true) {
    switch (static_cast<ProtobufWireType>(tag & 7)) {
      case ProtobufWireType::varint:
        varint();
        break;
      case ProtobufWireType::fixed64:
        take(8);
        break;
      case ProtobufWireType::delimited:
        delimited();
        break;
      case ProtobufWireType::fixed32:
        take(4);
        break;
      case ProtobufWireType::group:
        if (depth == groups_max) {
          throw Error(Reaction::skip_record,
                      "Protocol message had too many levels of nesting.  May be malicious.");
        }
        open[depth++] = tag >> 3;
        break;
      case ProtobufWireType::group_end:
        if (depth == 0 || open[--depth] != tag >> 3) {
          throw Error(Reaction::skip_record,
                      "Protocol message end-group tag did not match expected tag.");
        }
        break;
      default:
        throw Error(Reaction::skip_record, "Protocol message tag had invalid wire type.");
    }
    if (depth == 0) return;
    tag = static_cast<uint32_t>(varint());
    if (tag >> 3 == 0) {
      throw Error(Reaction::skip_record, "Protocol message contained an invalid tag (zero).");
    }
  }
}

}  // namespace kc::convert
