#include "sink/structure_flattening.h"

#include <fmt/format.h>

#include <algorithm>
#include <unordered_map>
#include <vector>

#include "base/error.h"
#include "sink/nested_text.h"
#include "sink/row_value.h"

namespace kc::sink {

using data::Kind;
using data::Schema;
using data::SchemaBuilder;
using data::SchemaPtr;
using data::Type;
using data::Value;

// What becomes of a value, and of those in it.
struct StructureFlattening::Node {
  enum class What : uint8_t { leaf, text, first_item, structure };
  What what = What::leaf;
  size_t leaves = 1;
  const Schema* schema = nullptr;
  std::string path;            // for messages: 'parent'.'child'
  std::vector<Node> children;  // structure: one a field; first_item: the item
};

namespace {

template <typename... Arguments>
[[noreturn]] void refuse(fmt::format_string<Arguments...> format, Arguments&&... arguments) {
  throw base::Error(base::Reaction::skip_record, "{}",
                    fmt::format(format, std::forward<Arguments>(arguments)...));
}

bool is_nested(const Schema& schema) {
  return schema.type() == Type::structure || schema.type() == Type::array ||
         schema.type() == Type::map;
}

// Without the default: it would stand for the null of a structure around it, too.
SchemaPtr optional_copy(const Schema& schema) {
  SchemaBuilder copy(schema.type());
  if (schema.name()) copy.name(*schema.name());
  if (schema.version()) copy.version(*schema.version());
  if (schema.doc()) copy.doc(*schema.doc());
  for (const auto& [name, value] : schema.parameters()) copy.parameter(name, value);
  return copy.optional().build();
}

}  // namespace

class StructureFlattening::Compiler {
 public:
  explicit Compiler(const FlatteningRules& rules) : rules_(rules) {}

  // `prefix` stands before the names of the fields, `path` before their paths.
  Node structure(const Schema& schema, const std::string& prefix, const std::string& path,
                 bool nullable) {
    Node node{Node::What::structure, 0, &schema, path, {}};
    node.children.reserve(schema.fields().size());
    for (const data::Field& field : schema.fields()) {
      const char* const dot = path.empty() ? "" : ".";
      node.children.push_back(compile(field.schema, prefix + field.name,
                                      fmt::format("{}{}'{}'", path, dot, field.name), nullable));
      node.leaves += node.children.back().leaves;
    }
    return node;
  }

  SchemaPtr flat_schema(const Schema& nested) {
    SchemaBuilder builder(Type::structure);
    if (nested.name()) builder.name(*nested.name());
    if (nested.version()) builder.version(*nested.version());
    for (auto& [name, schema] : fields_) builder.field(name, schema);
    return builder.build();
  }

 private:
  Node compile(const SchemaPtr& schema, const std::string& name, const std::string& path,
               bool parent_nullable) {
    const bool nullable = parent_nullable || schema->optional();
    switch (schema->type()) {
      case Type::structure:
        return structure(*schema, name + rules_.delimiter, path, nullable);
      case Type::array:
        if (rules_.arrays == ArrayFlattening::take_first_value) {
          Node item = compile(schema->value_schema(), name, path + "[0]", true);
          Node node{Node::What::first_item, item.leaves, schema.get(), path, {}};
          node.children.push_back(std::move(item));
          return node;
        }
        [[fallthrough]];
      case Type::map:
        add_field(name, path, SchemaBuilder(Type::string).optional(nullable).build());
        return {Node::What::text, 1, schema.get(), path, {}};
      default:
        add_field(name, path, parent_nullable ? optional_copy(*schema) : schema);
        return {Node::What::leaf, 1, schema.get(), path, {}};
    }
  }

  void add_field(const std::string& name, const std::string& path, SchemaPtr schema) {
    if (name.size() > flat_name_bytes_max) {
      refuse("A nested field's column would have a name of {} bytes, {} are allowed: {}",
             name.size(), flat_name_bytes_max, shown(Value::string(name)));
    }
    if (fields_.size() == flat_fields_max) {
      refuse("Field {}: the structure has more than {} fields, flattened", path, flat_fields_max);
    }
    const auto [known, added] = paths_.emplace(name, path);
    if (!added) {
      refuse(
          "The fields {} and {} would both be column {}; rename one of them, or choose another "
          "kinetica.flatten_source.field_name_delimiter",
          known->second, path, name);
    }
    fields_.emplace_back(name, std::move(schema));
  }

  const FlatteningRules& rules_;
  std::vector<std::pair<std::string, SchemaPtr>> fields_;
  std::unordered_map<std::string, std::string> paths_;  // by name
};

class StructureFlattening::Writer {
 public:
  Writer(const FlatteningRules& rules, base::Arena& arena, std::string& text, Value* out)
      : rules_(rules), arena_(arena), text_(text), out_(out) {}

  void write(const Node& node, const Value& given) {
    const auto& default_value = node.schema->default_value();
    const Value& value = given.is_null() && default_value ? *default_value : given;
    if (value.is_null()) return write_nulls(node);
    switch (node.what) {
      case Node::What::leaf:
        *out_++ = value;
        return;
      case Node::What::text:
        *out_++ = as_text(node, value);
        return;
      case Node::What::first_item:
        if (value.kind() != Kind::array) refuse_kind(node, value);
        if (value.size() == 0) return write_nulls(node);
        return write(node.children.front(), value.items().front());
      case Node::What::structure:
        return write_fields(node, value);
    }
  }

  void write_fields(const Node& node, const Value& value) {
    if (value.kind() == Kind::map) return write_entries(node, value);
    if (value.kind() != Kind::structure) refuse_kind(node, value);
    if (value.size() != node.children.size()) {
      refuse("{}: the structure has {} values, its schema {} fields", shown_path(node),
             value.size(), node.children.size());
    }
    const Value* item = value.items().data();
    for (const Node& child : node.children) write(child, *item++);
  }

 private:
  void write_nulls(const Node& node) { out_ = std::fill_n(out_, node.leaves, Value()); }

  // Connect takes maps for structures.
  void write_entries(const Node& node, const Value& map) {
    const auto entries = map.entries();
    for (size_t i = 0; i < node.children.size(); ++i) {
      const std::string& name = node.schema->fields()[i].name;
      Value value;
      for (size_t entry = 0; entry < entries.size(); entry += 2) {
        const Value& key = entries[entry];
        if (key.kind() == Kind::string && key.as_text() == name) value = entries[entry + 1];
      }
      write(node.children[i], value);
    }
  }

  Value as_text(const Node& node, const Value& value) {
    text_.clear();
    if (value.kind() == Kind::array) {
      append_joined(value.items(), node.schema->value_schema().get(), rules_.separator, text_);
    } else {
      append_text(value, node.schema, text_);
    }
    return Value::string(arena_.copy(text_));
  }

  static std::string shown_path(const Node& node) {
    return node.path.empty() ? "The value" : "Field " + node.path;
  }

  [[noreturn]] static void refuse_kind(const Node& node, const Value& value) {
    refuse("{}: the value is a {}, its schema says {}", shown_path(node), kind_name(value.kind()),
           type_name(node.schema->type()));
  }

  const FlatteningRules& rules_;
  base::Arena& arena_;
  std::string& text_;
  Value* out_;
};

StructureFlattening::StructureFlattening(const Schema& schema, FlatteningRules rules)
    : rules_(std::move(rules)), nested_(schema.shared_from_this()), flat_(nested_) {
  const auto nested = [](const data::Field& field) { return is_nested(*field.schema); };
  if (std::ranges::none_of(schema.fields(), nested)) return;
  Compiler compiler(rules_);
  root_ = std::make_unique<const Node>(compiler.structure(schema, "", "", false));
  flat_ = compiler.flat_schema(schema);
}

StructureFlattening::~StructureFlattening() = default;

Value StructureFlattening::flatten(const Value& value, base::Arena& arena,
                                   std::string& text) const {
  if (root_ == nullptr) return value;
  Value* const out = arena.allocate_array<Value>(root_->leaves);
  Writer(rules_, arena, text, out).write_fields(*root_, value);
  return Value::structure({out, root_->leaves});
}

}  // namespace kc::sink
