// The parts of JsonReader that only JsonDialect::json_schema has.
#include <algorithm>
#include <bit>
#include <span>
#include <string_view>

#include "base/error.h"
#include "convert/json/json_reader.h"
#include "convert/json/json_scalars.h"

namespace kc::convert {
namespace {

using base::Error;
using base::Reaction;
using data::Kind;
using data::Value;

// What a value is, as far as oneOf asks.
struct Found {
  char first;
  bool integral = false;  // of a number
};

Found look_at(JsonCursor& cursor) {
  Found found{cursor.peek()};
  if (starts_number(found.first)) {
    const char* const begin = cursor.position();
    found.integral = cursor.read_number().integral;
    cursor.rewind(begin);
  }
  return found;
}

// Whether a value fits by what it is; structures are compared by their members.
bool fits(const ReadPlan& plan, const Found& value) {
  const bool number = starts_number(value.first);
  switch (plan.schema->type()) {
    case data::Type::int8:
    case data::Type::int16:
    case data::Type::int32:
    case data::Type::int64:
      return number && value.integral;
    case data::Type::float32:
    case data::Type::float64:
      return number;
    case data::Type::bytes:  // a Decimal
      return number && plan.kind == Kind::decimal;
    case data::Type::boolean:
      return value.first == 't' || value.first == 'f';
    case data::Type::string:
      return value.first == '"';
    case data::Type::array:
      return value.first == '[';
    case data::Type::map:
      return value.first == (plan.keys == nullptr ? '{' : '[');
    case data::Type::structure:
      break;
  }
  return false;
}

// Of the structures among `fields`, the first of those that have most members of the object that is
// next, which is not consumed; fields.size() when there is none.
size_t best_structure(JsonCursor& cursor, const std::vector<ReadPlan::Field>& fields, int depth) {
  const std::span<int> matches(cursor.arena().allocate_array<int>(fields.size()), fields.size());
  for (size_t i = 0; i < fields.size(); ++i) {
    matches[i] = fields[i].plan.kind == Kind::structure ? 0 : -1;
  }
  const char* const begin = cursor.position();
  cursor.expect('{');
  if (!cursor.take('}')) {
    do {
      const std::string_view name = cursor.read_string();
      cursor.expect(':');
      cursor.skip_value(depth + 1);
      for (size_t i = 0; i < fields.size(); ++i) {
        if (matches[i] >= 0 && fields[i].plan.schema->find_field(name) != nullptr) ++matches[i];
      }
    } while (cursor.take_comma_or('}'));
  }
  cursor.rewind(begin);
  const auto best = std::ranges::max_element(matches);
  if (best == matches.end() || *best < 0) return fields.size();
  return static_cast<size_t>(best - matches.begin());
}

}  // namespace

Value JsonReader::read_one_of(JsonCursor& cursor, const ReadPlan& plan, int depth) {
  JsonCursor::check_depth(depth);
  const Found found = look_at(cursor);
  const size_t count = plan.fields.size();
  size_t chosen = 0;
  while (chosen < count && !fits(plan.fields[chosen].plan, found)) ++chosen;
  if (chosen == count && found.first == '{') chosen = best_structure(cursor, plan.fields, depth);
  if (chosen == count) fail_form(cursor, "Did not find matching oneof field for data: ");
  Value* const values = cursor.arena().allocate_array<Value>(count);
  std::fill_n(values, count, Value());
  values[chosen] = read(cursor, plan.fields[chosen].plan, depth + 1);
  return Value::structure({values, count});
}

void JsonReader::read_entry(JsonCursor& cursor, const ReadPlan& plan, int depth) {
  if (cursor.peek() != '{') {
    fail_form(cursor, "Found invalid map entry instead of object: ");
  }
  // Each member once, in any order.
  Value key;
  Value value;
  unsigned members = 0;
  cursor.expect('{');
  if (!cursor.take('}')) {
    do {
      const std::string_view name = cursor.read_string();
      cursor.expect(':');
      if (name == json_entry_key) {
        key = read(cursor, *plan.keys, depth + 1);
        members |= 1U;
      } else if (name == json_entry_value) {
        value = read(cursor, *plan.values, depth + 1);
        members |= 2U;
      } else {
        throw Error(Reaction::skip_record,
                    "Found invalid map entry: it has the member {}, not only key and value", name);
      }
    } while (cursor.take_comma_or('}'));
  }
  if (members != 3U) {
    throw Error(Reaction::skip_record, "Found invalid map entry, expected length 2 but found :{}",
                std::popcount(members));
  }
  stack_.push_back(key);
  stack_.push_back(value);
}

}  // namespace kc::convert
