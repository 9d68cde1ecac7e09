// The payload forms of the logical types and of bytes (Connect's LogicalTypeConverters), read from
// JSON. `first` is the value's first character, which is next. Each throws Error(skip_record) with
// Connect's text for a form that does not fit.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "convert/json/json_cursor.h"
#include "data/schema.h"
#include "data/value.h"

namespace kc::convert {

inline bool starts_number(char c) { return c == '-' || (c >= '0' && c <= '9'); }

// A base64 string, whose first character is next.
data::Value read_base64(JsonCursor& cursor, std::string_view error);

// A number (with the scale as written) or base64 of the unscaled bytes (with the schema's scale).
data::Value read_decimal(JsonCursor& cursor, const data::Schema& schema, char first);
data::Value read_date(JsonCursor& cursor, char first);
data::Value read_time(JsonCursor& cursor, char first);
data::Value read_timestamp(JsonCursor& cursor, char first);

[[noreturn]] void fail_null(const data::Schema& schema, std::string_view field = {});
// ConnectSchema.validateValue, as far as a value that was read along `schema` can fail it: the
// words for the first null that its schema does not allow. The fields of structs, which are looked
// at as they are read, are not. `location`: `field: "a"`.
std::optional<std::string> find_converted_null(const data::Schema& schema, const data::Value& value,
                                               const std::string& location);
// Throws `what` followed by the node type of the value that is next; or that it is malformed, if it
// is.
[[noreturn]] void fail_form(JsonCursor& cursor, std::string_view what);

}  // namespace kc::convert
