// Maps without schema, as JSON objects are read, made flat: each value that is no map becomes an
// entry of the top, named by the keys that lead to it with the delimiter between.
//
// Arrays become what StructureFlattening makes of them: a text, or their first element, which may
// be a map again. A map without entries gives none.
//
// One thread. Allocates only while records get larger than those before.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/arena.h"
#include "data/value.h"
#include "sink/flattening_rules.h"

namespace kc::sink {

class MapFlattening {
 public:
  explicit MapFlattening(FlatteningRules rules) : rules_(std::move(rules)) {}

  // A map of what `map` points to, and of names and texts in `arena`; `map` itself when it is flat.
  // `text` is overwritten. Throws Error(skip_record) when two values become one entry, naming both,
  // when a name is too long, and when there are too many.
  data::Value flatten(const data::Value& map, base::Arena& arena, std::string& text);

 private:
  void add_entries(const data::Value& map);
  void add(const data::Value& value);
  void add_leaf(const data::Value& value);
  std::optional<std::string_view> find_repeated_name();
  [[noreturn]] void refuse_repeated(const data::Value& map, std::string_view name);

  const FlatteningRules rules_;
  // The record at hand: what is made of it, and where in it we are.
  base::Arena* arena_ = nullptr;
  std::string* text_ = nullptr;
  std::vector<data::Value> entries_;
  std::vector<const data::Value*> keys_;
  std::string name_;  // keys_ with the delimiter between
  // Entries by their names' hashes: 1 + the entry's number, or 0.
  std::vector<uint32_t> buckets_;
  // While a refusal is made: the name whose paths are collected.
  std::optional<std::string_view> wanted_;
  std::vector<std::string> wanted_paths_;
};

}  // namespace kc::sink
