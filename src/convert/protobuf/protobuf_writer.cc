#include "convert/protobuf/protobuf_writer.h"

#include <algorithm>
#include <bit>
#include <cstring>
#include <limits>

#include "base/error.h"
#include "convert/protobuf/protobuf_known_types.h"
#include "convert/protobuf/protobuf_logical.h"
#include "convert/protobuf/protobuf_names.h"
#include "convert/protobuf/protobuf_wire.h"

namespace kc::convert {
namespace {

using base::Error;
using base::Reaction;
using data::Kind;
using data::Logical;
using data::Schema;
using data::Type;
using data::Value;
using As = ProtobufReadPlan::As;
using Plan = ProtobufWritePlan;

template <typename... Args>
[[noreturn]] void fail(fmt::format_string<Args...> format, Args&&... args) {
  throw Error(Reaction::skip_record, format, std::forward<Args>(args)...);
}

bool is_whole(Type type) { return type <= Type::int64; }

// Whether values of `connect` can be written as a scalar of type `type`.
bool holds(ProtobufType type, const Schema& connect) {
  if (connect.logical() != Logical::none) return false;
  switch (type) {
    case ProtobufType::float64:
      return connect.type() == Type::float32 || connect.type() == Type::float64;
    case ProtobufType::float32:
      return connect.type() == Type::float32;
    case ProtobufType::boolean:
      return connect.type() == Type::boolean;
    case ProtobufType::string:
      return connect.type() == Type::string;
    case ProtobufType::bytes:
      return connect.type() == Type::bytes;
    case ProtobufType::enumeration:
      return connect.type() == Type::string || is_whole(connect.type());
    case ProtobufType::group:
    case ProtobufType::message:
      return false;
    default:
      return is_whole(connect.type());
  }
}

[[noreturn]] void mismatch(const Schema& connect, std::string_view type) {
  fail("A Connect {} cannot be written as the Protobuf type {}",
       connect.logical() == Logical::none ? data::type_name(connect.type())
                                          : data::kind_name(connect.value_kind()),
       type);
}

[[noreturn]] void misfit(const Plan::Field& field, const Value& value) {
  fail("Invalid type for {}: {} in the field {}", data::type_name(field.connect->type()),
       data::kind_name(value.kind()), field.name);
}

As as_of(const ProtobufMessage& message, const Schema& connect) {
  const auto logical = [&](std::string_view name, Logical expected, As as) -> std::optional<As> {
    if (message.full_name != name) return std::nullopt;
    if (connect.logical() != expected) mismatch(connect, message.full_name);
    return as;
  };
  if (const auto as = logical(protobuf_decimal_message, Logical::decimal, As::decimal)) return *as;
  if (const auto as = logical(protobuf_date_message, Logical::date, As::date)) return *as;
  if (const auto as = logical(protobuf_time_message, Logical::time, As::time)) return *as;
  const auto as = logical(protobuf_timestamp_message, Logical::timestamp, As::timestamp);
  if (as) return *as;
  const bool one_value = message.fields.size() == 1 && message.fields[0].name == "value";
  if (one_value && connect.type() != Type::structure) return As::wrapped;
  return As::structure;
}

Plan::Field field_plan(const ProtobufField& from, const Schema& schema,
                       const ProtobufWriteOptions& options) {
  Plan::Field field;
  const bool map = schema.type() == Type::map;
  const bool array = schema.type() == Type::array;
  const Schema& single = array ? *schema.value_schema() : schema;
  field.type = from.type;
  field.tag = protobuf_tag(from.number, protobuf_wire_type(from.type));
  field.repeated = from.repeated;
  field.required = from.required;
  field.packed = from.packed;
  if (field.packed) field.tag = protobuf_tag(from.number, ProtobufWireType::delimited);
  field.has_presence = from.has_presence;
  field.name = from.name;
  field.connect = &single;
  field.field = &schema;
  if (schema.default_value() && !options.ignore_default_for_nullables) {
    field.null_value = &*schema.default_value();
  }
  if (from.repeated != (array || map)) mismatch(schema, from.repeated ? "repeated" : "single");
  if (from.message != nullptr) {
    if (map && !from.message->is_map_entry()) mismatch(schema, from.message->full_name);
    field.message = std::make_unique<const Plan>(*from.message, single, options);
  } else if (!holds(from.type, single)) {
    mismatch(single, protobuf_type_name(from.type));
  }
  if (from.enumeration != nullptr) {
    for (const auto& [name, number] : from.enumeration->values) {
      field.symbols.emplace(name, number);
    }
  }
  return field;
}

// Puts the length of what `write` appends before it.
template <typename Write>
void append_delimited(std::string& out, const Write& write) {
  const size_t start = out.size();
  out.push_back('\0');
  write();
  uint64_t size = out.size() - start - 1;
  char length[10];
  size_t count = 0;
  for (; size >= 0x80; size >>= 7) length[count++] = static_cast<char>(size | 0x80);
  length[count++] = static_cast<char>(size);
  if (count > 1) out.insert(start, count - 1, '\0');
  std::memcpy(out.data() + start, length, count);
}

int64_t whole(const Plan::Field& field, const Value& value, int64_t min, int64_t max) {
  if (!value.is_integer()) misfit(field, value);
  if (value.as_integer() < min || value.as_integer() > max) {
    fail("{} is out of range of the field {} of type {}", value.as_integer(), field.name,
         protobuf_type_name(field.type));
  }
  return value.as_integer();
}

int64_t enum_number(const Plan::Field& field, const Value& value) {
  if (value.is_integer()) return whole(field, value, INT32_MIN, INT32_MAX);
  if (value.kind() != Kind::string) misfit(field, value);
  const auto found = field.symbols.find(value.as_text());
  if (found == field.symbols.end()) {
    fail("The enum of the field {} has no value {}", field.name, value.as_text());
  }
  return found->second;
}

double real(const Plan::Field& field, const Value& value) {
  const bool fits = value.kind() == Kind::float32 ||
                    (value.kind() == Kind::float64 && field.type == ProtobufType::float64);
  if (!fits) misfit(field, value);
  return value.as_real();
}

std::string_view text(const Plan::Field& field, const Value& value, Kind kind) {
  if (value.kind() != kind) misfit(field, value);
  return value.as_text();
}

// A scalar without its tag.
void write_scalar(const Plan::Field& field, const Value& value, std::string& out) {
  constexpr int64_t max64 = std::numeric_limits<int64_t>::max();
  const auto whole32 = [&] { return whole(field, value, INT32_MIN, INT32_MAX); };
  const auto whole64 = [&] { return whole(field, value, -max64 - 1, max64); };
  switch (field.type) {
    case ProtobufType::float64:
      return append_fixed(real(field, value), out);
    case ProtobufType::float32:
      return append_fixed(static_cast<float>(real(field, value)), out);
    case ProtobufType::int64:
    case ProtobufType::uint64:
      return append_varint(static_cast<uint64_t>(whole64()), out);
    case ProtobufType::int32:
      return append_varint(static_cast<uint64_t>(whole32()), out);
    case ProtobufType::fixed64:
    case ProtobufType::sfixed64:
      return append_fixed(whole64(), out);
    case ProtobufType::fixed32:
      return append_fixed(static_cast<uint32_t>(whole(field, value, 0, UINT32_MAX)), out);
    case ProtobufType::boolean:
      if (value.kind() != Kind::boolean) misfit(field, value);
      return out.push_back(value.as_boolean() ? '\1' : '\0');
    case ProtobufType::string:
    case ProtobufType::bytes: {
      const Kind kind = field.type == ProtobufType::string ? Kind::string : Kind::bytes;
      const std::string_view bytes = text(field, value, kind);
      append_varint(bytes.size(), out);
      out += bytes;
      return;
    }
    case ProtobufType::uint32:
      return append_varint(static_cast<uint64_t>(whole(field, value, 0, UINT32_MAX)), out);
    case ProtobufType::enumeration:
      return append_varint(static_cast<uint64_t>(enum_number(field, value)), out);
    case ProtobufType::sfixed32:
      return append_fixed(static_cast<int32_t>(whole32()), out);
    case ProtobufType::sint32:
    case ProtobufType::sint64:
      return append_varint(zigzag_bits(field.type == ProtobufType::sint32 ? whole32() : whole64()),
                           out);
    case ProtobufType::group:
    case ProtobufType::message:
      break;
  }
}

bool is_default(const Plan::Field& field, const Value& value) {
  switch (value.kind()) {
    case Kind::float32:
    case Kind::float64:
      return std::bit_cast<uint64_t>(value.as_real()) == 0;
    case Kind::string:
      if (field.type == ProtobufType::enumeration) return enum_number(field, value) == 0;
      return value.size() == 0;
    case Kind::bytes:
      return value.size() == 0;
    case Kind::boolean:
      return !value.as_boolean();
    default:
      return value.is_integer() && value.as_integer() == 0;
  }
}

void write_message(const Plan& plan, const Value& value, std::string& out);

void write_one(const Plan::Field& field, const Value& value, std::string& out) {
  if (field.message == nullptr) {
    if (!field.repeated && !field.has_presence && is_default(field, value)) return;
    append_varint(field.tag, out);
    return write_scalar(field, value, out);
  }
  if (field.connect->type() != Type::map && value.kind() != field.connect->value_kind()) {
    misfit(field, value);
  }
  append_varint(field.tag, out);
  append_delimited(out, [&] { write_message(*field.message, value, out); });
}

void write_array(const Plan::Field& field, const Value& value, std::string& out) {
  if (value.kind() != Kind::array) misfit(field, value);
  for (const Value& item : value.items()) {
    if (item.is_null()) {
      fail("The field {} has a null among its items, which Protobuf has no word for", field.name);
    }
  }
  if (value.size() == 0) return;
  if (!field.packed) {
    for (const Value& item : value.items()) write_one(field, item, out);
    return;
  }
  append_varint(field.tag, out);
  append_delimited(out, [&] {
    for (const Value& item : value.items()) write_scalar(field, item, out);
  });
}

void write_map(const Plan::Field& field, const Value& value, std::string& out) {
  if (value.kind() != Kind::map) misfit(field, value);
  for (size_t i = 0; i < value.entries().size(); i += 2) {
    const std::span<const Value> entry = value.entries().subspan(i, 2);
    if (entry[0].is_null()) fail("The map {} has a null for a key", field.name);
    append_varint(field.tag, out);
    append_delimited(out, [&] { write_message(*field.message, Value::structure(entry), out); });
  }
}

void write_field(const Plan::Field& field, const Value& given, std::string& out) {
  const Value& value = given.is_null() && field.null_value != nullptr ? *field.null_value : given;
  if (value.is_null()) {
    if (field.required) fail("Message missing required fields: {}", field.name);
    return;
  }
  if (field.field->type() == Type::array) return write_array(field, value, out);
  if (field.field->type() == Type::map) return write_map(field, value, out);
  write_one(field, value, out);
}

void write_structure(const Plan& plan, const Value& value, std::string& out) {
  const std::span<const Value> values = value.items();
  if (values.size() != plan.slots) {
    fail("A structure has {} fields, its schema {}", values.size(), plan.slots);
  }
  for (const auto& [slot, name] : plan.unions) {
    const Value& chosen = values[slot];
    if (chosen.is_null()) continue;
    if (chosen.kind() != Kind::structure) {
      fail("Invalid type for STRUCT: {} in the union {}", data::kind_name(chosen.kind()), name);
    }
    const auto set =
        std::ranges::count_if(chosen.items(), [](const Value& v) { return !v.is_null(); });
    if (set != 1) fail("The union {} has {} fields that are not null; it can have one", name, set);
  }
  for (const Plan::Field& field : plan.fields) {
    const Value& own = values[field.slot];
    if (field.member == Plan::Field::no_member) {
      write_field(field, own, out);
    } else if (!own.is_null()) {
      const Value& member = own.items()[static_cast<size_t>(field.member)];
      if (!member.is_null()) write_one(field, member, out);
    }
  }
}

void write_message(const Plan& plan, const Value& value, std::string& out) {
  switch (plan.as) {
    case As::structure:
      return write_structure(plan, value, out);
    case As::wrapped:
      return write_one(plan.fields[0], value, out);
    case As::decimal:
      return write_protobuf_decimal(value, out);
    case As::date:
      return write_protobuf_date(value, out);
    case As::time:
      return write_protobuf_time(value, out);
    case As::timestamp:
      return write_protobuf_timestamp(value, out);
  }
}

}  // namespace

ProtobufWritePlan::ProtobufWritePlan(const ProtobufMessage& message, const Schema& schema,
                                     const ProtobufWriteOptions& options)
    : as(as_of(message, schema)) {
  if (as == As::wrapped) {
    fields.push_back(field_plan(message.fields[0], schema, options));
    return;
  }
  if (as != As::structure) return;
  const auto add = [&](const std::string& name, const Schema& of) -> Field& {
    const std::string identifier = protobuf_identifier(name, options.scrub_invalid_names);
    const ProtobufField* field = message.find_field(identifier);
    if (field == nullptr) {
      fail("Cannot find field with name {} in the message {}", identifier, message.full_name);
    }
    return fields.emplace_back(field_plan(*field, of, options));
  };
  slots = schema.type() == Type::map ? 2 : schema.fields().size();
  if (schema.type() == Type::map) {
    add("key", *schema.key_schema()).slot = 0;
    add("value", *schema.value_schema()).slot = 1;
  } else if (schema.type() == Type::structure) {
    for (const data::Field& field : schema.fields()) {
      if (!is_protobuf_union(*field.schema)) {
        add(field.name, *field.schema).slot = field.index;
        continue;
      }
      unions.emplace_back(field.index, field.name);
      for (const data::Field& member : field.schema->fields()) {
        Field& added = add(member.name, *member.schema);
        added.slot = field.index;
        added.member = static_cast<int>(member.index);
        added.has_presence = true;
      }
    }
  } else {
    mismatch(schema, message.full_name);
  }
  for (const ProtobufField& field : message.fields) {
    if (field.required && std::ranges::find(fields, field.name, &Field::name) == fields.end()) {
      fail("The message {} has the required field {}, which the Connect schema has not",
           message.full_name, field.name);
    }
  }
  std::ranges::sort(fields, {}, &Field::tag);
}

void write_protobuf(const ProtobufWritePlan& plan, const Value& value, std::string& out) {
  if (plan.as == As::structure && value.kind() != Kind::structure) {
    fail("Invalid type for STRUCT: {}", data::kind_name(value.kind()));
  }
  write_message(plan, value, out);
}

}  // namespace kc::convert
