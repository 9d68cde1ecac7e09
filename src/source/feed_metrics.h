// What a table feed has received, and whether it may have missed something, in the registry.
#pragma once

#include "metrics/registry.h"
#include "source/table_feed.h"

namespace kc::source {

class FeedMetrics : public metrics::Source {
 public:
  // Registry and feed outlive it.
  FeedMetrics(metrics::Scope scope, const TableFeed& feed)
      : labels_(std::move(scope.labels)), feed_(feed), registration_(scope.registry, *this) {}

  void collect(metrics::Samples& to) const override;

 private:
  const metrics::Samples::Labels labels_;
  const TableFeed& feed_;
  const metrics::Registration registration_;
};

}  // namespace kc::source
