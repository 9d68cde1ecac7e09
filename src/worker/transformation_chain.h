// A connector's transformations, in the order of `transforms`, each perhaps under a predicate
// (KIP-66, KIP-585).
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "config/config_def.h"
#include "connect/transformation.h"
#include "worker/error_policy.h"
#include "worker/plugins.h"

namespace kc::worker {

class TransformationChain {
 public:
  TransformationChain() = default;
  // Throws Error(fix_config) with all that find_faults() finds.
  TransformationChain(const Plugins& plugins, const config::Properties& connector);

  // What is wrong with transforms, transforms.*, predicates and predicates.*.
  static std::vector<config::Fault> find_faults(const Plugins& plugins,
                                                const config::Properties& connector);

  bool empty() const { return links_.empty(); }
  // False: the record is dropped. `step` is set to the transformation that runs. Throws what it
  // throws.
  bool apply(data::Record& record, data::RecordBatch& batch, Step& step);

 private:
  struct Link {
    std::string class_name;
    std::unique_ptr<connect::Transformation> transformation;
    connect::Predicate* predicate = nullptr;  // one of predicates_
    bool negate = false;
  };
  std::vector<std::unique_ptr<connect::Predicate>> predicates_;
  std::vector<Link> links_;
};

}  // namespace kc::worker
