#include "transform/field_path.h"

#include "transform/record_part.h"

namespace kc::transform {

using base::Error;
using base::Reaction;
using data::Field;
using data::Schema;
using data::Value;

namespace {

constexpr std::string_view purpose = "nested field access";

// Reads the name that begins with a backtick at `at`, and moves `at` behind it and the dot.
std::string read_quoted(std::string_view text, size_t& at) {
  const size_t opening = at;
  std::string name;
  size_t start = ++at;
  while (true) {
    const size_t closing = text.find('`', at);
    const bool last = closing + 1 == text.size();
    const bool escaped = closing != std::string_view::npos && text[closing - 1] == '\\';
    if (closing == std::string_view::npos || (last && escaped)) {
      throw Error(Reaction::fix_config,
                  "Incomplete backtick pair in path: [{}], consider adding a backslash before "
                  "backtick at position {} to escape it",
                  text, opening);
    }
    at = closing + 1;
    if (!last && text[at] != '.') continue;  // a backtick within the name
    if (escaped) {
      name.append(text.substr(start, closing - 1 - start)).append("`");
      start = at;
      continue;
    }
    name.append(text.substr(start, closing - start));
    if (!last) ++at;
    return name;
  }
}

std::vector<std::string> read_names(std::string_view text) {
  std::vector<std::string> names;
  size_t at = 0;
  while (at < text.size()) {
    if (text[at] == '`') {
      names.push_back(read_quoted(text, at));
      continue;
    }
    const size_t dot = std::min(text.find('.', at), text.size());
    names.emplace_back(text.substr(at, dot - at));
    at = dot + 1;
  }
  if (text.empty() || text.back() == '.') names.emplace_back();
  return names;
}

const Field* field_of(const Schema& schema, std::string_view name) {
  if (schema.type() != data::Type::structure) fail("Cannot look up fields on non-struct type");
  return schema.find_field(name);
}

}  // namespace

FieldPath::FieldPath(std::string_view text, Syntax syntax) {
  if (syntax == Syntax::v1) {
    names_.emplace_back(text);
  } else {
    names_ = read_names(text);
  }
}

const Field* FieldPath::find_field(const Schema& schema) const {
  const Schema* current = &schema;
  const Field* field = nullptr;
  for (const std::string& name : names_) {
    field = field_of(*current, name);
    if (field == nullptr) return nullptr;
    current = field->schema.get();
  }
  return field;
}

Value FieldPath::find_value(const Schema& schema, const Value& value, bool replace_null) const {
  const Schema* current = &schema;
  Value found = value;
  for (const std::string& name : names_) {
    if (found.is_null()) return {};
    require_structure(*current, found, purpose);
    const Field* const field = current->find_field(name);
    if (field == nullptr) return {};
    found = field_value(*field, found, replace_null);
    current = field->schema.get();
  }
  return found;
}

Value FieldPath::find_value(const Value& map) const {
  Value found = map;
  for (const std::string& name : names_) {
    if (found.is_null()) return {};
    require_map(found, purpose);
    found = find_in_map(found, name);
  }
  return found;
}

}  // namespace kc::transform
