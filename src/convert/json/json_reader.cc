#include "convert/json/json_reader.h"

#include <algorithm>

#include "base/error.h"
#include "convert/json/json_scalars.h"
#include "convert/map_keys.h"

namespace kc::convert {
namespace {

using base::Error;
using base::Reaction;
using data::Kind;
using data::Value;

constexpr Value null_value;

// Maps with more entries are searched for repeated keys once, at their end.
constexpr size_t checked_entries_max = 32;

// Marks a struct's field for which the text had no value yet.
constexpr char unset_marker = 0;
const Value unset = Value::bytes({&unset_marker, 0});
bool is_unset(const Value& value) {
  return value.kind() == Kind::bytes && value.as_text().data() == &unset_marker;
}

// A member's name and colon.
std::string_view read_name(JsonCursor& cursor) {
  const std::string_view name = cursor.read_string();
  cursor.expect(':');
  return name;
}

std::string_view name_of(const ReadPlan::Field& field) {
  const std::string_view token = field.token;
  return token.size() > 3 ? token.substr(1, token.size() - 3) : token;
}

// A number, true or false as its text.
Value read_symbol(JsonCursor& cursor, int depth) {
  const char* const begin = cursor.position();
  if (*begin == '{' || *begin == '[')
    fail_form(cursor, "Enums should be encoded as texts, but found ");
  cursor.skip_value(depth);
  return Value::string({begin, static_cast<size_t>(cursor.position() - begin)});
}

Value read_boolean(JsonCursor& cursor, char first) {
  cursor.expect_literal(first == 't' ? "true" : "false");
  return Value::boolean(first == 't');
}

}  // namespace

ReadPlan::ReadPlan(const data::Schema& of, const JsonReadOptions& options)
    : schema(&of), kind(of.value_kind()), dialect(options.dialect) {
  const bool json_schema = dialect == JsonDialect::json_schema;
  if (options.replace_null_with_default && of.default_value()) {
    null_value = &*of.default_value();
  } else if (of.optional()) {
    null_value = &convert::null_value;
  }
  missing_value = null_value == nullptr && json_schema ? &convert::null_value : null_value;
  one_of = json_schema && is_one_of(of);
  symbols = json_schema && is_symbols(of);
  fields.reserve(of.fields().size());
  for (const data::Field& field : of.fields()) {
    fields.push_back({member_token(field.name), ReadPlan(*field.schema, options)});
  }
  if (kind == Kind::map && !is_object_map(of, dialect)) {
    keys = std::make_unique<ReadPlan>(*of.key_schema(), options);
  }
  if (of.value_schema() != nullptr) {
    values = std::make_unique<ReadPlan>(*of.value_schema(), options);
  }
}
ReadPlan::ReadPlan(ReadPlan&&) noexcept = default;
ReadPlan::~ReadPlan() = default;

Value JsonReader::read(JsonCursor& cursor, int depth) { return read_any(cursor, depth); }

// Inlined into the loops over members and elements.
[[gnu::always_inline]] inline Value JsonReader::read_any(JsonCursor& cursor, int depth) {
  switch (const char first = cursor.peek(); first) {
    case '{':
      return depth == 0 ? read_record(cursor) : read_map(cursor, depth);
    case '[':
      return read_array(cursor, depth);
    case '"':
      return Value::string(cursor.read_string());
    case 't':
    case 'f':
      return read_boolean(cursor, first);
    default: {
      if (!starts_number(first)) [[unlikely]] {
        cursor.expect_literal("null");
        return {};
      }
      const JsonNumber number = cursor.read_number();
      return number.integral ? Value::int64(number.low_bits()) : Value::float64(to_double(number));
    }
  }
}

Value JsonReader::read_array(JsonCursor& cursor, int depth) {
  JsonCursor::check_depth(depth);
  const size_t base = stack_.size();
  cursor.expect('[');
  if (!cursor.take(']')) {
    do {
      const Value item = read_any(cursor, depth + 1);
      stack_.push_back(item);
    } while (cursor.take_comma_or(']'));
  }
  return take_array(cursor, base);
}

// The top-level object, along the names of the previous ones.
Value JsonReader::read_record(JsonCursor& cursor) {
  const size_t base = stack_.size();
  stack_.reserve(base + 2 * shape_.size());
  KeyFilter filter;
  size_t next = 0;  // in the shape; beyond it when the text has left it
  bool left = false;
  cursor.expect('{');
  if (!cursor.take('}')) {
    do {
      cursor.peek();
      std::string_view key;
      if (!left && shape_.take(cursor, next, key)) [[likely]] {
        const Value value = read_any(cursor, 1);
        stack_.push_back(Value::string(key));
        stack_.push_back(value);
        continue;
      }
      if (!left) {
        for (size_t i = base; i < stack_.size(); i += 2) filter.add(stack_[i].as_text());
        left = true;
      }
      key = read_name(cursor);
      const Value value = read_any(cursor, 1);
      push_entry(base, key, filter.add(key), value);
    } while (cursor.take_comma_or('}'));
  }
  const Value map = take_map(cursor, base, false);
  shape_.learn(map.entries(), left);
  return map;
}

Value JsonReader::read_map(JsonCursor& cursor, int depth) {
  JsonCursor::check_depth(depth);
  const size_t base = stack_.size();
  KeyFilter filter;
  cursor.expect('{');
  if (!cursor.take('}')) {
    do {
      const std::string_view key = read_name(cursor);
      const Value value = read_any(cursor, depth + 1);
      push_entry(base, key, filter.add(key), value);
    } while (cursor.take_comma_or('}'));
  }
  return take_map(cursor, base, false);
}

void JsonReader::push_entry(size_t base, std::string_view key, bool may_repeat,
                            const Value& value) {
  if (may_repeat && stack_.size() - base <= 2 * checked_entries_max) {
    for (size_t i = base; i < stack_.size(); i += 2) {
      if (stack_[i].size() == key.size() && stack_[i].as_text() == key) {
        stack_[i + 1] = value;
        return;
      }
    }
  }
  stack_.push_back(Value::string(key));
  stack_.push_back(value);
}

Value JsonReader::take_map(JsonCursor& cursor, size_t base, bool one_a_key) {
  size_t count = (stack_.size() - base) / 2;
  Value* const entries = stack_.data() + base;
  if (one_a_key || count > checked_entries_max) count = drop_duplicate_keys(entries, count);
  Value* const kept = cursor.arena().allocate_array<Value>(2 * count);
  std::copy_n(entries, 2 * count, kept);
  stack_.resize(base);
  return Value::map({kept, 2 * count});
}

Value JsonReader::take_array(JsonCursor& cursor, size_t base) {
  const size_t count = stack_.size() - base;
  Value* const kept = cursor.arena().allocate_array<Value>(count);
  std::copy_n(stack_.data() + base, count, kept);
  stack_.resize(base);
  return Value::array({kept, count});
}

Value JsonReader::read(JsonCursor& cursor, const ReadPlan& plan, int depth) {
  const char first = cursor.peek();
  if (first == 'n') [[unlikely]] {
    cursor.expect_literal("null");
    if (plan.null_value == nullptr) fail_null(*plan.schema);
    return *plan.null_value;
  }
  const auto integer = [&]() -> int64_t {
    if (starts_number(first)) [[likely]] {
      return to_integer(cursor.read_number());
    }
    cursor.skip_value(depth);
    return 0;
  };
  switch (plan.kind) {
    case Kind::int8:
      return Value::int8(static_cast<int8_t>(integer()));
    case Kind::int16:
      return Value::int16(static_cast<int16_t>(integer()));
    case Kind::int32:
      return Value::int32(static_cast<int32_t>(integer()));
    case Kind::int64:
      return Value::int64(integer());
    case Kind::float32:
      if (starts_number(first)) return Value::float32(to_float(cursor.read_number()));
      cursor.skip_value(depth);
      return Value::float32(0);
    case Kind::float64:
      if (starts_number(first)) return Value::float64(to_double(cursor.read_number()));
      cursor.skip_value(depth);
      return Value::float64(0);
    case Kind::boolean:
      if (first == 't' || first == 'f') return read_boolean(cursor, first);
      cursor.skip_value(depth);
      return Value::boolean(false);
    case Kind::string:
      if (first == '"') return Value::string(cursor.read_string());
      if (plan.symbols) return read_symbol(cursor, depth);
      cursor.skip_value(depth);
      return {};
    case Kind::bytes:
      if (first == '"') return read_base64(cursor, "Invalid bytes field");
      cursor.skip_value(depth);
      return {};
    case Kind::decimal:
      return read_decimal(cursor, *plan.schema, first);
    case Kind::date:
      return read_date(cursor, first);
    case Kind::time:
      return read_time(cursor, first);
    case Kind::timestamp:
      return read_timestamp(cursor, first);
    case Kind::array:
      return read_items(cursor, plan, depth);
    case Kind::map:
      return plan.keys == nullptr ? read_object_map(cursor, plan, depth)
                                  : read_entries_map(cursor, plan, depth);
    default:
      return plan.one_of ? read_one_of(cursor, plan, depth) : read_structure(cursor, plan, depth);
  }
}

Value JsonReader::read_structure(JsonCursor& cursor, const ReadPlan& plan, int depth) {
  JsonCursor::check_depth(depth);
  if (cursor.peek() != '{') {
    fail_form(cursor, "Structs should be encoded as JSON objects, but found ");
  }
  const size_t count = plan.fields.size();
  Value* const values = cursor.arena().allocate_array<Value>(count);
  std::fill_n(values, count, unset);
  cursor.expect('{');
  if (!cursor.take('}')) {
    size_t next = 0;  // the field that the text is predicted to have here
    do {
      cursor.peek();
      if (next < count && !plan.fields[next].token.empty() &&
          cursor.take_exactly(plan.fields[next].token)) [[likely]] {
        values[next] = read_field(cursor, plan.fields[next], depth + 1);
        ++next;
        continue;
      }
      const data::Field* const field = plan.schema->find_field(read_name(cursor));
      if (field == nullptr) {
        cursor.skip_value(depth + 1);
      } else {
        values[field->index] = read_field(cursor, plan.fields[field->index], depth + 1);
        next = field->index + 1;
      }
    } while (cursor.take_comma_or('}'));
  }
  for (size_t i = 0; i < count; ++i) {
    if (!is_unset(values[i])) [[likely]]
      continue;
    const ReadPlan& field = plan.fields[i].plan;
    if (field.missing_value == nullptr) fail_null(*field.schema, plan.schema->fields()[i].name);
    values[i] = *field.missing_value;
  }
  return Value::structure({values, count});
}

// A refused null is left unset: a later member of the same name may still bring the value.
Value JsonReader::read_field(JsonCursor& cursor, const ReadPlan::Field& field, int depth) {
  const ReadPlan& plan = field.plan;
  const bool is_null = cursor.peek() == 'n';
  if (is_null && plan.null_value == nullptr) [[unlikely]] {
    cursor.expect_literal("null");
    if (plan.missing_value != nullptr) fail_null(*plan.schema, name_of(field));
    return unset;
  }
  const Value value = read(cursor, plan, depth);
  if (has_null_item_ || (value.is_null() && !is_null && !plan.schema->optional())) [[unlikely]] {
    const auto found =
        find_converted_null(*plan.schema, value, fmt::format("field: \"{}\"", name_of(field)));
    if (found) throw Error(Reaction::skip_record, "{}", *found);
  }
  return value;
}

// Iterating a JsonNode yields an array's elements, an object's values, and nothing for the others.
Value JsonReader::read_items(JsonCursor& cursor, const ReadPlan& plan, int depth) {
  JsonCursor::check_depth(depth);
  const size_t base = stack_.size();
  const char first = cursor.peek();
  const char close = first == '{' ? '}' : ']';
  if (first != '{' && first != '[') {
    cursor.skip_value(depth);
  } else if (cursor.expect(first); !cursor.take(close)) {
    do {
      if (first == '{') read_name(cursor);
      const Value item = read_item(cursor, *plan.values, depth + 1);
      stack_.push_back(item);
    } while (cursor.take_comma_or(close));
  }
  return take_array(cursor, base);
}

Value JsonReader::read_item(JsonCursor& cursor, const ReadPlan& plan, int depth) {
  const Value item = read(cursor, plan, depth);
  if (item.is_null() && !plan.schema->optional()) [[unlikely]] {
    has_null_item_ = true;
  }
  return item;
}

Value JsonReader::read_object_map(JsonCursor& cursor, const ReadPlan& plan, int depth) {
  JsonCursor::check_depth(depth);
  if (cursor.peek() != '{') {
    fail_form(cursor, "Maps with string fields should be encoded as JSON objects, but found ");
  }
  const size_t base = stack_.size();
  KeyFilter filter;
  cursor.expect('{');
  if (!cursor.take('}')) {
    do {
      const std::string_view key = read_name(cursor);
      const Value value = read_item(cursor, *plan.values, depth + 1);
      push_entry(base, key, filter.add(key), value);
    } while (cursor.take_comma_or('}'));
  }
  return take_map(cursor, base, false);
}

Value JsonReader::read_entries_map(JsonCursor& cursor, const ReadPlan& plan, int depth) {
  JsonCursor::check_depth(depth);
  const bool pairs = plan.dialect == JsonDialect::connect;
  if (cursor.peek() != '[') {
    fail_form(
        cursor,
        pairs
            ? "Maps with non-string fields should be encoded as JSON array of tuples, but found "
            : "Maps with non-string fields should be encoded as JSON array of objects, but found ");
  }
  const size_t base = stack_.size();
  cursor.expect('[');
  if (!cursor.take(']')) {
    do {
      if (pairs) {
        read_pair(cursor, plan, depth + 1);
      } else {
        read_entry(cursor, plan, depth + 1);
      }
    } while (cursor.take_comma_or(']'));
  }
  return take_map(cursor, base, true);
}

void JsonReader::read_pair(JsonCursor& cursor, const ReadPlan& plan, int depth) {
  if (cursor.peek() != '[') {
    fail_form(cursor, "Found invalid map entry instead of array tuple: ");
  }
  cursor.expect('[');
  const Value key = cursor.peek() == ']' ? Value() : read(cursor, *plan.keys, depth + 1);
  if (!cursor.take(',')) {
    throw Error(Reaction::skip_record,
                "Found invalid map entry, expected length 2 but found :1 or 0");
  }
  const Value value = read_item(cursor, *plan.values, depth + 1);
  if (!cursor.take(']')) {
    throw Error(Reaction::skip_record, "Found invalid map entry, expected length 2 but found more");
  }
  stack_.push_back(key);
  stack_.push_back(value);
}

}  // namespace kc::convert
