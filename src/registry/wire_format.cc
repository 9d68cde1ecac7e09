#include "registry/wire_format.h"

#include <fmt/format.h>

#include <charconv>

#include "base/error.h"

namespace kc::registry {

std::string schema_path(const SchemaId& id) {
  if (id.guid.empty()) return fmt::format("ids/{}", id.id);
  std::string path = "guids/";
  for (size_t i = 0; i < id.guid.size(); ++i) {
    if (i == 4 || i == 6 || i == 8 || i == 10) path.push_back('-');
    path += fmt::format("{:02x}", static_cast<uint8_t>(id.guid[i]));
  }
  return path;
}

void refuse_frame(std::string_view bytes) {
  throw base::Error(
      base::Reaction::skip_record,
      "Unknown magic byte! The {} bytes do not begin with 0 and a schema's id, nor with 1 and its "
      "GUID: they were not written by a converter with a Schema Registry. Hint: where the schema "
      "is named in a header, set key.schema.id.deserializer or value.schema.id.deserializer to "
      "io.confluent.kafka.serializers.schema.id.DualSchemaIdDeserializer",
      bytes.size());
}

std::string frame_header(int32_t schema_id) {
  std::string header(1, '\0');
  for (int shift = 24; shift >= 0; shift -= 8) {
    header.push_back(static_cast<char>(static_cast<uint32_t>(schema_id) >> shift));
  }
  return header;
}

std::string guid_header(std::string_view guid) { return std::string(1, '\1').append(guid); }

std::optional<std::string> guid_bytes(std::string_view text) {
  constexpr std::string_view form = "00112233-4455-6677-8899-aabbccddeeff";
  if (text.size() != form.size()) return std::nullopt;
  std::string bytes;
  for (size_t i = 0; i < text.size(); ++i) {
    if (form[i] == '-') {
      if (text[i] != '-') return std::nullopt;
      continue;
    }
    uint8_t byte = 0;
    const auto read = std::from_chars(&text[i], &text[i] + 2, byte, 16);
    if (read.ptr != &text[i] + 2) return std::nullopt;
    bytes.push_back(static_cast<char>(byte));
    ++i;
  }
  return bytes;
}

}  // namespace kc::registry
