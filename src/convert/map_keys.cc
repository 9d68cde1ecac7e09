#include "convert/map_keys.h"

#include <bit>
#include <functional>
#include <vector>

namespace kc::convert {
namespace {

using data::Kind;
using data::Value;

uint64_t combine(uint64_t hash, uint64_t more) {
  const uint64_t mixed = (hash ^ more) * 0x9E3779B97F4A7C15;
  return mixed ^ mixed >> 32;
}

uint64_t deep_hash(const Value& value) {
  switch (value.kind()) {
    case Kind::null:
      return 1;
    case Kind::float32:
    case Kind::float64:
      return combine(2, std::bit_cast<uint64_t>(value.as_real()));
    case Kind::string:
    case Kind::bytes:
    case Kind::decimal:
      return combine(3, std::hash<std::string_view>()(value.as_text()));
    case Kind::array:
    case Kind::structure:
    case Kind::map: {
      const auto items = value.kind() == Kind::map ? value.entries() : value.items();
      uint64_t hash = 4;
      for (const Value& item : items) hash = combine(hash, deep_hash(item));
      return hash;
    }
    default:
      return combine(5, static_cast<uint64_t>(value.as_integer()));
  }
}

}  // namespace

size_t drop_duplicate_keys(Value* entries, size_t count) {
  // Open addressing; a slot holds the number of an entry plus one.
  const size_t slots = std::bit_ceil(count * 2 + 1);
  std::vector<uint32_t> table(slots, 0);
  size_t kept = 0;
  for (size_t i = 0; i < count; ++i) {
    const Value& key = entries[2 * i];
    size_t slot = deep_hash(key) & (slots - 1);
    while (table[slot] != 0 && !(entries[2 * (table[slot] - 1)] == key)) {
      slot = (slot + 1) & (slots - 1);
    }
    if (table[slot] != 0) {
      entries[2 * (table[slot] - 1) + 1] = entries[2 * i + 1];
      continue;
    }
    table[slot] = static_cast<uint32_t>(kept + 1);
    entries[2 * kept] = key;
    entries[2 * kept + 1] = entries[2 * i + 1];
    ++kept;
  }
  return kept;
}

}  // namespace kc::convert
