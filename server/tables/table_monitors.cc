#include "server/tables/table_monitors.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "base/error.h"
#include "base/log.h"
#include "server/network/monitor_publisher.h"
#include "wire/avro.h"

namespace kc::server {

void TableMonitors::add(std::string topic_id, MonitorOptions options) {
  monitors_.push_back({std::move(topic_id), std::move(options)});
  any_ = true;
}

void TableMonitors::remove(std::string_view topic_id) {
  std::vector<Monitor> kept;
  for (Monitor& monitor : monitors_) {
    if (monitor.topic_id != topic_id) kept.push_back(std::move(monitor));
  }
  monitors_ = std::move(kept);
  any_ = !monitors_.empty();
}

void TableMonitors::suspend(std::string_view topic_id, bool suspended) {
  for (Monitor& monitor : monitors_) {
    if (monitor.topic_id == topic_id) monitor.options.suspended = suspended;
  }
}

void TableMonitors::wait_for_room() {
  if (any_) publisher_.wait_for_room();
}

void TableMonitors::publish(const TableChanges& changes,
                            const std::shared_ptr<const TypeEntry>& type) {
  for (Monitor& monitor : monitors_) {
    if (monitor.options.suspended) continue;
    const auto& rows = monitor.options.event == MonitorEvent::insert   ? changes.inserted
                       : monitor.options.event == MonitorEvent::update ? changes.updated
                                                                       : changes.erased;
    if (monitor.options.expression.empty()) {
      publish(monitor, rows);
      continue;
    }
    if (monitor.type != type) compile(monitor, type);
    std::vector<std::string_view> chosen;
    std::ranges::copy_if(rows, std::back_inserter(chosen),
                         [&](std::string_view row) { return chooses(monitor, row); });
    publish(monitor, chosen);
  }
}

void TableMonitors::compile(Monitor& monitor, const std::shared_ptr<const TypeEntry>& type) {
  monitor.filter.reset();
  monitor.type = type;
  try {
    monitor.filter.emplace(monitor.options.expression, type->type);
  } catch (const base::Error& e) {
    base::log_warn("Table monitor {} hears nothing since its table was altered: {}",
                   monitor.topic_id, e.what());
  }
}

bool TableMonitors::chooses(Monitor& monitor, std::string_view row) {
  try {
    return monitor.filter && monitor.filter->chooses(row);
  } catch (const base::Error&) {
    return false;
  }
}

void TableMonitors::publish(Monitor& monitor, const std::vector<std::string_view>& rows) {
  if (rows.empty()) return;
  if (monitor.options.event == MonitorEvent::insert) {
    publisher_.publish(monitor.topic_id, rows);
    return;
  }
  std::string record;
  wire::AvroWriter(record).write_long(static_cast<int64_t>(rows.size()));
  const std::string_view records[] = {record};
  publisher_.publish(monitor.topic_id, records);
}

}  // namespace kc::server
