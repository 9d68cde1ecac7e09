// What a source task has received and read, and whether it may have missed something, in the
// registry.
#pragma once

#include "metrics/instruments.h"
#include "metrics/registry.h"
#include "source/table_feed.h"

namespace kc::source {

class FeedMetrics : public metrics::Source {
 public:
  // Registry, feed and counter outlive it.
  FeedMetrics(metrics::Scope scope, const TableFeed& feed, const metrics::Counter& rows_read)
      : labels_(std::move(scope.labels)),
        feed_(feed),
        rows_read_(rows_read),
        registration_(scope.registry, *this) {}

  void collect(metrics::Samples& to) const override;

 private:
  const metrics::Samples::Labels labels_;
  const TableFeed& feed_;
  const metrics::Counter& rows_read_;
  const metrics::Registration registration_;
};

}  // namespace kc::source
