// SetSchemaMetadata: another name or version of the schema.
#include <algorithm>

#include "transform/declarations.h"
#include "transform/plugins.h"
#include "transform/record_part.h"
#include "transform/schema_plans.h"

namespace kc::transform {
namespace {

using config::Config;
using config::ConfigDef;
using config::Importance;
using config::PropertyType;
using data::Schema;
using data::SchemaBuilder;
using data::SchemaPtr;
using data::Value;

class SetSchemaMetadata : public connect::Transformation {
 public:
  SetSchemaMetadata(Part part, const Config& config)
      : part_(part), replace_null_(config.boolean("replace.null.with.default")) {
    if (config.given("schema.name")) name_ = config.string("schema.name");
    if (config.given("schema.version")) {
      version_ = static_cast<int32_t>(config.integer("schema.version"));
    }
    if (!name_ && !version_) {
      throw base::Error(base::Reaction::fix_config,
                        "Neither schema name nor version configured. Set schema.name or "
                        "schema.version");
    }
  }

  static const ConfigDef& properties() {
    static const ConfigDef def =
        ConfigDef()
            .add(optional("schema.name", PropertyType::string, "", Importance::high,
                          "Schema name to set."))
            .add(optional("schema.version", PropertyType::int32, "0", Importance::high,
                          "Schema version to set. The default is the version that the schema "
                          "has."))
            .add(replace_null_with_default());
    return def;
  }

  bool apply(data::Record& record, data::RecordBatch& batch) override {
    const PartOfRecord part = part_of(record, part_);
    if (part.schema == nullptr) {
      if (part.value.is_null()) return true;
      fail("Schema required for [updating schema metadata]");
    }
    const Schema& schema = *part.schema;
    const SchemaPtr& updated =
        plans_.get(schema, [this](const Schema& from) { return make_schema(from); });
    if (!part.value.is_null()) part.value = with_defaults(schema, part.value, batch.arena());
    part.schema = batch.retain(updated);
    return true;
  }

 private:
  // The same value when no null has a default.
  Value with_defaults(const Schema& schema, const Value& value, base::Arena& arena) const {
    require_structure(schema, value, "updating schema metadata");
    Value* items = nullptr;
    for (const data::Field& field : schema.fields()) {
      const Value& item = field_value(field, value, replace_null_);
      if (&item == &value.items()[field.index]) continue;
      if (items == nullptr) {
        items = arena.allocate_array<Value>(value.size());
        std::ranges::copy(value.items(), items);
      }
      items[field.index] = item;
    }
    return items == nullptr ? value : Value::structure({items, value.size()});
  }

  SchemaPtr make_schema(const Schema& schema) const {
    if (schema.type() != data::Type::structure) fail("Cannot list fields on non-struct type");
    SchemaBuilder builder = copy_basics(schema);
    if (name_) builder.name(*name_);
    if (version_) builder.version(*version_);
    builder.optional(schema.optional());
    if (schema.default_value()) builder.default_value(*schema.default_value());
    for (const data::Field& field : schema.fields()) builder.field(field.name, field.schema);
    return builder.build();
  }

  const Part part_;
  std::optional<std::string> name_;
  std::optional<int32_t> version_;
  const bool replace_null_;
  SchemaPlans<SchemaPtr> plans_;
};

}  // namespace

void add_set_schema_metadata(TransformationPlugins& plugins) {
  add_for_key_and_value<SetSchemaMetadata>("SetSchemaMetadata", plugins);
}

}  // namespace kc::transform
