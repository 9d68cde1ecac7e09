// Flatten: nested structures or maps become one level, with joined names.
#include <algorithm>

#include "transform/declarations.h"
#include "transform/plugins.h"
#include "transform/record_part.h"
#include "transform/schema_plans.h"

namespace kc::transform {
namespace {

using base::Arena;
using config::Config;
using config::ConfigDef;
using config::Importance;
using config::PropertyType;
using data::Field;
using data::Kind;
using data::Schema;
using data::SchemaBuilder;
using data::SchemaPtr;
using data::Type;
using data::Value;

constexpr std::string_view purpose = "flattening";

// Nesting is limited by what a stack takes; converters stop earlier.
constexpr int depth_max = 1000;

class Flatten : public connect::Transformation {
 public:
  Flatten(Part part, const Config& config) : part_(part), delimiter_(config.string("delimiter")) {}

  static const ConfigDef& properties() {
    static const ConfigDef def = ConfigDef().add(
        optional("delimiter", PropertyType::string, ".", Importance::medium,
                 "Delimiter to insert between field names from the input record when generating "
                 "field names for the output record"));
    return def;
  }

  bool apply(data::Record& record, data::RecordBatch& batch) override {
    const PartOfRecord part = part_of(record, part_);
    if (part.value.is_null()) return true;
    if (part.schema == nullptr) {
      require_map(part.value, purpose);
      entries_.clear();
      flatten_map(part.value, "", batch.arena(), 0);
      part.value = copy_entries(batch.arena());
      return true;
    }
    const Schema& schema = *part.schema;
    require_structure(schema, part.value, purpose);
    const SchemaPtr& flat =
        plans_.get(schema, [this](const Schema& from) { return flat_schema(from); });
    Value* const items = batch.arena().allocate_array<Value>(flat->fields().size());
    size_t count = 0;
    flatten_structure(schema, part.value, *flat, items, count);
    part.value = Value::structure({items, count});
    part.schema = batch.retain(flat);
    return true;
  }

 private:
  std::string joined(std::string_view prefix, std::string_view name) const {
    return prefix.empty() ? std::string(name) : fmt::format("{}{}{}", prefix, delimiter_, name);
  }

  // Appends to entries_; a name that is there already gets the later value.
  void flatten_map(const Value& map, std::string_view prefix, Arena& arena, int depth) {
    if (depth > depth_max) fail("The map is nested more than {} deep", depth_max);
    const auto entries = map.entries();
    for (size_t i = 0; i < entries.size(); i += 2) {
      if (entries[i].kind() != Kind::string) {
        fail_as("java.lang.ClassCastException", "{} cannot be cast to class java.lang.String",
                class_of(entries[i]));
      }
      const Value& value = entries[i + 1];
      const std::string name = joined(prefix, entries[i].as_text());
      if (value.kind() == Kind::map) {
        flatten_map(value, name, arena, depth + 1);
        continue;
      }
      if (value.kind() == Kind::structure) {
        fail(
            "Flatten transformation does not support {} for record without schemas (for field "
            "{}).",
            class_of(value), name);
      }
      if (value.kind() >= Kind::decimal) {
        fail(
            "Flatten transformation was passed a value of type {} which is not supported by "
            "Connect's data API",
            class_of(value));
      }
      put(prefix.empty() ? entries[i] : Value::string(arena.copy(name)), value);
    }
  }

  void put(const Value& name, const Value& value) {
    for (size_t i = 0; i < entries_.size(); i += 2) {
      if (entries_[i].as_text() != name.as_text()) continue;
      entries_[i + 1] = value;
      return;
    }
    entries_.push_back(name);
    entries_.push_back(value);
  }

  Value copy_entries(Arena& arena) const {
    Value* const copied = arena.allocate_array<Value>(entries_.size());
    std::ranges::copy(entries_, copied);
    return Value::map({copied, entries_.size()});
  }

  // `value` may be null: all its fields are absent then.
  static void flatten_structure(const Schema& schema, const Value& value, const Schema& flat,
                                Value* items, size_t& count) {
    for (const Field& field : schema.fields()) {
      const Value item = value.is_null() ? Value() : field_value(field, value, true);
      if (field.schema->type() == Type::structure) {
        if (!item.is_null()) require_structure(*field.schema, item, purpose);
        flatten_structure(*field.schema, item, flat, items, count);
        continue;
      }
      // Of what is absent, Struct.get() gives the default.
      const auto& otherwise = flat.fields()[count].schema->default_value();
      items[count++] = item.is_null() && otherwise ? *otherwise : item;
    }
  }

  SchemaPtr flat_schema(const Schema& schema) const {
    SchemaBuilder builder = copy_basics(schema, SchemaBuilder(Type::structure));
    add_fields(schema, "", schema.optional(), schema.default_value().value_or(Value()), builder);
    return builder.build();
  }

  // `otherwise`: the default of the structure, null when it has none.
  void add_fields(const Schema& schema, std::string_view prefix, bool optional,
                  const Value& otherwise, SchemaBuilder& builder) const {
    for (const Field& field : schema.fields()) {
      const std::string name = joined(prefix, field.name);
      const bool field_optional = optional || field.schema->optional();
      Value field_default = field.schema->default_value().value_or(Value());
      if (field_default.is_null() && !otherwise.is_null()) {
        field_default = otherwise.items()[field.index];
      }
      if (field.schema->type() == Type::structure) {
        add_fields(*field.schema, name, field_optional, field_default, builder);
        continue;
      }
      if (field.schema->type() == Type::map) {
        fail("Flatten transformation does not support {} for record with schemas (for field {}).",
             data::type_name(field.schema->type()), name);
      }
      SchemaBuilder copy = copy_basics(*field.schema);
      copy.optional(field_optional);
      if (!field_default.is_null()) copy.default_value(field_default);
      builder.field(name, copy.build());
    }
  }

  const Part part_;
  const std::string delimiter_;
  SchemaPlans<SchemaPtr> plans_;
  std::vector<Value> entries_;  // names and values in turn, of the map being made
};

}  // namespace

void add_flatten(TransformationPlugins& plugins) {
  add_for_key_and_value<Flatten>("Flatten", plugins);
}

}  // namespace kc::transform
