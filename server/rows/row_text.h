// Rows and values as texts: JSON objects for /get/records and /insert/records with encoding `json`,
// single values for /update/records. Bytes are hexadecimal digits; a text that is not is taken as
// Python's client writes bytes, a character for each.
#pragma once

#include <deque>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>

#include "data/value.h"
#include "wire/table_type.h"

namespace kc::server {

std::string to_hex(std::string_view bytes);

// One value as JSON text.
std::string json_text(const data::Value& value);

std::string row_to_json(const wire::TableType& type, std::string_view row);

// A column that the object does not name takes its default, what the server fills in, or null.
// Throws Error(skip_record) naming the column for a value that it cannot take, and for a text that
// is not a JSON object.
std::string row_from_json(const wire::TableType& type, std::string_view text);
std::string row_from_json_object(const wire::TableType& type, const nlohmann::ordered_json& object);

// The value of the column's base type that a text stands for; its form (a date, a UUID) is not
// looked at. New texts are kept in `texts`. Throws Error(skip_record) naming the column.
data::Value value_from_text(const wire::Column& column, std::string_view text,
                            std::deque<std::string>& texts);

}  // namespace kc::server
