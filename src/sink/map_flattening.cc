#include "sink/map_flattening.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <functional>

#include "base/error.h"
#include "sink/nested_text.h"
#include "sink/row_value.h"

namespace kc::sink {
namespace {

using base::Error;
using base::Reaction;
using data::Kind;
using data::Value;

bool is_nested(const Value& value) {
  return value.kind() == Kind::map || value.kind() == Kind::array;
}

std::string path_text(const std::vector<const Value*>& keys) {
  std::string text;
  for (const Value* key : keys) {
    text.append(text.empty() ? "'" : ".'");
    append_text(*key, nullptr, text);
    text.push_back('\'');
  }
  return text;
}

}  // namespace

Value MapFlattening::flatten(const Value& map, base::Arena& arena, std::string& text) {
  const auto given = map.entries();
  bool flat = true;
  for (size_t i = 1; i < given.size(); i += 2) flat = flat && !is_nested(given[i]);
  if (flat) return map;
  arena_ = &arena;
  text_ = &text;
  entries_.clear();
  keys_.clear();
  name_.clear();
  add_entries(map);
  if (const auto name = find_repeated_name()) refuse_repeated(map, *name);
  Value* const kept = arena.allocate_array<Value>(entries_.size());
  std::ranges::copy(entries_, kept);
  return Value::map({kept, entries_.size()});
}

void MapFlattening::add_entries(const Value& map) {
  const auto entries = map.entries();
  const size_t parent_size = name_.size();
  for (size_t i = 0; i < entries.size(); i += 2) {
    keys_.push_back(&entries[i]);
    append_text(entries[i], nullptr, name_);
    add(entries[i + 1]);
    name_.resize(parent_size);
    keys_.pop_back();
  }
}

void MapFlattening::add(const Value& value) {
  switch (value.kind()) {
    case Kind::map:
      name_.append(rules_.delimiter);
      return add_entries(value);
    case Kind::array:
      if (rules_.arrays == ArrayFlattening::take_first_value) {
        return value.size() == 0 ? add_leaf(Value()) : add(value.items().front());
      }
      text_->clear();
      append_joined(value.items(), nullptr, rules_.separator, *text_);
      return add_leaf(Value::string(arena_->copy(*text_)));
    default:
      return add_leaf(value);
  }
}

void MapFlattening::add_leaf(const Value& value) {
  const bool nested = keys_.size() > 1;
  if (nested && name_.size() > flat_name_bytes_max) {
    throw Error(Reaction::skip_record,
                "A nested field's column would have a name of {} bytes, {} are allowed: {}",
                name_.size(), flat_name_bytes_max, shown(Value::string(name_)));
  }
  if (entries_.size() == 2 * flat_fields_max) {
    throw Error(Reaction::skip_record, "The record has more than {} fields, flattened",
                flat_fields_max);
  }
  if (wanted_ == name_) wanted_paths_.push_back(path_text(keys_));
  entries_.push_back(nested ? Value::string(arena_->copy(name_)) : *keys_.front());
  entries_.push_back(value);
}

// One that two entries have.
std::optional<std::string_view> MapFlattening::find_repeated_name() {
  buckets_.assign(std::bit_ceil(entries_.size() + 1), 0);  // at most half full
  const size_t mask = buckets_.size() - 1;
  for (size_t i = 0; i < entries_.size(); i += 2) {
    if (entries_[i].kind() != Kind::string) continue;
    const std::string_view name = entries_[i].as_text();
    size_t bucket = std::hash<std::string_view>()(name) & mask;
    for (; buckets_[bucket] != 0; bucket = (bucket + 1) & mask) {
      if (entries_[buckets_[bucket] - 1].as_text() == name) return name;
    }
    buckets_[bucket] = static_cast<uint32_t>(i + 1);
  }
  return std::nullopt;
}

void MapFlattening::refuse_repeated(const Value& map, std::string_view name) {
  wanted_ = name;
  wanted_paths_.clear();
  entries_.clear();
  add_entries(map);
  wanted_.reset();
  throw Error(Reaction::skip_record,
              "The fields {} would both be column {}; rename one of them, or choose another "
              "kinetica.flatten_source.field_name_delimiter",
              fmt::join(wanted_paths_, " and "), name);
}

}  // namespace kc::sink
