// Makes records flat before the sink looks at them: their schema, or the keys of their map, become
// those of a record without nested values, so that all that follows (tables, columns, row plans)
// knows flat records alone.
//
// Paths come from each record's own schema, never from a table. One thread.
#pragma once

#include <memory>
#include <string>

#include "base/lru_cache.h"
#include "data/record.h"
#include "sink/flattening_rules.h"
#include "sink/map_flattening.h"
#include "sink/structure_flattening.h"

namespace kc::sink {

class Flattener {
 public:
  explicit Flattener(FlatteningRules rules) : rules_(rules), maps_(std::move(rules)) {}

  // Appends to `batch` what `record` is when flat: it points into `batch` and into what `record`
  // points to. Structures with schema and maps without are flattened; other values stay as they
  // are. Records of one schema get one schema again, while not too many are in use. Throws
  // Error(skip_record) and appends nothing when a record cannot be flattened.
  void add(const data::Record& record, data::RecordBatch& batch);

 private:
  static constexpr size_t schemas_max = 1000;

  const StructureFlattening& flattening_of(const data::Schema& schema);

  const FlatteningRules rules_;
  MapFlattening maps_;
  base::LruCache<const data::Schema*, std::unique_ptr<const StructureFlattening>> structures_{
      schemas_max};
  const data::Schema* last_schema_ = nullptr;
  const StructureFlattening* last_ = nullptr;
  std::string text_;  // reused
};

}  // namespace kc::sink
