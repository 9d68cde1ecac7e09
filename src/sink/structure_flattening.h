// One structure's schema, flat: each field that is no structure becomes a field of the top, named
// by the names of the fields that lead to it.
//
//   structure          its fields, named parent, delimiter, child
//   array              convert_to_string: one string, the elements' texts (nested_text.h) with the
//                      separator between; an array without elements is an empty text.
//                      take_first_value: what its first element becomes; null without elements
//   map                one string: its JSON, since its keys differ from record to record
//   anything else      as it is, logical types and defaults included
//
// A field is optional when it or a structure around it is, and when it comes from an array's first
// element. A null where an optional structure may be makes all of its fields null, whatever their
// defaults; a structure's own default stands for the null, as in Struct.get().
//
// Compiled once per schema, which it keeps; then immutable.
#pragma once

#include <memory>
#include <string>

#include "base/arena.h"
#include "data/schema.h"
#include "sink/flattening_rules.h"

namespace kc::sink {

class StructureFlattening {
 public:
  // `schema` is of a structure. Throws Error(skip_record) when two fields become one, naming both,
  // when a name is too long, and when there are too many.
  StructureFlattening(const data::Schema& schema, FlatteningRules rules);
  ~StructureFlattening();

  // The flat schema, with name and version of the nested one; that one itself when it is flat.
  const data::SchemaPtr& schema() const { return flat_; }

  // The structure of schema() for `value`, a structure or a map with its fields: made in `arena`,
  // of what `value` and the schemas point to. `text` is overwritten. Throws Error(skip_record),
  // naming the field, when the value is not what the schema says.
  data::Value flatten(const data::Value& value, base::Arena& arena, std::string& text) const;

 private:
  struct Node;
  class Compiler;
  class Writer;

  const FlatteningRules rules_;
  const data::SchemaPtr nested_;
  data::SchemaPtr flat_;
  std::unique_ptr<const Node> root_;  // none when the schema is flat
};

}  // namespace kc::sink
