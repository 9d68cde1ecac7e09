// Connect schema -> the JSON text of an Avro schema: Confluent's AvroData.fromConnectSchema.
#pragma once

#include <string>
#include <string_view>

#include "data/schema.h"

namespace kc::convert {

struct AvroWriteOptions {
  bool connect_meta_data = true;         // connect.meta.data
  bool enhanced_schema_support = false;  // enhanced.avro.schema.support
  bool allow_optional_map_keys = false;  // allow.optional.map.keys
  bool scrub_invalid_names = false;      // scrub.invalid.names
  bool generalized_sum_types = false;    // generalized.sum.type.support
};

// Of Connect's structures, those that stand for a union.
bool is_avro_union(const data::Schema& schema);

// `name`, without dots, as Avro takes it: URL-encoded, with _ for what is no letter, digit or _,
// and x before what is no letter or _ ("first name" -> first_name, "1st" -> x1st).
std::string scrubbed_avro_name(std::string_view name);

// Throws Error(skip_record) for two different types of one name.
std::string avro_schema_text(const data::Schema& schema, const AvroWriteOptions& options);

}  // namespace kc::convert
