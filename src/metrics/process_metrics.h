// This process as the operating system sees it: processor time, memory, file descriptors, threads.
#pragma once

#include "metrics/registry.h"

namespace kc::metrics {

class ProcessMetrics : public Source {
 public:
  explicit ProcessMetrics(Registry& registry) : registration_(registry, *this) {}

  // What /proc does not tell is left out.
  void collect(Samples& to) const override;

 private:
  const Registration registration_;
};

}  // namespace kc::metrics
