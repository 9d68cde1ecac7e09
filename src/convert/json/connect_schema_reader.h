// Connect's schema JSON ({"type":"struct","fields":[...]}) -> Schema:
// JsonConverter.asConnectSchema.
#pragma once

#include <string_view>

#include "data/schema.h"

namespace kc::convert {

// `text`: one JSON value. `null` gives a null pointer. Throws Error(skip_record) with Connect's
// texts for what is not a schema.
data::SchemaPtr read_connect_schema(std::string_view text, bool replace_null_with_default);

}  // namespace kc::convert
