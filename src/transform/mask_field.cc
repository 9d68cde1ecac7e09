// MaskField: fields get an empty value of their type, or a replacement.
#include <algorithm>

#include "transform/declarations.h"
#include "transform/java_number.h"
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
using data::Kind;
using data::Schema;
using data::Value;

constexpr std::string_view purpose = "mask fields";

// One zero byte: the unscaled value of 0.
constexpr std::string_view zero("\0", 1);

Value empty_value(const Value& value) {
  switch (value.kind()) {
    case Kind::boolean:
      return Value::boolean(false);
    case Kind::int8:
      return Value::int8(0);
    case Kind::int16:
      return Value::int16(0);
    case Kind::int32:
      return Value::int32(0);
    case Kind::int64:
      return Value::int64(0);
    case Kind::float32:
      return Value::float32(0);
    case Kind::float64:
      return Value::float64(0);
    case Kind::string:
      return Value::string("");
    case Kind::array:
      return Value::array({});
    case Kind::map:
      return Value::map({});
    case Kind::decimal:
      // Kafka's has the scale 0, which its own converters then refuse.
      return Value::decimal(zero, value.scale());
    case Kind::date:
      return Value::date(0);
    case Kind::time:
      return Value::time(0);
    case Kind::timestamp:
      return Value::timestamp(0);
    default:
      fail("Cannot mask value of type: {}", class_of(value));
  }
}

class MaskField : public connect::Transformation {
 public:
  MaskField(Part part, const Config& config)
      : part_(part),
        names_(config.list("fields")),
        replacement_(config.given("replacement") ? std::optional(config.string("replacement"))
                                                 : std::nullopt),
        replace_null_(config.boolean("replace.null.with.default")) {}

  static const ConfigDef& properties() {
    static const ConfigDef def =
        ConfigDef()
            .add(with_validator(required("fields", PropertyType::list, Importance::high,
                                         "Names of fields to mask."),
                                non_empty_list()))
            .add(with_validator(
                optional("replacement", PropertyType::string, "", Importance::low,
                         "Custom value replacement, that will be applied to all 'fields' values "
                         "(numeric or non-empty string values only)."),
                config::not_empty()))
            .add(replace_null_with_default());
    return def;
  }

  bool apply(data::Record& record, data::RecordBatch& batch) override {
    const PartOfRecord part = part_of(record, part_);
    Arena& arena = batch.arena();
    if (part.schema == nullptr) {
      require_map(part.value, purpose);
      MapCopy copy(part.value, names_.size(), arena);
      for (const std::string& name : names_) {
        copy.put(name, masked(find_in_map(part.value, name), arena));
      }
      part.value = copy.value();
      return true;
    }
    const Schema& schema = *part.schema;
    require_structure(schema, part.value, purpose);
    const auto& plan = plans_.get(schema, [this](const Schema& from) { return make_plan(from); });
    const auto& fields = schema.fields();
    Value* const items = arena.allocate_array<Value>(fields.size());
    for (size_t i = 0; i < fields.size(); ++i) {
      const Value& value = field_value(fields[i], part.value, replace_null_);
      items[i] = plan[i] ? masked(value, arena) : value;
    }
    part.value = Value::structure({items, fields.size()});
    return true;
  }

 private:
  // Per field: whether it is masked.
  std::vector<bool> make_plan(const Schema& schema) const {
    std::vector<bool> plan;
    for (const data::Field& field : schema.fields()) {
      plan.push_back(std::ranges::find(names_, field.name) != names_.end());
    }
    return plan;
  }

  Value masked(const Value& value, Arena& arena) const {
    if (value.is_null()) return value;
    return replacement_ ? replaced(value, arena) : empty_value(value);
  }

  Value replaced(const Value& value, Arena& arena) const {
    switch (value.kind()) {
      case Kind::string:
        return Value::string(arena.copy(*replacement_));
      case Kind::int8:
        return Value::int8(static_cast<int8_t>(number("a number").long_value()));
      case Kind::int16:
        return Value::int16(static_cast<int16_t>(number("a number").long_value()));
      case Kind::int32:
        return Value::int32(static_cast<int32_t>(number("a number").long_value()));
      case Kind::int64:
        return Value::int64(number("a number").long_value());
      case Kind::float32:
        return Value::float32(static_cast<float>(number("a number").double_value()));
      case Kind::float64:
        return Value::float64(number("a number").double_value());
      case Kind::decimal:
        return number("number").decimal(arena);
      default:
        fail("Cannot mask value of type {} with custom replacement.", class_of(value));
    }
  }

  // `what`: as the message names it; the two differ in Kafka.
  BigNumber number(std::string_view what) const {
    const auto number = BigNumber::parse(*replacement_);
    if (!number) {
      fail("Unable to convert {} (class java.lang.String) to {}", *replacement_, what);
    }
    return *number;
  }

  const Part part_;
  const std::vector<std::string> names_;
  const std::optional<std::string> replacement_;
  const bool replace_null_;
  SchemaPlans<std::vector<bool>> plans_;
};

}  // namespace

void add_mask_field(TransformationPlugins& plugins) {
  add_for_key_and_value<MaskField>("MaskField", plugins);
}

}  // namespace kc::transform
