// How a message names its schema in a registry:
//   0x00, id of the schema (int32, big-endian), body
//   0x01, GUID of the schema (16 bytes), body
// or the same without a body in the header __key_schema_id or __value_schema_id, and the message is
// the body. Protobuf's message indexes stand behind the id or GUID, wherever that is.
// (Confluent, "Wire format".)
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace kc::registry {

inline constexpr std::string_view key_schema_header = "__key_schema_id";
inline constexpr std::string_view value_schema_header = "__value_schema_id";

struct SchemaId {
  int32_t id = 0;
  std::string_view guid{};  // 16 bytes; empty: `id` counts

  bool operator==(const SchemaId&) const = default;
};

// As the registry's paths have it: ids/5, guids/00112233-4455-6677-8899-aabbccddeeff.
std::string schema_path(const SchemaId& id);

struct Frame {
  SchemaId schema;  // points into the bytes that were read
  std::string_view body;
};

// Throws Error(skip_record).
[[noreturn]] void refuse_frame(std::string_view bytes);

// Throws Error(skip_record) for bytes that do not begin so.
inline Frame read_frame(std::string_view bytes) {
  constexpr size_t id_bytes = 4;
  constexpr size_t guid_bytes = 16;
  if (bytes.size() > id_bytes && bytes.front() == 0) [[likely]] {
    uint32_t id = 0;
    for (size_t i = 1; i <= id_bytes; ++i) id = id << 8 | static_cast<uint8_t>(bytes[i]);
    return {{static_cast<int32_t>(id)}, bytes.substr(1 + id_bytes)};
  }
  if (bytes.size() > guid_bytes && bytes.front() == 1) {
    return {{0, bytes.substr(1, guid_bytes)}, bytes.substr(1 + guid_bytes)};
  }
  refuse_frame(bytes);
}

// What stands before the body of a message whose schema has this id.
std::string frame_header(int32_t schema_id);
// What names the schema with this GUID of 16 bytes.
std::string guid_header(std::string_view guid);
// The 16 bytes of 00112233-4455-6677-8899-aabbccddeeff; nothing for another text.
std::optional<std::string> guid_bytes(std::string_view text);

}  // namespace kc::registry
