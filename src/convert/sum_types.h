// The form that Confluent's converters give to unions and enums of all schema languages when
// generalized.sum.type.support is set; without it each language has names of its own.
//
//   union  a structure connect_union_N, which is also its parameter ...Union, with the fields
//          connect_union_field_I (Protobuf: the names of the oneof and its fields)
//   enum   a text with the parameters ...Enum, its name, and ...Enum.SYMBOL, the symbol's number
//
// Both forms are written, whichever is set.
#pragma once

#include <string_view>

#include "data/schema.h"

namespace kc::convert {

inline constexpr const char* generalized_sum_types_property = "generalized.sum.type.support";

inline constexpr std::string_view generalized_union_parameter =
    "org.apache.kafka.connect.data.Union";
inline constexpr std::string_view generalized_enum_parameter = "org.apache.kafka.connect.data.Enum";
inline constexpr std::string_view generalized_union_name = "connect_union_{}";
inline constexpr std::string_view generalized_union_field_name = "connect_union_field_{}";

inline bool is_generalized_union(const data::Schema& schema) {
  return schema.type() == data::Type::structure &&
         schema.find_parameter(generalized_union_parameter) != nullptr;
}

// The parameter by which `schema` is an enum: `own`, the language's, or the generalized one; empty
// when it is none.
inline std::string_view enum_parameter_of(const data::Schema& schema, std::string_view own) {
  if (schema.find_parameter(own) != nullptr) return own;
  const bool generalized = schema.find_parameter(generalized_enum_parameter) != nullptr;
  return generalized ? generalized_enum_parameter : std::string_view();
}

}  // namespace kc::convert
