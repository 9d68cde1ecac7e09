#include "data/record.h"

#include <algorithm>

namespace kc::data {

void RecordBatch::retain_another(const SchemaPtr& schema) {
  const auto found = std::ranges::find(schemas_, schema);
  if (found == schemas_.end()) {
    schemas_.push_back(schema);
  } else {
    std::iter_swap(found, schemas_.end() - 1);
  }
}

void RecordBatch::clear() {
  records_.clear();
  schemas_.clear();
  arena_.reset();
  arrivals.clear();
}

}  // namespace kc::data
