// HeaderFrom: fields are moved or copied to headers.
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
using data::Header;
using data::Schema;
using data::SchemaBuilder;
using data::SchemaPtr;
using data::Value;

class HeaderFrom : public connect::Transformation {
 public:
  HeaderFrom(Part part, const Config& config)
      : part_(part),
        fields_(config.list("fields")),
        headers_(config.list("headers")),
        move_(config.string("operation") == "move"),
        replace_null_(config.boolean("replace.null.with.default")),
        purpose_("header " + config.string("operation")) {
    if (fields_.size() != headers_.size()) {
      throw base::Error(base::Reaction::fix_config,
                        "'fields' config must have the same number of elements as 'headers' "
                        "config. There are {} fields and {} headers",
                        fields_.size(), headers_.size());
    }
  }

  static const ConfigDef& properties() {
    static const ConfigDef def =
        ConfigDef()
            .add(with_validator(required("fields", PropertyType::list, Importance::high,
                                         "Field names in the record whose values are to be copied "
                                         "or moved to headers."),
                                non_empty_list()))
            .add(with_validator(required("headers", PropertyType::list, Importance::high,
                                         "Header names, in the same order as the field names "
                                         "listed in the fields configuration property."),
                                non_empty_list()))
            .add(with_validator(
                required("operation", PropertyType::string, Importance::high,
                         "Either move if the fields are to be moved to the headers (removed from "
                         "the key/value), or copy if the fields are to be copied to the headers "
                         "(retained in the key/value)."),
                config::one_of({"move", "copy"})))
            .add(replace_null_with_default());
    return def;
  }

  bool apply(data::Record& record, data::RecordBatch& batch) override {
    const PartOfRecord part = part_of(record, part_);
    Arena& arena = batch.arena();
    std::vector<Header> added;
    added.reserve(fields_.size());
    if (part.schema == nullptr) {
      require_map(part.value, purpose_);
      for (size_t i = 0; i < fields_.size(); ++i) {
        added.push_back({arena.copy(headers_[i]), nullptr, find_in_map(part.value, fields_[i])});
      }
      if (move_) part.value = without_fields(part.value, arena);
    } else {
      const Schema& schema = *part.schema;
      require_structure(schema, part.value, purpose_);
      for (size_t i = 0; i < fields_.size(); ++i) {
        const Field& field = named_field(schema, fields_[i]);
        added.push_back({arena.copy(headers_[i]), batch.retain(field.schema),
                         field_value(field, part.value, replace_null_)});
      }
      if (move_) move_fields(part, batch);
    }
    record.headers = append_headers(record.headers, added, arena);
    return true;
  }

 private:
  struct Plan {
    SchemaPtr schema;
    std::vector<const Field*> kept;  // of the schema that it was made from
  };

  static const Field& named_field(const Schema& schema, const std::string& name) {
    const Field* const field = schema.find_field(name);
    if (field == nullptr) {
      fail_as("java.lang.NullPointerException", "Field does not exist: {}", name);
    }
    return *field;
  }

  Value without_fields(const Value& map, Arena& arena) const {
    MapCopy copy(map, 0, arena);
    for (const std::string& field : fields_) copy.remove(field);
    return copy.value();
  }

  void move_fields(const PartOfRecord& part, data::RecordBatch& batch) {
    const Plan& plan =
        plans_.get(*part.schema, [this](const Schema& from) { return make_plan(from); });
    Value* const items = batch.arena().allocate_array<Value>(plan.kept.size());
    for (size_t i = 0; i < plan.kept.size(); ++i) {
      items[i] = field_value(*plan.kept[i], part.value, replace_null_);
    }
    part.value = Value::structure({items, plan.kept.size()});
    part.schema = batch.retain(plan.schema);
  }

  Plan make_plan(const Schema& schema) const {
    Plan plan;
    SchemaBuilder builder = copy_basics(schema, SchemaBuilder(data::Type::structure));
    for (const Field& field : schema.fields()) {
      if (std::ranges::find(fields_, field.name) != fields_.end()) continue;
      plan.kept.push_back(&field);
      builder.field(field.name, field.schema);
    }
    plan.schema = builder.build();
    return plan;
  }

  const Part part_;
  const std::vector<std::string> fields_;
  const std::vector<std::string> headers_;
  const bool move_;
  const bool replace_null_;
  const std::string purpose_;
  SchemaPlans<Plan> plans_;
};

}  // namespace

void add_header_from(TransformationPlugins& plugins) {
  add_for_key_and_value<HeaderFrom>("HeaderFrom", plugins);
}

}  // namespace kc::transform
