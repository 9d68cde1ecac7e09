// The frame of a message whose schema stands in a registry:
//   0x00, id of the schema (int32, big-endian), body
// (Confluent, "Wire format".)
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/error.h"

namespace kc::registry {

inline constexpr size_t frame_header_bytes = 5;

struct Frame {
  int32_t schema_id;
  std::string_view body;
};

// Throws Error(skip_record) for bytes without such a header.
inline Frame read_frame(std::string_view bytes) {
  if (bytes.size() < frame_header_bytes || bytes.front() != 0) {
    throw base::Error(base::Reaction::skip_record,
                      "Unknown magic byte! The {} bytes do not begin with 0 and a schema's id: "
                      "they were not written by a converter with a Schema Registry",
                      bytes.size());
  }
  uint32_t id = 0;
  for (size_t i = 1; i < frame_header_bytes; ++i) id = id << 8 | static_cast<uint8_t>(bytes[i]);
  return {static_cast<int32_t>(id), bytes.substr(frame_header_bytes)};
}

inline std::string frame_header(int32_t schema_id) {
  std::string header(1, '\0');
  for (int shift = 24; shift >= 0; shift -= 8) {
    header.push_back(static_cast<char>(static_cast<uint32_t>(schema_id) >> shift));
  }
  return header;
}

}  // namespace kc::registry
