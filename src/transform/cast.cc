// Cast: fields, or the whole key or value, of another type.
#include <algorithm>
#include <cctype>
#include <limits>
#include <map>
#include <optional>

#include "base/text.h"
#include "convert/header/header_text.h"
#include "convert/string_converter.h"
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
using data::SchemaBuilder;
using data::SchemaPtr;
using data::Type;
using data::Value;

constexpr std::string_view purpose = "cast types";
constexpr std::string_view output_types =
    "[INT8, INT16, INT32, INT64, FLOAT32, FLOAT64, BOOLEAN, STRING]";
constexpr std::string_view input_types =
    "[INT8, INT16, INT32, INT64, FLOAT32, FLOAT64, BOOLEAN, STRING, BYTES]";

struct Spec {
  std::optional<Type> whole;
  std::map<std::string, Type, std::less<>> fields;
};

// Throws std::string, the reason, for a name that is none of a type to cast to.
Type type_of(std::string_view text) {
  std::string name(base::trim(text));
  std::ranges::transform(name, name.begin(), [](unsigned char c) { return std::toupper(c); });
  for (int i = 0; i <= static_cast<int>(Type::structure); ++i) {
    const auto type = static_cast<Type>(i);
    if (data::type_name(type) != name) continue;
    if (type <= Type::string) return type;
    throw fmt::format("Cast transformation does not support casting to {}; supported types are {}",
                      name, output_types);
  }
  throw fmt::format("Invalid type found in casting spec: {}. Types are {}", base::trim(text),
                    output_types);
}

// Throws std::string, the reason.
Spec read_spec(const std::vector<std::string>& mappings) {
  if (mappings.empty()) throw std::string("Must specify at least one field to cast.");
  Spec spec;
  for (const std::string& mapping : mappings) {
    const size_t colon = mapping.find(':');
    if (colon != std::string::npos && mapping.find(':', colon + 1) != std::string::npos) {
      throw "Invalid rename mapping: " + mapping;
    }
    if (colon == std::string::npos) {
      spec.whole = type_of(mapping);
    } else {
      spec.fields.insert_or_assign(std::string(base::trim(mapping.substr(0, colon))),
                                   type_of(mapping.substr(colon + 1)));
    }
  }
  if (spec.whole && mappings.size() > 1) {
    throw std::string(
        "Cast transformations that specify a type to cast the entire value to may only specify a "
        "single cast in their spec");
  }
  return spec;
}

std::optional<std::string> validate_spec(std::string_view text) {
  try {
    read_spec(config::split_list(text));
    return std::nullopt;
  } catch (const std::string& reason) {
    return reason;
  }
}

// The class that a value of a schemaless record would have in Java is one of these.
void require_input(const Schema* schema, const Value& value) {
  const Kind kind = value.kind();
  if (schema == nullptr && kind >= Kind::decimal) {
    fail(
        "Cast transformation was passed a value of type {} which is not supported by Connect's "
        "data API",
        class_of(value));
  }
  if (kind == Kind::array || kind == Kind::map || kind == Kind::structure) {
    fail("Cast transformation does not support casting from {}; supported types are {}",
         data::kind_name(kind), input_types);
  }
}

[[noreturn]] void out_of_range(const Value& value) {
  fail("Value ({}) was out of range for requested data type", value.as_text());
}

// Number.longValue, which the narrower ones cut, but for floating point numbers.
int64_t to_long(const Value& value, bool narrower) {
  switch (value.kind()) {
    case Kind::bytes:
      fail("Unexpected type in Cast transformation: {}", class_of(value));
    case Kind::float32:
    case Kind::float64:
      return narrower ? narrow_to_int32(value.as_real()) : narrow_to_int64(value.as_real());
    case Kind::decimal:
      return BigNumber::of_decimal(value).long_value();
    default:
      return value.as_integer();
  }
}

template <typename Integer>
Integer to_integer(const Value& value) {
  using Limits = std::numeric_limits<Integer>;
  if (value.kind() == Kind::string) {
    const auto number = parse_integer(value.as_text(), Limits::min(), Limits::max());
    if (!number) out_of_range(value);
    return static_cast<Integer>(*number);
  }
  return static_cast<Integer>(to_long(value, sizeof(Integer) < sizeof(int64_t)));
}

template <typename Real>
Real to_real(const Value& value) {
  constexpr bool is_float = sizeof(Real) == sizeof(float);
  switch (value.kind()) {
    case Kind::string:
      if constexpr (is_float) {
        if (const auto number = parse_float(value.as_text())) return *number;
      } else {
        if (const auto number = parse_double(value.as_text())) return *number;
      }
      out_of_range(value);
    case Kind::float32:
    case Kind::float64:
      return static_cast<Real>(value.as_real());
    case Kind::decimal:
      if constexpr (is_float) return BigNumber::of_decimal(value).float_value();
      return static_cast<Real>(BigNumber::of_decimal(value).double_value());
    default:
      return static_cast<Real>(to_long(value, false));
  }
}

bool to_boolean(const Value& value) {
  if (value.kind() != Kind::string) return to_long(value, false) != 0;
  return std::ranges::equal(value.as_text(), std::string_view("true"), {},
                            [](unsigned char c) { return std::tolower(c); });
}

Value to_string(const Value& value, Arena& arena) {
  if (value.kind() == Kind::string) return value;
  std::string text;
  if (value.kind() >= Kind::date) {
    convert::append_header_text(nullptr, value, text);  // in ISO form
  } else {
    convert::append_java_string(nullptr, value, text);
  }
  return Value::string(arena.copy(text));
}

Value cast_value(const Schema* schema, const Value& value, Type target, Arena& arena) {
  if (value.is_null()) return value;
  require_input(schema, value);
  switch (target) {
    case Type::int8:
      return Value::int8(to_integer<int8_t>(value));
    case Type::int16:
      return Value::int16(to_integer<int16_t>(value));
    case Type::int32:
      return Value::int32(to_integer<int32_t>(value));
    case Type::int64:
      return Value::int64(to_integer<int64_t>(value));
    case Type::float32:
      return Value::float32(to_real<float>(value));
    case Type::float64:
      return Value::float64(to_real<double>(value));
    case Type::boolean:
      return Value::boolean(to_boolean(value));
    default:
      return to_string(value, arena);
  }
}

class Cast : public connect::Transformation {
 public:
  Cast(Part part, const Config& config)
      : part_(part),
        spec_(read_spec(config.list("spec"))),
        replace_null_(config.boolean("replace.null.with.default")) {}

  static const ConfigDef& properties() {
    static const ConfigDef def =
        ConfigDef()
            .add(with_validator(
                required("spec", PropertyType::list, Importance::high,
                         "List of fields and the type to cast them to of the form "
                         "field1:type,field2:type to cast fields of Maps or Structs. A single type "
                         "to cast the entire value. Valid types are int8, int16, int32, int64, "
                         "float32, float64, boolean, and string. Note that binary fields can only "
                         "be cast to string."),
                validate_spec))
            .add(replace_null_with_default());
    return def;
  }

  bool apply(data::Record& record, data::RecordBatch& batch) override {
    const PartOfRecord part = part_of(record, part_);
    if (part.value.is_null()) return true;
    if (part.schema == nullptr) {
      part.value = cast_without_schema(part.value, batch.arena());
      return true;
    }
    const Schema& schema = *part.schema;
    const Plan& plan = plans_.get(schema, [this](const Schema& from) { return make_plan(from); });
    if (spec_.whole) {
      part.value = as_kind(cast_value(&schema, part.value, *spec_.whole, batch.arena()),
                           plan.schema->value_kind(), 0);
    } else {
      part.value = cast_fields(schema, plan, part.value, batch.arena());
    }
    part.schema = batch.retain(plan.schema);
    return true;
  }

 private:
  struct Plan {
    SchemaPtr schema;
    std::vector<std::optional<Type>> casts;  // per field
  };

  Value cast_without_schema(const Value& value, Arena& arena) const {
    if (spec_.whole) return cast_value(nullptr, value, *spec_.whole, arena);
    require_map(value, purpose);
    MapCopy copy(value, spec_.fields.size(), arena);
    for (const auto& [name, type] : spec_.fields) {
      copy.put(name, cast_value(nullptr, find_in_map(value, name), type, arena));
    }
    return copy.value();
  }

  Value cast_fields(const Schema& schema, const Plan& plan, const Value& value,
                    Arena& arena) const {
    require_structure(schema, value, purpose);
    const auto& fields = schema.fields();
    Value* const items = arena.allocate_array<Value>(fields.size());
    for (size_t i = 0; i < fields.size(); ++i) {
      items[i] = field_value(fields[i], value, replace_null_);
      if (plan.casts[i]) {
        items[i] = cast_value(fields[i].schema.get(), items[i], *plan.casts[i], arena);
      }
    }
    return Value::structure({items, fields.size()});
  }

  Plan make_plan(const Schema& schema) const {
    Plan plan;
    SchemaBuilder builder =
        copy_basics(schema, SchemaBuilder(spec_.whole ? *spec_.whole : Type::structure));
    if (!spec_.whole) {
      require_fields(schema);
      for (const data::Field& field : schema.fields()) {
        const auto found = spec_.fields.find(field.name);
        const bool cast = found != spec_.fields.end();
        plan.casts.push_back(cast ? std::optional(found->second) : std::nullopt);
        builder.field(field.name,
                      cast ? cast_schema(*field.schema, SchemaBuilder(found->second), found->second)
                           : field.schema);
      }
    }
    plan.schema = cast_schema(schema, builder, spec_.whole.value_or(Type::structure));
    return plan;
  }

  // With optionality and default of `from`.
  static SchemaPtr cast_schema(const Schema& from, SchemaBuilder builder, Type type) {
    builder.optional(from.optional());
    if (from.default_value()) {
      Arena arena;
      builder.default_value(cast_value(&from, *from.default_value(), type, arena));
    }
    return builder.build();
  }

  const Part part_;
  const Spec spec_;
  const bool replace_null_;
  SchemaPlans<Plan> plans_;
};

}  // namespace

void add_cast(TransformationPlugins& plugins) { add_for_key_and_value<Cast>("Cast", plugins); }

}  // namespace kc::transform
