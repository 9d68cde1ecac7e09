#include "registry/wire_format.h"

#include <fmt/format.h>

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

}  // namespace kc::registry
