// ValueToKey: the key is made of fields of the value.
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
using data::Schema;
using data::SchemaBuilder;
using data::SchemaPtr;
using data::Value;

constexpr std::string_view purpose = "copying fields from value to key";

// As Kafka 4.3 takes a list: each name once.
std::vector<std::string> distinct(const std::vector<std::string>& names) {
  std::vector<std::string> once;
  for (const std::string& name : names) {
    if (std::ranges::find(once, name) == once.end()) once.push_back(name);
  }
  return once;
}

class ValueToKey : public connect::Transformation {
 public:
  explicit ValueToKey(const Config& config)
      : names_(distinct(config.list("fields"))),
        replace_null_(config.boolean("replace.null.with.default")) {}

  static const ConfigDef& properties() {
    static const ConfigDef def =
        ConfigDef()
            .add(with_validator(
                required("fields", PropertyType::list, Importance::high,
                         "Field names on the record value to extract as the record key."),
                non_empty_list()))
            .add(replace_null_with_default());
    return def;
  }

  bool apply(data::Record& record, data::RecordBatch& batch) override {
    Arena& arena = batch.arena();
    if (record.value_schema == nullptr) {
      require_map(record.value, purpose);
      MapCopy key(Value::map({}), names_.size(), arena);
      for (const std::string& name : names_) key.put(name, find_in_map(record.value, name));
      record.key = key.value();
      record.key_schema = nullptr;
      return true;
    }
    require_structure(*record.value_schema, record.value, purpose);
    const Plan& plan =
        plans_.get(*record.value_schema, [this](const Schema& from) { return make_plan(from); });
    Value* const items = arena.allocate_array<Value>(plan.fields.size());
    for (size_t i = 0; i < plan.fields.size(); ++i) {
      items[i] = field_value(*plan.fields[i], record.value, replace_null_);
    }
    record.key = Value::structure({items, plan.fields.size()});
    record.key_schema = batch.retain(plan.schema);
    return true;
  }

 private:
  struct Plan {
    SchemaPtr schema;
    std::vector<const Field*> fields;  // of the schema that it was made from
  };

  Plan make_plan(const Schema& schema) const {
    Plan plan;
    SchemaBuilder builder(data::Type::structure);
    for (const std::string& name : names_) {
      const Field* const field = schema.find_field(name);
      if (field == nullptr) fail("Field does not exist: {}", name);
      plan.fields.push_back(field);
      builder.field(name, field->schema);
    }
    plan.schema = builder.build();
    return plan;
  }

  const std::vector<std::string> names_;
  const bool replace_null_;
  SchemaPlans<Plan> plans_;
};

}  // namespace

void add_value_to_key(TransformationPlugins& plugins) {
  add_for_record<ValueToKey>("ValueToKey", plugins);
}

}  // namespace kc::transform
