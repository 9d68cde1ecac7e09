// ReplaceField: fields are dropped or renamed.
#include <algorithm>
#include <map>

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

constexpr std::string_view purpose = "field replacement";

using Renames = std::map<std::string, std::string, std::less<>>;

std::optional<std::string> validate_renames(std::string_view text) {
  for (const std::string& item : config::split_list(text)) {
    if (std::ranges::count(item, ':') != 1 || item.ends_with(':')) {
      return "Invalid rename mapping: " + item + ". Write old:new";
    }
  }
  return std::nullopt;
}

Renames read_renames(const std::vector<std::string>& mappings) {
  Renames renames;
  for (const std::string& mapping : mappings) {
    const size_t colon = mapping.find(':');
    renames.insert_or_assign(mapping.substr(0, colon), mapping.substr(colon + 1));
  }
  return renames;
}

class ReplaceField : public connect::Transformation {
 public:
  ReplaceField(Part part, const Config& config)
      : part_(part),
        exclude_(config.list("exclude")),
        include_(config.list("include")),
        renames_(read_renames(config.list("renames"))),
        replace_null_(config.boolean("replace.null.with.default")) {}

  static const ConfigDef& properties() {
    static const ConfigDef def = make_properties();
    return def;
  }

  bool apply(data::Record& record, data::RecordBatch& batch) override {
    const PartOfRecord part = part_of(record, part_);
    if (part.value.is_null()) return true;
    if (part.schema == nullptr) {
      require_map(part.value, purpose);
      part.value = replaced(part.value, batch.arena());
      return true;
    }
    require_structure(*part.schema, part.value, purpose);
    const Plan& plan =
        plans_.get(*part.schema, [this](const Schema& from) { return make_plan(from); });
    Value* const items = batch.arena().allocate_array<Value>(plan.kept.size());
    for (size_t i = 0; i < plan.kept.size(); ++i) {
      items[i] = field_value(*plan.kept[i], part.value, replace_null_);
    }
    part.value = Value::structure({items, plan.kept.size()});
    part.schema = batch.retain(plan.schema);
    return true;
  }

 private:
  struct Plan {
    SchemaPtr schema;
    std::vector<const Field*> kept;  // of the schema that it was made from
  };

  static ConfigDef make_properties() {
    config::Property exclude =
        optional("exclude", PropertyType::list, "", Importance::medium,
                 "Fields to exclude. This takes precedence over the fields to include.");
    exclude.validator = no_empty_items();
    exclude.aliases = {"blacklist"};  // until Kafka 3.9
    config::Property include =
        optional("include", PropertyType::list, "", Importance::medium,
                 "Fields to include. If specified, only these fields will be used.");
    include.validator = no_empty_items();
    include.aliases = {"whitelist"};
    return ConfigDef()
        .add(std::move(exclude))
        .add(std::move(include))
        .add(with_validator(optional("renames", PropertyType::list, "", Importance::medium,
                                     "Field rename mappings, as old:new."),
                            validate_renames))
        .add(replace_null_with_default());
  }

  bool keeps(std::string_view name) const {
    if (std::ranges::find(exclude_, name) != exclude_.end()) return false;
    return include_.empty() || std::ranges::find(include_, name) != include_.end();
  }

  std::string_view renamed(std::string_view name) const {
    const auto found = renames_.find(name);
    return found == renames_.end() ? name : std::string_view(found->second);
  }

  Value replaced(const Value& map, Arena& arena) const {
    const auto entries = map.entries();
    MapCopy copy(Value::map({}), entries.size() / 2, arena);
    for (size_t i = 0; i < entries.size(); i += 2) {
      if (entries[i].kind() != data::Kind::string) {
        fail_as("java.lang.ClassCastException", "{} cannot be cast to class java.lang.String",
                class_of(entries[i]));
      }
      const std::string_view name = entries[i].as_text();
      if (keeps(name)) copy.put(renamed(name), entries[i + 1]);
    }
    return copy.value();
  }

  Plan make_plan(const Schema& schema) const {
    Plan plan;
    SchemaBuilder builder = copy_basics(schema, SchemaBuilder(data::Type::structure));
    for (const Field& field : schema.fields()) {
      if (!keeps(field.name)) continue;
      plan.kept.push_back(&field);
      builder.field(std::string(renamed(field.name)), field.schema);
    }
    plan.schema = builder.build();
    return plan;
  }

  const Part part_;
  const std::vector<std::string> exclude_;
  const std::vector<std::string> include_;
  const Renames renames_;
  const bool replace_null_;
  SchemaPlans<Plan> plans_;
};

}  // namespace

void add_replace_field(TransformationPlugins& plugins) {
  add_for_key_and_value<ReplaceField>("ReplaceField", plugins);
}

}  // namespace kc::transform
