// Texts of nested values. Each function appends to `out`.
//
// A scalar's text is the one that string columns get of it (value_text.h); bytes are in base64, a
// null is `null`. Structures, maps and arrays are JSON, in which decimals are numbers, and dates,
// times and numbers that are none (NaN) strings.
//
// `schema` is the value's: it has the names of a structure's fields. Without one, which maps
// without schema do not have, a structure is written like an array. Error(skip_record): a decimal
// of more than 300 digits.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "data/schema.h"
#include "data/value.h"

namespace kc::sink {

void append_text(const data::Value& value, const data::Schema* schema, std::string& out);

// The texts of an array's elements, with `separator` between; `item_schema` may be null.
void append_joined(std::span<const data::Value> items, const data::Schema* item_schema,
                   std::string_view separator, std::string& out);

}  // namespace kc::sink
