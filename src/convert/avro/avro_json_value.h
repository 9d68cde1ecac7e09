// Default values in the JSON of Avro schemas: numbers, texts, bytes as characters U+0000 to U+00FF.
// (Avro 1.11 specification, "Complex Types", table of field defaults.)
#pragma once

#include <nlohmann/json.hpp>

#include "base/arena.h"
#include "data/schema.h"
#include "data/value.h"

namespace kc::convert {

// The value in `arena`. Throws Error(skip_record) when `json` does not fit `schema`.
data::Value avro_json_value(const nlohmann::ordered_json& json, const data::Schema& schema,
                            base::Arena& arena);

// The inverse; null for a number that JSON cannot hold.
nlohmann::ordered_json avro_json(const data::Value& value, const data::Schema& schema);

}  // namespace kc::convert
