// The forms that texts of json, array and wkt columns have. Not fast: such columns are few.
#pragma once

#include <cstdint>
#include <string_view>

namespace kc::server {

// What array(T) holds.
enum class ArrayElement : uint8_t { any, int32, int64, real, truth, text, ulong, uuid };
// Of a property as "array(int,10)". The number of elements is not checked, as Kinetica does not.
ArrayElement array_element(std::string_view property);

bool is_json(std::string_view text);
// A JSON array of such elements or nulls; texts may stand without quotes, as Python's client writes
// a list of them.
bool is_array_of(ArrayElement element, std::string_view text);
// Well-known text: the name of a geometry, then EMPTY or parentheses that close. Whether it is
// drawn well is not looked at.
bool is_wkt(std::string_view text);
// Well-known binary, by its byte order and the type of its geometry.
bool is_wkb(std::string_view bytes);

}  // namespace kc::server
