// org.apache.kafka.connect.transforms.Transformation and .predicates.Predicate: a step that changes
// or drops records between converter and task. An instance serves one connector's task, on that
// task's thread, and may keep caches.
#pragma once

#include <memory>
#include <string>

#include "config/config_def.h"
#include "config/properties.h"
#include "data/record.h"

namespace kc::connect {

class Transformation {
 public:
  virtual ~Transformation() = default;

  // Changes `record` in place; false drops it. New values lie in `batch.arena()`, new schemas are
  // retained by `batch`. Values are shared: what is changed is copied first, along its path only.
  // Throws Error(skip_record) with Kafka's message; `record` is then unspecified.
  virtual bool apply(data::Record& record, data::RecordBatch& batch) = 0;
};

class Predicate {
 public:
  virtual ~Predicate() = default;
  virtual bool test(const data::Record& record) = 0;
};

// A kind of transformation, by its Java class name.
struct TransformationPlugin {
  std::string class_name;  // org.apache.kafka.connect.transforms.Cast$Value
  // Of the properties under transforms.ALIAS., without that prefix.
  const config::ConfigDef& (*config_def)();
  // Throws Error(fix_config).
  std::unique_ptr<Transformation> (*create)(const config::Properties& settings);
};

struct PredicatePlugin {
  std::string class_name;  // org.apache.kafka.connect.transforms.predicates.TopicNameMatches
  const config::ConfigDef& (*config_def)();
  std::unique_ptr<Predicate> (*create)(const config::Properties& settings);
};

}  // namespace kc::connect
