#include "convert/avro/avro_schema.h"

#include <algorithm>
#include <unordered_map>
#include <unordered_set>
#include <utility>

#include "base/error.h"

namespace kc::convert {
namespace {

using base::Error;
using base::Reaction;
using Json = nlohmann::ordered_json;

constexpr std::pair<std::string_view, AvroType> type_names[] = {
    {"null", AvroType::null},        {"boolean", AvroType::boolean}, {"int", AvroType::int32},
    {"long", AvroType::int64},       {"float", AvroType::float32},   {"double", AvroType::float64},
    {"bytes", AvroType::bytes},      {"string", AvroType::string},   {"record", AvroType::record},
    {"enum", AvroType::enumeration}, {"array", AvroType::array},     {"map", AvroType::map},
    {"union", AvroType::union_of},   {"fixed", AvroType::fixed}};

constexpr std::string_view structural[] = {"fields", "items", "values", "symbols"};

bool is_primitive(AvroType type) { return type <= AvroType::string; }

std::optional<AvroType> type_of(std::string_view name) {
  if (name == "error") return AvroType::record;
  for (const auto& [known, type] : type_names) {
    if (known == name && type != AvroType::union_of) return type;
  }
  return std::nullopt;
}

[[noreturn]] void fail(const std::string& what) {
  throw Error(Reaction::skip_record, "Not an Avro schema: {}", what);
}

// Bytes of characters beyond ASCII count as letters, as Java's parser lets them.
bool is_name(std::string_view text) {
  const auto letter = [](char c) {
    return c == '_' || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c & 0x80) != 0;
  };
  return !text.empty() && letter(text.front()) &&
         std::ranges::all_of(text, [&](char c) { return letter(c) || (c >= '0' && c <= '9'); });
}

std::string shown(const Json& json) {
  std::string text = json.is_structured()
                         ? std::string(json.type_name())
                         : json.dump(-1, ' ', false, Json::error_handler_t::replace);
  if (text.size() > 100) text.resize(100);
  return text;
}

const std::string* text_in(const Json& object, const char* name) {
  const auto found = object.find(name);
  return found != object.end() && found->is_string() ? found->get_ptr<const std::string*>()
                                                     : nullptr;
}

}  // namespace

std::string_view avro_type_name(AvroType type) {
  return type_names[static_cast<size_t>(type)].first;
}

const Json* AvroSchema::attribute(std::string_view name) const {
  if (!attributes.is_object()) return nullptr;
  const auto found = attributes.find(name);
  return found == attributes.end() ? nullptr : &*found;
}

std::string_view AvroSchema::simple_name() const {
  const std::string_view name = full_name;
  return name.substr(name.rfind('.') + 1);
}

class AvroDocument::Parser {
 public:
  explicit Parser(std::deque<AvroSchema>& nodes) : nodes_(nodes) {}

  const AvroSchema* parse(std::string_view text) {
    Json json;
    try {
      json = Json::parse(text, [](int depth, Json::parse_event_t, Json&) {
        if (depth > 4 * depth_max) fail("it is nested too deeply");
        return true;
      });
    } catch (const Json::exception&) {
      fail("it is not JSON");
    }
    return read(json, {}, 0);
  }

 private:
  AvroSchema& add(AvroType type) {
    AvroSchema& node = nodes_.emplace_back();
    node.type = type;
    return node;
  }

  const AvroSchema* read(const Json& json, const std::string& space, int depth) {
    if (depth > depth_max) fail("its types are nested too deeply");
    if (json.is_string()) return named(json.get_ref<const std::string&>(), space);
    if (json.is_array()) return read_union(json, space, depth);
    if (!json.is_object()) fail("No type: " + shown(json));
    const auto type = json.find("type");
    if (type == json.end()) fail("No type: an object without \"type\"");
    if (!type->is_string()) return read(*type, space, depth + 1);
    const auto& name = type->get_ref<const std::string&>();
    const auto known = type_of(name);
    if (!known) return named(name, space);
    AvroSchema& node = add(*known);
    keep_attributes(json, node);
    switch (*known) {
      case AvroType::record:
      case AvroType::enumeration:
      case AvroType::fixed:
        read_named(json, space, depth, node);
        break;
      case AvroType::array:
        node.types.push_back(child(json, "items", space, depth));
        break;
      case AvroType::map:
        node.types.push_back(child(json, "values", space, depth));
        break;
      default:
        break;
    }
    return &node;
  }

  static void keep_attributes(const Json& json, AvroSchema& node) {
    node.attributes = Json::object();
    for (const auto& [name, value] : json.items()) {
      if (std::ranges::find(structural, name) == std::end(structural)) {
        node.attributes[name] = value;
      }
    }
    if (const std::string* logical = text_in(json, "logicalType")) node.logical_type = *logical;
  }

  const AvroSchema* child(const Json& json, const char* name, const std::string& space, int depth) {
    const auto found = json.find(name);
    if (found == json.end()) fail(std::string("an array or map has no \"") + name + "\"");
    return read(*found, space, depth + 1);
  }

  const AvroSchema* named(const std::string& name, const std::string& space) {
    if (const auto type = type_of(name); type && is_primitive(*type)) return &add(*type);
    const std::string full =
        name.find('.') == std::string::npos && !space.empty() ? space + "." + name : name;
    auto found = types_.find(full);
    if (found == types_.end()) found = types_.find(name);
    if (found == types_.end()) {
      fail("\"" + name +
           "\" is not a defined name. Hint: a type of another subject needs a "
           "reference");
    }
    return found->second;
  }

  const AvroSchema* read_union(const Json& json, const std::string& space, int depth) {
    AvroSchema& node = add(AvroType::union_of);
    std::unordered_set<std::string> seen;
    for (const Json& branch : json) {
      const AvroSchema* type = read(branch, space, depth + 1);
      if (type->type == AvroType::union_of) fail("Nested union");
      const std::string name =
          type->full_name.empty() ? std::string(avro_type_name(type->type)) : type->full_name;
      if (!seen.insert(name).second) fail("Duplicate in union: " + name);
      node.types.push_back(type);
    }
    return &node;
  }

  void read_named(const Json& json, const std::string& outer, int depth, AvroSchema& node) {
    const std::string* name = text_in(json, "name");
    if (name == nullptr) fail("No name in schema: a " + std::string(avro_type_name(node.type)));
    std::string space = outer;
    if (const std::string* given = text_in(json, "namespace")) space = *given;
    const size_t dot = name->rfind('.');
    if (dot != std::string::npos) space = name->substr(0, dot);
    const std::string simple = dot == std::string::npos ? *name : name->substr(dot + 1);
    if (!is_name(simple)) fail("Illegal name: " + simple);
    node.full_name = space.empty() ? simple : space + "." + simple;
    if (const std::string* doc = text_in(json, "doc")) node.doc = *doc;
    if (!types_.emplace(node.full_name, &node).second) fail("Can't redefine: " + node.full_name);
    if (node.type == AvroType::record) {
      read_fields(json, space, depth, node);
    } else if (node.type == AvroType::enumeration) {
      read_symbols(json, node);
    } else {
      read_size(json, node);
    }
  }

  void read_fields(const Json& json, const std::string& space, int depth, AvroSchema& node) {
    const auto fields = json.find("fields");
    if (fields == json.end() || !fields->is_array())
      fail("Record has no fields: " + node.full_name);
    std::unordered_set<std::string> seen;
    for (const Json& field : *fields) {
      const std::string* name = field.is_object() ? text_in(field, "name") : nullptr;
      if (name == nullptr) fail("No field name: in " + node.full_name);
      if (!is_name(*name)) fail("Illegal name: " + *name);
      if (!seen.insert(*name).second) {
        fail("Duplicate field " + *name + " in record " + node.full_name);
      }
      const auto type = field.find("type");
      if (type == field.end()) fail("No field type: " + *name + " in " + node.full_name);
      AvroField made;
      made.name = *name;
      made.schema = read(*type, space, depth + 1);
      if (const std::string* doc = text_in(field, "doc")) made.doc = *doc;
      if (const auto value = field.find("default"); value != field.end()) {
        made.default_value = *value;
      }
      node.fields.push_back(std::move(made));
    }
  }

  static void read_symbols(const Json& json, AvroSchema& node) {
    const auto symbols = json.find("symbols");
    if (symbols == json.end() || !symbols->is_array()) {
      fail("Enum has no symbols: " + node.full_name);
    }
    std::unordered_set<std::string> seen;
    for (const Json& symbol : *symbols) {
      if (!symbol.is_string() || !is_name(symbol.get_ref<const std::string&>())) {
        fail("Illegal symbol " + shown(symbol) + " in enum " + node.full_name);
      }
      node.symbols.push_back(symbol.get<std::string>());
      if (!seen.insert(node.symbols.back()).second) {
        fail("Duplicate enum symbol: " + node.symbols.back());
      }
    }
  }

  static void read_size(const Json& json, AvroSchema& node) {
    const auto size = json.find("size");
    if (size == json.end() || !size->is_number_unsigned() ||
        size->get<uint64_t>() > (uint64_t{1} << 30)) {
      fail("Invalid or no size: " + node.full_name);
    }
    node.size = size->get<uint32_t>();
  }

  std::deque<AvroSchema>& nodes_;
  std::unordered_map<std::string, const AvroSchema*> types_;
};

AvroDocument::AvroDocument(std::span<const std::string_view> texts) {
  Parser parser(nodes_);
  for (const std::string_view text : texts) root_ = parser.parse(text);
  if (root_ == nullptr) fail("there is no text");
}

}  // namespace kc::convert
