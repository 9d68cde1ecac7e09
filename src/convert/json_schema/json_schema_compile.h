// JSON Schema <-> Connect schema: Confluent's JsonSchemaData.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "convert/json/json_writer.h"
#include "convert/json_schema/json_schema_document.h"
#include "data/schema.h"

namespace kc::convert {

struct JsonSchemaReadOptions {
  bool optional_unless_required = false;  // use.optional.for.nonrequired
  bool generalized_sum_types = false;     // generalized.sum.type.support
};

// The Connect schema of `document`, whose version is `version` unless it says another. Throws
// Error(skip_record) for what Connect cannot hold, recursive schemas among it.
data::SchemaPtr compile_json_schema(const JsonSchemaDocument& document,
                                    const JsonSchemaReadOptions& options,
                                    std::optional<int32_t> version);

// The text of the JSON Schema for values of `schema`; `writer` writes its defaults.
// `additional_properties`: object.additional.properties.
std::string json_schema_text(const data::Schema& schema, const JsonWriter& writer,
                             bool additional_properties);

}  // namespace kc::convert
