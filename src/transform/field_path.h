// The way to a field, as the options `field` and `field.syntax.version` write it (KIP-821). V1: one
// name. V2: names with dots between; backticks around a name that contains dots, \` for a backtick
// in front of a dot.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "data/schema.h"

namespace kc::transform {

class FieldPath {
 public:
  enum class Syntax { v1, v2 };

  // Throws Error(fix_config) when a backtick has no partner.
  FieldPath(std::string_view text, Syntax syntax);

  const std::vector<std::string>& names() const { return names_; }

  // nullptr when there is no such field. Throws Error(skip_record) when something on the way is no
  // structure.
  const data::Field* find_field(const data::Schema& schema) const;
  // The value of a structure of that schema; null when it, or something on the way, is null.
  data::Value find_value(const data::Schema& schema, const data::Value& value,
                         bool replace_null) const;
  // The same in a map.
  data::Value find_value(const data::Value& map) const;

 private:
  std::vector<std::string> names_;
};

}  // namespace kc::transform
