// Message declarations -> ProtobufReadPlan, with the Connect schema that Confluent's ProtobufData
// makes of them.
#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <utility>

#include "base/error.h"
#include "convert/protobuf/protobuf_known_types.h"
#include "convert/protobuf/protobuf_names.h"
#include "convert/protobuf/protobuf_reader.h"
#include "convert/sum_types.h"

namespace kc::convert {
namespace {

using base::Error;
using base::Reaction;
using data::Kind;
using data::SchemaBuilder;
using data::SchemaPtr;
using data::Type;
using data::Value;
using As = ProtobufReadPlan::As;
using Plan = ProtobufReadPlan;

constexpr size_t nodes_max = 100'000;
constexpr size_t depth_max = 100;  // as deep as Protobuf's own readers go
constexpr size_t by_number_max = 1024;

template <typename... Args>
[[noreturn]] void fail(fmt::format_string<Args...> format, Args&&... args) {
  throw Error(Reaction::skip_record, format, std::forward<Args>(args)...);
}

const std::string* parameter(const ProtobufField& field, const char* name) {
  const auto found = field.parameters.find(name);
  return found == field.parameters.end() ? nullptr : &found->second;
}

std::optional<int32_t> whole_parameter(const ProtobufField& field, const char* name) {
  const std::string* text = parameter(field, name);
  int32_t value = 0;
  if (text == nullptr) return std::nullopt;
  const auto [end, error] = std::from_chars(text->data(), text->data() + text->size(), value);
  if (error != std::errc() || end != text->data() + text->size()) return std::nullopt;
  return value;
}

bool is_wrapper(const ProtobufMessage& message) {
  static constexpr std::string_view wrapped[] = {"Double", "Float", "Int64",  "UInt64", "Int32",
                                                 "UInt32", "Bool",  "String", "Bytes"};
  constexpr std::string_view package = "google.protobuf.";
  if (!message.full_name.starts_with(package) || !message.full_name.ends_with("Value"))
    return false;
  const std::string_view name = std::string_view(message.full_name).substr(package.size());
  return std::ranges::find(wrapped, name.substr(0, name.size() - 5)) != std::end(wrapped);
}

// Connect's type for a scalar.
Type connect_type(ProtobufType type) {
  switch (type) {
    case ProtobufType::float64:
      return Type::float64;
    case ProtobufType::float32:
      return Type::float32;
    case ProtobufType::int32:
    case ProtobufType::sint32:
    case ProtobufType::sfixed32:
      return Type::int32;
    case ProtobufType::boolean:
      return Type::boolean;
    case ProtobufType::string:
    case ProtobufType::enumeration:
      return Type::string;
    case ProtobufType::bytes:
      return Type::bytes;
    case ProtobufType::group:
    case ProtobufType::message:
      return Type::structure;
    default:
      return Type::int64;
  }
}

// What a scalar field without presence has when it is absent; texts that are not empty apart.
Value default_of(const ProtobufField& from, Kind kind) {
  switch (kind) {
    case Kind::boolean:
      return Value::boolean(from.default_integer != 0);
    case Kind::int8:
      return Value::int8(static_cast<int8_t>(from.default_integer));
    case Kind::int16:
      return Value::int16(static_cast<int16_t>(from.default_integer));
    case Kind::int32:
      return Value::int32(static_cast<int32_t>(from.default_integer));
    case Kind::float32:
      return Value::float32(static_cast<float>(from.default_real));
    case Kind::float64:
      return Value::float64(from.default_real);
    case Kind::string:
      return Value::string({});
    case Kind::bytes:
      return Value::bytes({});
    default:
      return Value::int64(from.default_integer);
  }
}

// A Connect schema under construction.
struct Draft {
  SchemaBuilder builder;
  bool optional = false;
};

class Compiler {
 public:
  explicit Compiler(const ProtobufReadOptions& options) : options_(options) {}

  std::unique_ptr<Plan> compile(const ProtobufMessage& message, std::optional<int32_t> version) {
    auto plan = std::make_unique<Plan>();
    SchemaBuilder builder = options_.wrapper_for_raw_primitives && is_wrapper(message)
                                ? start_wrapped(message, *plan)
                                : start_structure(message, *plan);
    if (version) builder.version(*version);
    plan->schema = builder.build();
    return plan;
  }

 private:
  SchemaBuilder start_structure(const ProtobufMessage& message, Plan& plan) {
    if (std::ranges::find(open_, &message) != open_.end()) {
      fail("The message {} contains itself; recursive types are not supported", message.full_name);
    }
    if (open_.size() >= depth_max) fail("Messages are nested more than {} deep", depth_max);
    open_.push_back(&message);
    SchemaBuilder builder(Type::structure);
    builder.name(options_.enhanced_schema_support ? message.full_name : message.name);
    for (size_t i = 0; i < message.oneofs.size(); ++i) {
      add_oneof(message, static_cast<int>(i), plan, builder);
    }
    for (const ProtobufField& field : message.fields) {
      if (field.oneof != ProtobufField::no_oneof) continue;
      const SchemaPtr schema = add_field(field, static_cast<uint32_t>(plan.absent.size()), plan);
      plan.absent.push_back(absent(field, *schema, plan));
      builder.field(field.name, schema);
    }
    open_.pop_back();
    index(plan);
    return builder;
  }

  void add_oneof(const ProtobufMessage& message, int number, Plan& plan, SchemaBuilder& builder) {
    const ProtobufOneof& oneof = message.oneofs[static_cast<size_t>(number)];
    SchemaBuilder choice(Type::structure);
    if (options_.generalized_sum_types) {
      choice.name(oneof.name).parameter(std::string(generalized_union_parameter), oneof.name);
    } else {
      choice.name(fmt::format("{}.{}", protobuf_union_name,
                              options_.enhanced_schema_support ? oneof.full_name : oneof.name));
    }
    uint32_t members = 0;
    for (const ProtobufField& field : message.fields) {
      if (field.oneof != number) continue;
      const bool flat = options_.flatten_unions;
      const SchemaPtr schema =
          add_field(field, flat ? static_cast<uint32_t>(plan.absent.size()) : members, plan);
      plan.fields.back().choice = number;
      if (flat) {
        plan.absent.emplace_back();
        builder.field(field.name, schema);
      } else {
        choice.field(field.name, schema);
        ++members;
      }
    }
    plan.choices.push_back({static_cast<uint32_t>(plan.absent.size()), members});
    if (options_.flatten_unions) return;
    plan.absent.emplace_back();
    builder.field(
        options_.generate_index_for_unions ? fmt::format("{}_{}", oneof.name, number) : oneof.name,
        choice.optional().build());
  }

  // The field's schema; its plan is the last of plan.fields.
  SchemaPtr add_field(const ProtobufField& from, uint32_t slot, Plan& plan) {
    if (++nodes_ > nodes_max) fail("The Protobuf schema has more than {} fields", nodes_max);
    Plan::Field field;
    field.number = static_cast<uint32_t>(from.number);
    field.type = from.type;
    field.wire_type = protobuf_wire_type(from.type);
    field.repeated = from.repeated;
    field.valid_utf8 = from.valid_utf8;
    field.slot = slot;
    Draft draft = start_field(from, field);
    SchemaPtr single;  // of one value
    if (field.repeated && !field.map) {
      single = draft.builder.optional().build();
      draft = {SchemaBuilder::array(single), true};
    }
    draft.optional |=
        options_.optional_for_nullables ? from.optional_keyword : !options_.wrapper_for_nullables;
    SchemaPtr schema =
        draft.builder.optional(draft.optional)
            .parameter(std::string(protobuf_tag_parameter), std::to_string(from.number))
            .build();
    if (single == nullptr) single = schema;
    field.kind = single->value_kind();
    if (from.enumeration != nullptr) set_symbols(*from.enumeration, *single, field);
    plan.fields.push_back(std::move(field));
    return schema;
  }

  Draft start_field(const ProtobufField& from, Plan::Field& field) {
    switch (from.type) {
      case ProtobufType::group:
        fail("The field {} is a group, which Connect has no type for", from.name);
      case ProtobufType::message:
        return {start_message(from, field), true};
      case ProtobufType::enumeration:
        return {start_enum(*from.enumeration), true};
      default:
        break;
    }
    const Type type = connect_type(from.type);
    if (const std::string* narrow = parameter(from, "connect.type");
        narrow != nullptr && type == Type::int32) {
      if (*narrow == "int8") return {SchemaBuilder(Type::int8)};
      if (*narrow == "int16") return {SchemaBuilder(Type::int16)};
    }
    SchemaBuilder builder(type);
    const bool is_whole = type == Type::int32 || type == Type::int64;
    if (is_whole && from.type != ProtobufType::int32 && from.type != ProtobufType::int64) {
      builder.parameter(std::string(protobuf_type_parameter),
                        std::string(protobuf_type_name(from.type)));
    }
    return {std::move(builder)};
  }

  std::string_view enum_parameter() const {
    return options_.generalized_sum_types ? generalized_enum_parameter : protobuf_enum_parameter;
  }

  SchemaBuilder start_enum(const ProtobufEnum& enumeration) const {
    SchemaBuilder builder(options_.int_for_enums ? Type::int32 : Type::string);
    builder.name(options_.enhanced_schema_support ? enumeration.full_name : enumeration.name);
    builder.parameter(std::string(enum_parameter()), enumeration.name);
    for (const auto& [name, number] : enumeration.values) {
      builder.parameter(fmt::format("{}.{}", enum_parameter(), name), std::to_string(number));
    }
    return builder;
  }

  void set_symbols(const ProtobufEnum& enumeration, const data::Schema& schema,
                   Plan::Field& field) const {
    field.enum_name = enumeration.name;
    field.closed_enum = enumeration.closed;
    const auto& parameters = schema.parameters();  // the first is the enum's own
    for (size_t i = 0; i < enumeration.values.size(); ++i) {
      const std::string_view name = parameters[i + 1].first;
      field.symbols.emplace_back(enumeration.values[i].second,
                                 name.substr(enum_parameter().size() + 1));
    }
    // Of several names of a number the first counts.
    std::ranges::stable_sort(field.symbols, {}, &std::pair<int32_t, std::string_view>::first);
    const auto more =
        std::ranges::unique(field.symbols, {}, &std::pair<int32_t, std::string_view>::first);
    field.symbols.erase(more.begin(), more.end());
  }

  SchemaBuilder start_message(const ProtobufField& from, Plan::Field& field) {
    const ProtobufMessage& message = *from.message;
    auto plan = std::make_unique<Plan>();
    const auto build = [&]() -> SchemaBuilder {
      if (message.full_name == protobuf_decimal_message) return start_decimal(from, *plan);
      if (message.full_name == protobuf_date_message) {
        start_logical(message, As::date, {"year", "month", "day"}, *plan);
        return SchemaBuilder::date();
      }
      if (message.full_name == protobuf_time_message) {
        start_logical(message, As::time, {"hours", "minutes", "seconds", "nanos"}, *plan);
        return SchemaBuilder::time();
      }
      if (message.full_name == protobuf_timestamp_message) {
        start_logical(message, As::timestamp, {"seconds", "nanos"}, *plan);
        return SchemaBuilder::timestamp();
      }
      const bool unwraps = options_.wrapper_for_nullables || options_.wrapper_for_raw_primitives;
      if (unwraps && is_wrapper(message)) return start_wrapped(message, *plan);
      if (from.repeated && message.is_map_entry()) {
        field.map = true;
        return start_map(message, *plan);
      }
      return start_structure(message, *plan);
    };
    SchemaBuilder builder = build();
    field.message = std::move(plan);
    return builder;
  }

  SchemaBuilder start_wrapped(const ProtobufMessage& message, Plan& plan) {
    const ProtobufField* value = message.find_field("value");
    if (value == nullptr || message.fields.size() != 1 || value->repeated ||
        value->message != nullptr || value->enumeration != nullptr) {
      fail("The message {} is not the one that Protobuf declares", message.full_name);
    }
    plan.as = As::wrapped;
    const SchemaPtr schema = add_field(*value, 0, plan);
    plan.absent.push_back(default_of(*value, plan.fields[0].kind));
    index(plan);
    return SchemaBuilder(schema->type());
  }

  SchemaBuilder start_map(const ProtobufMessage& entry, Plan& plan) {
    SchemaPtr schemas[2];
    for (uint32_t i = 0; i < 2; ++i) {
      schemas[i] = add_field(entry.fields[i], i, plan);
      const Plan::Field& field = plan.fields.back();
      // An entry always has both; a message that is not there is one without fields.
      plan.absent.push_back(field.message != nullptr ? Value::bytes({})
                                                     : absent_scalar(entry.fields[i], field));
    }
    index(plan);
    SchemaBuilder builder = SchemaBuilder::map(schemas[0], schemas[1]);
    builder.name(
        protobuf_map_name(options_.enhanced_schema_support ? entry.full_name : entry.name));
    return builder;
  }

  SchemaBuilder start_decimal(const ProtobufField& from, Plan& plan) {
    start_logical(*from.message, As::decimal, {"value", "precision", "scale"}, plan);
    const int32_t scale = whole_parameter(from, "scale").value_or(0);
    if (scale < INT16_MIN || scale > INT16_MAX) fail("scale {} is out of range", scale);
    SchemaBuilder builder = SchemaBuilder::decimal(static_cast<int16_t>(scale));
    if (const auto precision = whole_parameter(from, "precision")) {
      builder.parameter(std::string(data::decimal_precision_parameter), std::to_string(*precision));
    }
    return builder;
  }

  // `names`: the fields that count; all are whole numbers but a decimal's value.
  void start_logical(const ProtobufMessage& message, As as,
                     std::initializer_list<std::string_view> names, Plan& plan) {
    plan.as = as;
    for (const std::string_view name : names) {
      const ProtobufField* from = message.find_field(name);
      const Type expected = as == As::decimal && name == "value" ? Type::bytes : Type::int32;
      const bool fits = from != nullptr && !from->repeated && from->message == nullptr &&
                        (connect_type(from->type) == expected ||
                         (expected == Type::int32 && connect_type(from->type) == Type::int64));
      if (!fits) fail("The message {} has no field {} of its type", message.full_name, name);
      add_field(*from, static_cast<uint32_t>(plan.absent.size()), plan);
      plan.absent.push_back(default_of(*from, plan.fields.back().kind));
    }
    index(plan);
  }

  static Value absent_scalar(const ProtobufField& from, const Plan::Field& field) {
    if (from.enumeration == nullptr) return default_of(from, field.kind);
    const auto number = static_cast<int32_t>(from.default_integer);
    if (field.kind == Kind::int32) return Value::int32(number);
    const auto found = std::ranges::lower_bound(field.symbols, number, {},
                                                &std::pair<int32_t, std::string_view>::first);
    return Value::string(found->second);
  }

  // What stands in the slot of the last field when nothing of it was read.
  Value absent(const ProtobufField& from, const data::Schema& schema, Plan& plan) {
    const Plan::Field& field = plan.fields.back();
    if (field.map) return Value::map({});
    if (field.repeated) return Value::array({});
    if (from.required) {
      plan.required.push_back({field.slot, field.kind, from.name});
      return {};
    }
    if (field.message != nullptr) {
      const bool made = options_.generate_struct_for_nulls && schema.type() == Type::structure;
      return made ? Value::bytes({}) : Value();
    }
    if (from.proto3_optional || (options_.optional_for_proto2 && from.optional_keyword)) return {};
    if (!from.default_text.empty()) {
      plan.default_texts.push_back({field.slot, field.kind, from.default_text});
      return {};
    }
    return absent_scalar(from, field);
  }

  static void index(Plan& plan) {
    std::ranges::sort(plan.fields, {}, &Plan::Field::number);
    for (size_t i = 0; i < plan.fields.size(); ++i) {
      const Plan::Field& field = plan.fields[i];
      const bool single = field.message != nullptr && !field.repeated;
      if (single && field.choice == Plan::Field::no_choice) {
        plan.single_messages.push_back(static_cast<uint32_t>(i));
      }
    }
    if (plan.fields.empty() || plan.fields.back().number >= by_number_max) return;
    plan.by_number.resize(plan.fields.back().number + 1);
    for (size_t i = 0; i < plan.fields.size(); ++i) {
      plan.by_number[plan.fields[i].number] = static_cast<uint16_t>(i + 1);
    }
  }

  const ProtobufReadOptions& options_;
  size_t nodes_ = 0;
  std::vector<const ProtobufMessage*> open_;  // the messages that the field stands in
};

}  // namespace

std::unique_ptr<const ProtobufReadPlan> compile_protobuf(const ProtobufMessage& message,
                                                         const ProtobufReadOptions& options,
                                                         std::optional<int32_t> version) {
  return Compiler(options).compile(message, version);
}

}  // namespace kc::convert
