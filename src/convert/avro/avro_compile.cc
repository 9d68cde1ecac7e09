// Avro schema -> Connect schema and read plan: Confluent's AvroData.toConnectSchema.
#include <fmt/format.h>

#include <algorithm>
#include <unordered_set>
#include <utility>

#include "base/error.h"
#include "base/log.h"
#include "base/whole_number.h"
#include "convert/avro/avro_json_value.h"
#include "convert/avro/avro_reader.h"
#include "convert/schema_draft.h"
#include "convert/sum_types.h"

namespace kc::convert {
namespace {

using base::Error;
using base::Reaction;
using Draft = SchemaDraft;
using data::SchemaBuilder;
using data::SchemaPtr;
using data::Type;
using Json = nlohmann::ordered_json;
using Step = AvroReadPlan::Step;

constexpr size_t nodes_max = 100'000;

template <typename... Args>
[[noreturn]] void fail(fmt::format_string<Args...> format, Args&&... args) {
  throw Error(Reaction::skip_record, format, std::forward<Args>(args)...);
}

// What surrounds a type.
struct Place {
  bool optional = false;
  const Json* default_value = nullptr;
  const std::string* doc = nullptr;
  std::optional<int32_t> version;
};

bool is_map_entry(const AvroSchema& type) {
  if (type.type != AvroType::record) return false;
  const Json* internal = type.attribute("connect.internal.type");
  return type.full_name == fmt::format("{}.{}", avro_namespace, avro_map_entry_name) ||
         (internal != nullptr && *internal == avro_map_entry_name);
}

class Compiler {
 public:
  explicit Compiler(const AvroReadOptions& options) : options_(options) {}

  AvroReadPlan compile(const AvroSchema& type, const Place& place) {
    if (++nodes_ > nodes_max) fail("The Avro schema has more than {} fields and types", nodes_max);
    if (type.type == AvroType::union_of) {
      if (const AvroSchema* only = flattened(type)) return compile(*only, place);
      if (type.types.size() == 2 && (is_null(type, 0) || is_null(type, 1))) {
        return compile_optional(type, place);
      }
    }
    const bool named = type.type == AvroType::record;
    if (named && std::ranges::find(open_, &type) != open_.end()) {
      fail("The record {} contains itself; recursive types are not supported", type.full_name);
    }
    if (named) open_.push_back(&type);
    AvroReadPlan plan;
    Draft draft;
    start(type, plan, draft);
    if (named) open_.pop_back();
    finish(type, place, plan, draft);
    return plan;
  }

 private:
  static bool is_null(const AvroSchema& type, size_t branch) {
    return type.types[branch]->type == AvroType::null;
  }

  const AvroSchema* flattened(const AvroSchema& type) const {
    return options_.flatten_singleton_unions && type.types.size() == 1 ? type.types[0] : nullptr;
  }

  AvroReadPlan compile_optional(const AvroSchema& type, const Place& place) {
    const uint32_t null_branch = is_null(type, 0) ? 0 : 1;
    Place inner = place;
    inner.optional = true;
    if (options_.ignore_default_for_nullables) inner.default_value = nullptr;
    AvroReadPlan plan;
    plan.step = Step::optional;
    plan.size = null_branch;
    plan.children.push_back(compile(*type.types[1 - null_branch], inner));
    plan.schema = plan.children[0].schema;
    // Struct.get() gives a field's default for null.
    if (plan.schema->default_value()) plan.null_value = &*plan.schema->default_value();
    return plan;
  }

  void start(const AvroSchema& type, AvroReadPlan& plan, Draft& draft) {
    const auto simple = [&](Step step, Type connect) {
      plan.step = step;
      draft.type = connect;
    };
    switch (type.type) {
      case AvroType::null:
        fail("Standalone null schemas are not supported by this converter");
      case AvroType::boolean:
        return simple(Step::boolean, Type::boolean);
      case AvroType::int32:
        return start_int(type, plan, draft);
      case AvroType::int64:
        if (type.logical_type != "timestamp-millis") return simple(Step::int64, Type::int64);
        draft.logical(data::timestamp_name);
        return simple(Step::timestamp, Type::int64);
      case AvroType::float32:
        return simple(Step::float32, Type::float32);
      case AvroType::float64:
        return simple(Step::float64, Type::float64);
      case AvroType::string:
        return simple(Step::string, Type::string);
      case AvroType::bytes:
      case AvroType::fixed:
        return start_bytes(type, plan, draft);
      case AvroType::enumeration:
        simple(Step::symbol, Type::string);
        return start_enum(type, draft);
      case AvroType::array:
        return start_array(*type.types[0], plan, draft);
      case AvroType::map:
        simple(Step::map, Type::map);
        plan.children.push_back(compile(*type.types[0], {}));
        draft.keys = SchemaBuilder(Type::string).build();
        draft.values = plan.children[0].schema;
        return;
      case AvroType::record:
        return start_record(type, plan, draft);
      case AvroType::union_of:
        return start_union(type, plan, draft);
    }
  }

  static void start_int(const AvroSchema& type, AvroReadPlan& plan, Draft& draft) {
    draft.type = Type::int32;
    plan.step = Step::int32;
    if (type.logical_type == "date") {
      plan.step = Step::date;
      draft.logical(data::date_name);
    } else if (type.logical_type == "time-millis") {
      plan.step = Step::time;
      draft.logical(data::time_name);
    } else if (const Json* connect = type.attribute("connect.type");
               connect != nullptr && type.logical_type.empty()) {
      if (*connect == "int8") {
        plan.step = Step::int8;
        draft.type = Type::int8;
      } else if (*connect == "int16") {
        plan.step = Step::int16;
        draft.type = Type::int16;
      } else {
        fail("Connect type annotation for Avro int field is null");
      }
    }
  }

  static void start_bytes(const AvroSchema& type, AvroReadPlan& plan, Draft& draft) {
    const bool fixed = type.type == AvroType::fixed;
    draft.type = Type::bytes;
    plan.step = fixed ? Step::fixed : Step::bytes;
    plan.size = type.size;
    if (type.logical_type == "decimal") {
      const Json* scale = type.attribute("scale");
      plan.step = fixed ? Step::fixed_decimal : Step::decimal;
      if (scale != nullptr && scale->is_number_integer()) {  // else 0, as Avro has it
        const auto digits = base::as_whole_number<int16_t>(*scale);
        if (!digits) fail("scale {} is out of range", scale->dump());
        plan.scale = *digits;
      }
      draft.logical(data::decimal_name);
      draft.parameter("scale", std::to_string(plan.scale));
      if (const Json* precision = type.attribute("precision")) {
        if (!precision->is_number_integer()) fail("precision property must be a JSON Integer.");
        if (*precision != avro_default_precision) {
          draft.parameter(std::string(data::decimal_precision_parameter), precision->dump());
        }
      }
    }
    if (fixed) {
      draft.parameter(std::string(avro_fixed_size_parameter), std::to_string(type.size));
    }
  }

  void start_array(const AvroSchema& items, AvroReadPlan& plan, Draft& draft) {
    if (!is_map_entry(items)) {
      plan.step = Step::array;
      draft.type = Type::array;
      plan.children.push_back(compile(items, {}));
      draft.values = plan.children[0].schema;
      return;
    }
    const auto position = [&](std::string_view name) {
      return std::ranges::find(items.fields, name, &AvroField::name) - items.fields.begin();
    };
    const auto key = position("key");
    const auto value = position("value");
    if (items.fields.size() != 2 || key == 2 || value == 2) {
      fail(
          "Found map encoded as array of key-value pairs, but array elements do not match the "
          "expected format.");
    }
    plan.step = Step::entries;
    plan.key_first = key == 0;
    draft.type = Type::map;
    plan.children.push_back(compile(*items.fields[static_cast<size_t>(key)].schema, {}));
    plan.children.push_back(compile(*items.fields[static_cast<size_t>(value)].schema, {}));
    draft.keys = plan.children[0].schema;
    draft.values = plan.children[1].schema;
  }

  void start_record(const AvroSchema& type, AvroReadPlan& plan, Draft& draft) {
    plan.step = Step::record;
    draft.type = Type::structure;
    for (const AvroField& field : type.fields) {
      Place place;
      if (field.default_value) place.default_value = &*field.default_value;
      if (field.doc) place.doc = &*field.doc;
      plan.children.push_back(compile(*field.schema, place));
      draft.fields.emplace_back(field.name, plan.children.back().schema);
    }
  }

  std::string_view enum_parameter() const {
    return options_.generalized_sum_types ? generalized_enum_parameter : avro_enum_parameter;
  }

  void start_enum(const AvroSchema& type, Draft& draft) const {
    draft.parameter(std::string(enum_parameter()), type.full_name);
    for (size_t i = 0; i < type.symbols.size(); ++i) {
      const std::string& symbol = type.symbols[i];
      draft.parameter(fmt::format("{}.{}", enum_parameter(), symbol),
                      options_.generalized_sum_types ? std::to_string(i) : symbol);
    }
  }

  // The name of the field for a union's branch.
  std::string branch_name(const AvroSchema& branch, size_t index) const {
    if (options_.generalized_sum_types) return fmt::format(generalized_union_field_name, index);
    if (branch.full_name.empty()) return std::string(avro_type_name(branch.type));
    return options_.enhanced_schema_support ? branch.full_name : std::string(branch.simple_name());
  }

  void start_union(const AvroSchema& type, AvroReadPlan& plan, Draft& draft) {
    plan.step = Step::chosen;
    draft.type = Type::structure;
    draft.name = avro_union_name;
    if (options_.generalized_sum_types) {
      draft.name = fmt::format(generalized_union_name, unions_++);
      draft.parameter(std::string(generalized_union_parameter), *draft.name);
    }
    std::unordered_set<std::string> seen;
    for (size_t i = 0; i < type.types.size(); ++i) {
      const AvroSchema* branch = type.types[i];
      if (branch->type == AvroType::null) {
        draft.optional = true;
        plan.children.emplace_back();
        continue;
      }
      std::string name = branch_name(*branch, i);
      if (!seen.insert(name).second) {
        fail("Multiple union schemas map to the Connect union field name {}", name);
      }
      Place place;
      place.optional = true;
      plan.children.push_back(compile(*branch, place));
      draft.fields.emplace_back(std::move(name), plan.children.back().schema);
    }
  }

  void finish(const AvroSchema& type, const Place& place, AvroReadPlan& plan, Draft& draft) {
    if (const Json* parameters = type.attribute("connect.parameters")) {
      if (!parameters->is_object()) {
        fail("Expected JSON object for schema parameters but found a JSON {}",
             parameters->type_name());
      }
      for (const auto& [name, value] : parameters->items()) {
        if (!value.is_string()) {
          fail("Expected schema parameters to have string values but found: {}", value.type_name());
        }
        draft.parameter(name, value.get<std::string>());
      }
    }
    set_version(type, place, draft);
    set_name(type, plan, draft);
    draft.optional |= place.optional;
    const Json* doc = type.attribute("connect.doc");
    std::optional<std::string> text;
    if (place.doc != nullptr) {
      text = *place.doc;
    } else if (type.doc) {
      text = type.doc;
    } else if (doc != nullptr && doc->is_string()) {
      text = doc->get<std::string>();
    }
    const auto build = [&] {
      SchemaBuilder builder = draft.start();
      builder.optional(draft.optional);
      if (text) builder.doc(*text);
      return builder;
    };
    const Json* given = place.default_value;
    if (given == nullptr) given = type.attribute("connect.default");
    plan.schema = build().build();
    if (given != nullptr && !given->is_null()) set_default(*given, plan, build());
    if (plan.step == Step::symbol) {
      // Before them stands the parameter of the enum itself.
      const auto& parameters = plan.schema->parameters();
      for (size_t i = 0; i < type.symbols.size(); ++i) {
        const std::string_view name = parameters[i + 1].first;
        plan.symbols.push_back(name.substr(enum_parameter().size() + 1));
      }
    }
  }

  // A default that does not fit is ignored, as AvroData does.
  static void set_default(const Json& given, AvroReadPlan& plan, SchemaBuilder builder) {
    base::Arena arena;
    try {
      builder.default_value(avro_json_value(given, *plan.schema, arena));
    } catch (const Error& error) {
      base::log_warn("Ignoring an invalid default in an Avro schema: {}", error.what());
      return;
    }
    plan.schema = builder.build();
  }

  static void set_version(const AvroSchema& type, const Place& place, Draft& draft) {
    std::optional<int32_t> version = place.version;
    if (const Json* own = type.attribute("connect.version")) {
      version = base::as_whole_number<int32_t>(*own);
      if (!version) fail("Invalid Connect version found: {}", own->dump());
    }
    if (!version || *version < 0) return;
    if (draft.version && own_version_differs(type, *draft.version)) {
      fail(
          "Mismatched versions: version already added to SchemaBuilder ({}) differs from version "
          "in source schema ({})",
          *draft.version, *version);
    }
    if (!draft.version) draft.version = version;
  }

  // A registry's version does not replace that of a logical type.
  static bool own_version_differs(const AvroSchema& type, int32_t version) {
    const Json* own = type.attribute("connect.version");
    return own != nullptr && *own != version;
  }

  static void set_name(const AvroSchema& type, const AvroReadPlan& plan, Draft& draft) {
    std::string name = type.full_name;
    const Json* own = type.attribute("connect.name");
    if (own != nullptr) {
      if (!own->is_string()) fail("Invalid schema name: {}", own->dump());
      name = own->get<std::string>();
    }
    if (name.empty() || name.starts_with(avro_default_name)) return;
    if (!draft.name) {
      draft.name = name;
    } else if (*draft.name != name && (own != nullptr || plan.step != Step::fixed_decimal)) {
      fail(
          "Mismatched names: name already added to SchemaBuilder ({}) differs from name in source "
          "schema ({})",
          *draft.name, name);
    }
  }

  const AvroReadOptions& options_;
  size_t nodes_ = 0;
  size_t unions_ = 0;
  std::vector<const AvroSchema*> open_;  // the records that the type stands in
};

}  // namespace

AvroReadPlan compile_avro(const AvroSchema& schema, const AvroReadOptions& options,
                          std::optional<int32_t> version) {
  Place place;
  place.version = version;
  return Compiler(options).compile(schema, place);
}

}  // namespace kc::convert
