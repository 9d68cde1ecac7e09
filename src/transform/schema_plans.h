// What a transformation has made of each schema it met: built once per schema, found by its
// address. A plan is kept with its schema, so that the address cannot belong to another. Not
// thread-safe.
#pragma once

#include "base/lru_cache.h"
#include "data/schema.h"

namespace kc::transform {

template <typename Plan>
class SchemaPlans {
 public:
  // More schemas than this in turn are planned again and again.
  static constexpr size_t plans_max = 1000;

  // Valid until the next call. `make(schema)` gives a Plan.
  template <typename Make>
  const Plan& get(const data::Schema& schema, const Make& make) {
    if (last_ != nullptr && last_->schema.get() == &schema) return last_->plan;
    last_ = plans_.find(&schema);
    if (last_ == nullptr) {
      last_ = &plans_.insert(&schema, Entry{schema.shared_from_this(), make(schema)});
    }
    return last_->plan;
  }

 private:
  struct Entry {
    data::SchemaPtr schema;
    Plan plan;
  };
  base::LruCache<const data::Schema*, Entry> plans_{plans_max};
  Entry* last_ = nullptr;
};

}  // namespace kc::transform
