// Connect schema -> the JSON text of an Avro schema: Confluent's AvroData.fromConnectSchema.
#pragma once

#include <string>

#include "data/schema.h"

namespace kc::convert {

struct AvroWriteOptions {
  bool connect_meta_data = true;         // connect.meta.data
  bool enhanced_schema_support = false;  // enhanced.avro.schema.support
  bool allow_optional_map_keys = false;  // allow.optional.map.keys
};

// Throws Error(skip_record) for two different types of one name.
std::string avro_schema_text(const data::Schema& schema, const AvroWriteOptions& options);

}  // namespace kc::convert
