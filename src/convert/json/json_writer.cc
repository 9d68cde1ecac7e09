#include "convert/json/json_writer.h"

#include <algorithm>

#include "base/base64.h"
#include "base/error.h"
#include "convert/decimal.h"
#include "convert/java_text.h"
#include "convert/json/json_text.h"

namespace kc::convert {
namespace {

using base::Error;
using base::Reaction;
using data::Kind;
using data::Value;

[[noreturn]] void fail_type(const WritePlan& plan, const Value& value) {
  if (plan.kind >= Kind::decimal) {
    throw Error(Reaction::skip_record, "Invalid type for {}, expected {} but was class {}",
                data::kind_name(plan.kind), plan.kind == Kind::decimal ? "BigDecimal" : "Date",
                java_class(value.kind()));
  }
  throw Error(Reaction::skip_record, "Invalid type for {}: class {}",
              data::type_name(plan.schema->type()), java_class(value.kind()));
}

void append_integer(int64_t value, TextBuffer& out) {
  out.advance_to(write_integer(value, out.room(number_text_max)));
}

// Numbers that JSON does not have are quoted.
template <typename Real>
void append_real(Real value, char* (*write)(Real, char*), TextBuffer& out) {
  char* const start = out.room(number_text_max + 2);
  char* end = write(value, start);
  if (end[-1] >= '0' && end[-1] <= '9') [[likely]] {
    out.advance_to(end);
    return;
  }
  std::memmove(start + 1, start, static_cast<size_t>(end - start));
  *start = end[1] = '"';
  out.advance_to(end + 2);
}

void append_base64(std::string_view bytes, TextBuffer& out) {
  char* to = out.room(base::base64_encoded_size(bytes.size()) + 2);
  *to++ = '"';
  to = base::base64_encode(bytes, to);
  *to++ = '"';
  out.advance_to(to);
}

// The scalars that are written alike with and without a schema.
void append_scalar(const Value& value, TextBuffer& out) {
  switch (value.kind()) {
    case Kind::boolean:
      out.append(value.as_boolean() ? std::string_view("true") : std::string_view("false"));
      return;
    case Kind::int8:
    case Kind::int16:
    case Kind::int32:
    case Kind::int64:
    case Kind::date:
    case Kind::time:
    case Kind::timestamp:
      return append_integer(value.as_integer(), out);
    case Kind::float32:
      return append_real(static_cast<float>(value.as_real()), &write_float, out);
    case Kind::float64:
      return append_real(value.as_real(), &write_double, out);
    case Kind::string:
      return append_json_string(value.as_text(), out);
    default:
      return append_base64(value.as_text(), out);
  }
}

[[noreturn]] void fail_null() {
  throw Error(Reaction::skip_record,
              "Conversion error: null value for field that is required and has no default value");
}

}  // namespace

WritePlan::WritePlan(const data::Schema& of, JsonDialect how)
    : schema(&of), kind(of.value_kind()), dialect(how) {
  one_of = dialect == JsonDialect::json_schema && is_one_of(of);
  fields.reserve(of.fields().size());
  for (const data::Field& field : of.fields()) {
    TextBuffer token;
    token.append(fields.empty() ? '{' : ',');
    append_json_string(field.name, token);
    token.append(':');
    fields.push_back({std::string(token.view()), WritePlan(*field.schema, dialect)});
  }
  if (of.key_schema() != nullptr) {
    keys = std::make_unique<WritePlan>(*of.key_schema(), dialect);
    object = is_object_map(of, dialect);
  }
  if (of.value_schema() != nullptr) {
    values = std::make_unique<WritePlan>(*of.value_schema(), dialect);
  }
}
WritePlan::WritePlan(WritePlan&&) noexcept = default;
WritePlan::~WritePlan() = default;

void JsonWriter::write(const Value& value, TextBuffer& out) const {
  switch (value.kind()) {
    case Kind::null:
      return out.append("null");
    case Kind::array:
      return write_array(nullptr, value, out);
    case Kind::map:
      return write_map(nullptr, value, out);
    case Kind::structure:
      throw Error(Reaction::skip_record,
                  "Mismatching schema. A Struct can be written only with its schema");
    case Kind::decimal:
    case Kind::date:
    case Kind::time:
    case Kind::timestamp:
      throw Error(Reaction::skip_record,
                  "Java class class {} does not have corresponding schema type.",
                  java_class(value.kind()));
    default:
      return append_scalar(value, out);
  }
}

void JsonWriter::write(const WritePlan& plan, const Value& value, TextBuffer& out) const {
  if (value.kind() != plan.kind) [[unlikely]] {
    if (!value.is_null()) fail_type(plan, value);
    return write_null(plan, out);
  }
  switch (plan.kind) {
    case Kind::array:
      return write_array(&plan, value, out);
    case Kind::map:
      return write_map(&plan, value, out);
    case Kind::structure:
      return plan.one_of ? write_one_of(plan, value, out) : write_structure(plan, value, out);
    case Kind::decimal:
      return write_decimal(plan, value, out);
    default:
      return append_scalar(value, out);
  }
}

void JsonWriter::write_null(const WritePlan& plan, TextBuffer& out) const {
  const auto& otherwise = plan.schema->default_value();
  if (otherwise && options_.replace_null_with_default) return write(plan, *otherwise, out);
  if (!plan.schema->optional()) fail_null();
  out.append("null");
}

void JsonWriter::write_decimal(const WritePlan& plan, const Value& value, TextBuffer& out) const {
  if (options_.decimal_format == DecimalFormat::numeric) {
    std::string text;
    append_decimal(value.as_text(), value.scale(), text);
    return out.append(text);
  }
  if (value.scale() != plan.schema->scale()) {
    throw Error(Reaction::skip_record,
                "Decimal value has mismatching scale for given Decimal schema. Schema has scale "
                "{}, value has scale {}.",
                plan.schema->scale(), value.scale());
  }
  append_base64(value.as_text(), out);
}

void JsonWriter::write_any(const WritePlan* plan, const Value& value, TextBuffer& out) const {
  plan == nullptr ? write(value, out) : write(*plan, value, out);
}

void JsonWriter::write_array(const WritePlan* plan, const Value& value, TextBuffer& out) const {
  const WritePlan* const items = plan == nullptr ? nullptr : plan->values.get();
  char before = '[';
  for (const Value& item : value.items()) {
    out.append(before);
    write_any(items, item, out);
    before = ',';
  }
  if (before == '[') out.append('[');
  out.append(']');
}

// `keys`: null where each key is a string.
std::string_view JsonWriter::member_name(const WritePlan* keys, const Value& key) const {
  if (key.kind() == Kind::string) return key.as_text();
  if (!key.is_null()) fail_type(*keys, key);
  const auto& otherwise = keys->schema->default_value();
  if (otherwise && options_.replace_null_with_default) return otherwise->as_text();
  if (!keys->schema->optional()) fail_null();
  return "null";
}

void JsonWriter::write_map(const WritePlan* plan, const Value& value, TextBuffer& out) const {
  const auto entries = value.entries();
  const auto all_strings = [&] {
    for (size_t i = 0; i < entries.size(); i += 2) {
      if (entries[i].kind() != Kind::string) return false;
    }
    return true;
  };
  const bool object = plan == nullptr ? all_strings() : plan->object;
  const WritePlan* const keys = plan == nullptr ? nullptr : plan->keys.get();
  const WritePlan* const values = plan == nullptr ? nullptr : plan->values.get();
  const bool pairs = plan == nullptr || plan->dialect == JsonDialect::connect;
  char before = object ? '{' : '[';
  for (size_t i = 0; i < entries.size(); i += 2) {
    out.append(before);
    if (object) {
      append_json_string(member_name(keys, entries[i]), out);
      out.append(':');
    } else {
      out.append(pairs ? std::string_view("[") : "{\"key\":");
      write_any(keys, entries[i], out);
      out.append(pairs ? std::string_view(",") : ",\"value\":");
    }
    write_any(values, entries[i + 1], out);
    if (!object) out.append(pairs ? ']' : '}');
    before = ',';
  }
  if (before != ',') out.append(before);
  out.append(object ? '}' : ']');
}

void JsonWriter::write_one_of(const WritePlan& plan, const Value& value, TextBuffer& out) const {
  const auto values = value.items().first(std::min<size_t>(value.size(), plan.fields.size()));
  const auto is_set = [](const Value& one) { return !one.is_null(); };
  const auto chosen = std::ranges::find_if(values, is_set);
  if (chosen == values.end()) return write_null(plan, out);
  if (std::any_of(chosen + 1, values.end(), is_set)) {
    throw Error(Reaction::skip_record,
                "Found several oneof fields that are not null; a value can have one");
  }
  write(plan.fields[static_cast<size_t>(chosen - values.begin())].plan, *chosen, out);
}

void JsonWriter::write_structure(const WritePlan& plan, const Value& value, TextBuffer& out) const {
  const auto values = value.items();
  if (values.size() != plan.fields.size()) {
    throw Error(Reaction::skip_record,
                "Mismatching schema. The Struct has {} values, its schema {} fields", values.size(),
                plan.fields.size());
  }
  if (values.empty()) return out.append("{}");
  for (size_t i = 0; i < values.size(); ++i) {
    out.append(plan.fields[i].token);
    write(plan.fields[i].plan, values[i], out);
  }
  out.append('}');
}

}  // namespace kc::convert
