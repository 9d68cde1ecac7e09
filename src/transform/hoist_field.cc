// HoistField: the whole key or value becomes the only field of a structure or map.
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
using data::Schema;
using data::SchemaBuilder;
using data::SchemaPtr;
using data::Value;

class HoistField : public connect::Transformation {
 public:
  HoistField(Part part, const Config& config) : part_(part), name_(config.string("field")) {}

  static const ConfigDef& properties() {
    static const ConfigDef def = ConfigDef().add(
        required("field", PropertyType::string, Importance::medium,
                 "Field name for the single field that will be created in the resulting Struct or "
                 "Map."));
    return def;
  }

  bool apply(data::Record& record, data::RecordBatch& batch) override {
    const PartOfRecord part = part_of(record, part_);
    Arena& arena = batch.arena();
    if (part.schema == nullptr) {
      Value* const entry = arena.allocate_array<Value>(2);
      entry[0] = Value::string(arena.copy(name_));
      entry[1] = part.value;
      part.value = Value::map({entry, 2});
      return true;
    }
    require_not_null(*part.schema, name_, part.value);
    const SchemaPtr& hoisted = plans_.get(*part.schema, [this](const Schema& from) {
      return SchemaBuilder(data::Type::structure).field(name_, from.shared_from_this()).build();
    });
    Value* const item = arena.allocate_array<Value>(1);
    item[0] = part.value;
    part.value = Value::structure({item, 1});
    part.schema = batch.retain(hoisted);
    return true;
  }

 private:
  const Part part_;
  const std::string name_;
  SchemaPlans<SchemaPtr> plans_;
};

}  // namespace

void add_hoist_field(TransformationPlugins& plugins) {
  add_for_key_and_value<HoistField>("HoistField", plugins);
}

}  // namespace kc::transform
