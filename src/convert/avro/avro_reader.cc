#include "convert/avro/avro_reader.h"

#include <algorithm>

#include "base/error.h"
#include "convert/map_keys.h"
#include "convert/utf8.h"

namespace kc::convert {
namespace {

using base::Error;
using base::Reaction;
using data::Value;
using Step = AvroReadPlan::Step;

[[noreturn]] void fail(const char* what) {
  throw Error(Reaction::skip_record, "Malformed Avro data: {}", what);
}

// BigInteger refuses no bytes at all.
std::string_view unscaled(std::string_view bytes) {
  if (bytes.empty()) fail("a decimal has no bytes");
  return bytes;
}

}  // namespace

Value AvroValueReader::read(std::string_view bytes, const AvroReadPlan& plan, base::Arena& arena) {
  stack_.clear();
  wire::AvroReader reader(bytes);
  bytes_ = &reader;
  arena_ = &arena;
  empty_items_ = 0;
  try {
    return read(plan);
  } catch (const Error& error) {
    throw Error(Reaction::skip_record, "{}", error.what());
  }
}

Value AvroValueReader::read(const AvroReadPlan& plan) { return read_any(plan); }

// Inlined into the loop over a record's fields.
[[gnu::always_inline]] inline Value AvroValueReader::read_any(const AvroReadPlan& plan) {
  switch (plan.step) {
    case Step::null:
      return {};
    case Step::boolean:
      return Value::boolean(bytes_->read_boolean());
    case Step::int8:
      return Value::int8(static_cast<int8_t>(bytes_->read_int()));
    case Step::int16:
      return Value::int16(static_cast<int16_t>(bytes_->read_int()));
    case Step::int32:
      return Value::int32(bytes_->read_int());
    case Step::int64:
      return Value::int64(bytes_->read_long());
    case Step::float32:
      return Value::float32(bytes_->read_float());
    case Step::float64:
      return Value::float64(bytes_->read_double());
    case Step::date:
      return Value::date(bytes_->read_int());
    case Step::time:
      return Value::time(bytes_->read_int());
    case Step::timestamp:
      return Value::timestamp(bytes_->read_long());
    case Step::bytes:
      return Value::bytes(bytes_->read_bytes());
    case Step::decimal:
      return Value::decimal(unscaled(bytes_->read_bytes()), plan.scale);
    case Step::string:
      return Value::string(repaired_utf8(bytes_->read_string(), *arena_));
    case Step::fixed:
      return Value::bytes(bytes_->read_fixed(plan.size));
    case Step::fixed_decimal:
      return Value::decimal(unscaled(bytes_->read_fixed(plan.size)), plan.scale);
    case Step::symbol:
      return Value::string(plan.symbols[read_branch(plan.symbols.size())]);
    case Step::array:
    case Step::map:
    case Step::entries:
      return read_items(plan);
    case Step::record:
      return read_record(plan);
    case Step::optional:
      if (read_branch(2) != plan.size) return read(plan.children[0]);
      return plan.null_value == nullptr ? Value() : *plan.null_value;
    case Step::chosen:
      break;
  }
  return read_chosen(plan);
}

size_t AvroValueReader::read_branch(size_t count) {
  const int64_t branch = bytes_->read_long();
  if (branch < 0 || static_cast<uint64_t>(branch) >= count) {
    fail("a union's branch or an enum's symbol is out of range");
  }
  return static_cast<size_t>(branch);
}

Value AvroValueReader::read_record(const AvroReadPlan& plan) {
  const size_t count = plan.children.size();
  Value* const values = arena_->allocate_array<Value>(count);
  for (size_t i = 0; i < count; ++i) values[i] = read_any(plan.children[i]);
  return Value::structure({values, count});
}

// The number of items in the next block of an array or map; 0 at its end.
size_t AvroValueReader::read_block() {
  int64_t count = bytes_->read_long();
  if (count < 0) {
    bytes_->read_long();  // the block's size
    count = count == INT64_MIN ? INT64_MAX : -count;
  }
  return static_cast<size_t>(count);
}

void AvroValueReader::read_entry(const AvroReadPlan& plan) {
  Value key;
  Value value;
  if (plan.step == Step::map) {
    key = Value::string(repaired_utf8(bytes_->read_string(), *arena_));
    value = read(plan.children[0]);
  } else if (plan.key_first) {
    key = read(plan.children[0]);
    value = read(plan.children[1]);
  } else {
    value = read(plan.children[1]);
    key = read(plan.children[0]);
  }
  stack_.push_back(key);
  stack_.push_back(value);
}

Value AvroValueReader::read_items(const AvroReadPlan& plan) {
  const size_t base = stack_.size();
  while (const size_t block = read_block()) {
    for (size_t i = 0; i < block; ++i) {
      const size_t begin = bytes_->position();
      if (plan.step == Step::array) {
        const Value item = read(plan.children[0]);
        stack_.push_back(item);
      } else {
        read_entry(plan);
      }
      if (bytes_->position() == begin && ++empty_items_ > empty_items_max) {
        fail("arrays and maps have too many items without bytes");
      }
    }
  }
  size_t count = stack_.size() - base;
  Value* const found = stack_.data() + base;
  if (plan.step != Step::array) count = 2 * drop_duplicate_keys(found, count / 2);
  Value* const kept = arena_->allocate_array<Value>(count);
  std::copy_n(found, count, kept);
  stack_.resize(base);
  return plan.step == Step::array ? Value::array({kept, count}) : Value::map({kept, count});
}

Value AvroValueReader::read_chosen(const AvroReadPlan& plan) {
  const size_t branch = read_branch(plan.children.size());
  if (plan.children[branch].step == Step::null) {
    return plan.null_value == nullptr ? Value() : *plan.null_value;
  }
  const size_t count = plan.schema->fields().size();
  Value* const values = arena_->allocate_array<Value>(count);
  std::fill_n(values, count, Value());
  const Value chosen = read(plan.children[branch]);
  size_t field = 0;
  for (size_t i = 0; i < branch; ++i) field += plan.children[i].step == Step::null ? 0U : 1U;
  values[field] = chosen;
  return Value::structure({values, count});
}

}  // namespace kc::convert
