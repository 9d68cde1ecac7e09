// What kinetica.flatten_source.* asks for.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

namespace kc::sink {

// What an array becomes: a text of all its elements, or its first element.
enum class ArrayFlattening : uint8_t { convert_to_string, take_first_value };

struct FlatteningRules {
  // Between the names of a field and of one in it.
  std::string delimiter = "_";
  // Between the texts of an array's elements.
  std::string separator = ",";
  ArrayFlattening arrays = ArrayFlattening::convert_to_string;
};

// Kinetica's limit for a column's name.
inline constexpr size_t flat_name_bytes_max = 200;
// Of a record; beyond what a table has columns for.
inline constexpr size_t flat_fields_max = 10'000;

}  // namespace kc::sink
