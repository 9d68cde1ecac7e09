#include "source/feed_metrics.h"

namespace kc::source {

void FeedMetrics::collect(metrics::Samples& to) const {
  to.add("", "kinetica_connect_source_rows_received_total", labels_,
         static_cast<double>(feed_.rows_received()));
  to.add("", "kinetica_connect_source_rows_read_total", labels_,
         static_cast<double>(rows_read_.value()));
  to.add("", "kinetica_connect_source_database_unavailable", labels_, feed_.trouble() ? 1 : 0);
  const auto gap = feed_.gap_possible_since();
  to.add("", "kinetica_connect_source_gap_possible_timestamp_seconds", labels_,
         gap ? std::chrono::duration<double>(gap->time_since_epoch()).count() : 0);
}

}  // namespace kc::source
