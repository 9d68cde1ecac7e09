// Rows as JSON texts, for /get/records and /insert/records with encoding `json`: one object per
// row, bytes as hexadecimal digits.
#pragma once

#include <string>
#include <string_view>

#include "data/value.h"
#include "wire/table_type.h"

namespace kc::server {

// One value as JSON text; bytes as hexadecimal digits.
std::string json_text(const data::Value& value);

std::string row_to_json(const wire::TableType& type, std::string_view row);

// Absent fields are null. Throws Error(skip_record) naming the column for a value that it cannot
// take, and for a text that is not a JSON object.
std::string row_from_json(const wire::TableType& type, std::string_view text);

}  // namespace kc::server
