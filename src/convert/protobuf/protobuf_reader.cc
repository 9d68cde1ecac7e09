#include "convert/protobuf/protobuf_reader.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/error.h"
#include "convert/map_keys.h"
#include "convert/protobuf/protobuf_logical.h"
#include "convert/utf8.h"

namespace kc::convert {
namespace {

using base::Error;
using base::Reaction;
using data::Kind;
using data::Value;
using As = ProtobufReadPlan::As;

// Two bytes can be a structure of a thousand fields. The most values of a message are these, and
// two for each of its bytes.
constexpr size_t values_max = 1 << 24;
// Scratch above this many items is given back after a message.
constexpr size_t items_kept_max = 1 << 16;

template <typename... Args>
[[noreturn]] void fail(fmt::format_string<Args...> format, Args&&... args) {
  throw Error(Reaction::skip_record, format, std::forward<Args>(args)...);
}

Value whole(Kind kind, int64_t value) {
  switch (kind) {
    case Kind::boolean:
      return Value::boolean(value != 0);
    case Kind::int8:
      return Value::int8(static_cast<int8_t>(value));
    case Kind::int16:
      return Value::int16(static_cast<int16_t>(value));
    case Kind::int32:
      return Value::int32(static_cast<int32_t>(value));
    default:
      return Value::int64(value);
  }
}

}  // namespace

const ProtobufReadPlan::Field* ProtobufReadPlan::find(uint32_t number) const {
  if (number < by_number.size()) {
    const uint16_t place = by_number[number];
    return place == 0 ? nullptr : &fields[place - 1U];
  }
  const auto found = std::ranges::lower_bound(fields, number, {}, &Field::number);
  return found == fields.end() || found->number != number ? nullptr : &*found;
}

Value ProtobufValueReader::read(std::string_view bytes, const ProtobufReadPlan& plan,
                                base::Arena& arena) {
  items_.clear();
  chosen_.clear();
  if (items_.capacity() > items_kept_max) items_.shrink_to_fit();
  arena_ = &arena;
  values_left_ = values_max + 2 * bytes.size();
  return read_message(bytes, plan);
}

Value* ProtobufValueReader::allocate(size_t values) {
  if (values > values_left_) fail("The message has more than {} values", values_max);
  values_left_ -= values;
  return arena_->allocate_array<Value>(values);
}

Value ProtobufValueReader::read_message(std::string_view bytes, const ProtobufReadPlan& plan) {
  Value scratch[ProtobufReadPlan::scratch_values];
  const size_t count = plan.absent.size();
  Value* const values = plan.as == As::structure ? allocate(count) : scratch;
  std::ranges::copy(plan.absent, values);
  const Frame frame{plan, values, items_.size(), chosen_.size()};
  chosen_.resize(frame.chosen + plan.choices.size());
  read_fields(ProtobufInput(bytes), frame);
  if (items_.size() > frame.items) place_items(frame);
  if (!plan.choices.empty()) place_chosen(frame);
  place_messages(frame);
  fill_missing(frame);
  switch (plan.as) {
    case As::structure:
      return Value::structure({values, count});
    case As::wrapped:
      return values[0];
    case As::decimal:
      return read_protobuf_decimal(values);
    case As::date:
      return read_protobuf_date(values);
    case As::time:
      return read_protobuf_time(values);
    case As::timestamp:
      break;
  }
  return read_protobuf_timestamp(values);
}

void ProtobufValueReader::read_fields(ProtobufInput input, const Frame& frame) {
  const std::vector<Field>& fields = frame.plan.fields;
  size_t next = 0;  // fields mostly come in the order of their numbers
  while (!input.empty()) {
    const auto tag = static_cast<uint32_t>(input.varint());
    const uint32_t number = tag >> 3;
    if (number == 0) fail("Protocol message contained an invalid tag (zero).");
    const Field* const field = next < fields.size() && fields[next].number == number
                                   ? &fields[next]
                                   : frame.plan.find(number);
    if (field == nullptr) {
      input.skip(tag);
      continue;
    }
    next = static_cast<size_t>(field - fields.data()) + (field->repeated ? 0 : 1);
    const auto wire_type = static_cast<ProtobufWireType>(tag & 7);
    if (wire_type == field->wire_type) [[likely]] {
      read_field(input, *field, frame);
    } else if (field->repeated && wire_type == ProtobufWireType::delimited) {
      for (ProtobufInput packed(input.delimited()); !packed.empty();) {
        if (const auto value = read_scalar(packed, *field)) push(*field, *value, frame);
      }
    } else {
      input.skip(tag);
    }
  }
}

void ProtobufValueReader::read_field(ProtobufInput& input, const Field& field, const Frame& frame) {
  if (field.message != nullptr) {
    const std::string_view bytes = input.delimited();
    if (!field.repeated) return set_message(field, bytes, frame);
    const Value value = read_message(bytes, *field.message);
    return push(field, value, frame);
  }
  const auto value = read_scalar(input, field);
  if (!value) return;
  if (field.repeated) return push(field, *value, frame);
  set(field, *value, frame);
}

std::optional<Value> ProtobufValueReader::read_scalar(ProtobufInput& input, const Field& field) {
  switch (field.type) {
    case ProtobufType::float64:
      return Value::float64(input.fixed<double>());
    case ProtobufType::float32:
      return Value::float32(input.fixed<float>());
    case ProtobufType::int64:
    case ProtobufType::uint64:
      return Value::int64(static_cast<int64_t>(input.varint()));
    case ProtobufType::int32:
      return whole(field.kind, static_cast<int32_t>(input.varint()));
    case ProtobufType::fixed64:
    case ProtobufType::sfixed64:
      return Value::int64(input.fixed<int64_t>());
    case ProtobufType::fixed32:
      return Value::int64(input.fixed<uint32_t>());
    case ProtobufType::boolean:
      return Value::boolean(input.varint() != 0);
    case ProtobufType::string: {
      const std::string_view text = input.delimited();
      if (!field.valid_utf8) return Value::string(repaired_utf8(text, *arena_));
      if (!is_valid_utf8(text)) fail("Protocol message had invalid UTF-8.");
      return Value::string(text);
    }
    case ProtobufType::bytes:
      return Value::bytes(input.delimited());
    case ProtobufType::uint32:
      return Value::int64(static_cast<uint32_t>(input.varint()));
    case ProtobufType::enumeration:
      return symbol(field, static_cast<int32_t>(input.varint()));
    case ProtobufType::sfixed32:
      return whole(field.kind, input.fixed<int32_t>());
    case ProtobufType::sint32:
      return whole(field.kind,
                   static_cast<int32_t>(zigzag_value(static_cast<uint32_t>(input.varint()))));
    case ProtobufType::sint64:
      return Value::int64(zigzag_value(input.varint()));
    case ProtobufType::group:
    case ProtobufType::message:
      break;
  }
  return std::nullopt;
}

std::optional<Value> ProtobufValueReader::symbol(const Field& field, int32_t number) {
  const auto found = std::ranges::lower_bound(field.symbols, number, {},
                                              &std::pair<int32_t, std::string_view>::first);
  const bool known = found != field.symbols.end() && found->first == number;
  if (!known && field.closed_enum) return std::nullopt;
  if (field.kind == Kind::int32) return Value::int32(number);
  if (known) return Value::string(found->second);
  return Value::string(
      arena_->copy(fmt::format("UNKNOWN_ENUM_VALUE_{}_{}", field.enum_name, number)));
}

void ProtobufValueReader::set(const Field& field, const Value& value, const Frame& frame) {
  if (field.choice == Field::no_choice) {
    frame.values[field.slot] = value;
    return;
  }
  chosen_[frame.chosen + static_cast<size_t>(field.choice)] = {
      &field, static_cast<uint32_t>(items_.size()), value};
}

void ProtobufValueReader::set_message(const Field& field, std::string_view bytes,
                                      const Frame& frame) {
  if (field.choice == Field::no_choice) {
    const Value& before = frame.values[field.slot];
    const bool more = before.kind() == Kind::bytes && before.size() > 0;
    if (more) return push(field, Value::bytes(bytes), frame);
  } else if (chosen_[frame.chosen + static_cast<size_t>(field.choice)].field == &field) {
    return push(field, Value::bytes(bytes), frame);
  }
  set(field, Value::bytes(bytes), frame);
}

void ProtobufValueReader::push(const Field& field, const Value& value, const Frame& frame) {
  items_.push_back({static_cast<uint32_t>(&field - frame.plan.fields.data()),
                    static_cast<uint32_t>(items_.size()), value});
}

void ProtobufValueReader::place_items(const Frame& frame) {
  const auto begin = items_.begin() + static_cast<std::ptrdiff_t>(frame.items);
  const auto before = [](const Item& a, const Item& b) {
    return a.field != b.field ? a.field < b.field : a.position < b.position;
  };
  if (!std::is_sorted(begin, items_.end(), before)) std::sort(begin, items_.end(), before);
  for (size_t first = frame.items; first < items_.size();) {
    size_t last = first + 1;
    while (last < items_.size() && items_[last].field == items_[first].field) ++last;
    const Field& field = frame.plan.fields[items_[first].field];
    if (field.repeated) {
      frame.values[field.slot] = list_of(field, first, last);
    } else if (field.choice == Field::no_choice) {
      Value& value = frame.values[field.slot];
      value = Value::bytes(joined(value.as_text(), first, last));
    } else {
      Chosen& chosen = chosen_[frame.chosen + static_cast<size_t>(field.choice)];
      size_t counts = first;
      while (counts < last && items_[counts].position < chosen.since) ++counts;
      if (chosen.field == &field && counts < last) {
        chosen.value = Value::bytes(joined(chosen.value.as_text(), counts, last));
      }
    }
    first = last;
  }
  items_.resize(frame.items);
}

Value ProtobufValueReader::list_of(const Field& field, size_t first, size_t last) {
  const size_t count = last - first;
  if (!field.map) {
    Value* const values = allocate(count);
    for (size_t i = 0; i < count; ++i) values[i] = items_[first + i].value;
    return Value::array({values, count});
  }
  Value* const entries = allocate(2 * count);
  for (size_t i = 0; i < count; ++i) {
    std::ranges::copy(items_[first + i].value.items(), entries + 2 * i);
  }
  return Value::map({entries, 2 * drop_duplicate_keys(entries, count)});
}

std::string_view ProtobufValueReader::joined(std::string_view bytes, size_t first, size_t last) {
  size_t size = bytes.size();
  for (size_t i = first; i < last; ++i) size += items_[i].value.size();
  char* const start = arena_->allocate_array<char>(size);
  char* end = std::ranges::copy(bytes, start).out;
  for (size_t i = first; i < last; ++i) end = std::ranges::copy(items_[i].value.as_text(), end).out;
  return {start, size};
}

void ProtobufValueReader::place_messages(const Frame& frame) {
  for (const uint32_t i : frame.plan.single_messages) {
    const Field& field = frame.plan.fields[i];
    Value& value = frame.values[field.slot];
    if (!value.is_null()) value = read_message(value.as_text(), *field.message);
  }
}

void ProtobufValueReader::place_chosen(const Frame& frame) {
  for (size_t i = 0; i < frame.plan.choices.size(); ++i) {
    const Chosen chosen = chosen_[frame.chosen + i];
    if (chosen.field == nullptr) continue;
    const Value value = chosen.field->message == nullptr
                            ? chosen.value
                            : read_message(chosen.value.as_text(), *chosen.field->message);
    const auto [slot, members] = frame.plan.choices[i];
    if (members == 0) {
      frame.values[chosen.field->slot] = value;
      continue;
    }
    Value* const fields = allocate(members);
    std::fill_n(fields, members, Value());
    fields[chosen.field->slot] = value;
    frame.values[slot] = Value::structure({fields, members});
  }
  chosen_.resize(frame.chosen);
}

void ProtobufValueReader::fill_missing(const Frame& frame) {
  for (const auto& [slot, kind, name] : frame.plan.required) {
    if (frame.values[slot].is_null()) fail("Message missing required fields: {}", name);
  }
  for (const auto& [slot, kind, text] : frame.plan.default_texts) {
    Value& value = frame.values[slot];
    if (!value.is_null()) continue;
    const std::string_view copied = arena_->copy(text);
    value = kind == Kind::string ? Value::string(copied) : Value::bytes(copied);
  }
}

}  // namespace kc::convert
