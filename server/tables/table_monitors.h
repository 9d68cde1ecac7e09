// The monitors of one table and what they make of its changes. (Kinetica documentation, "Table
// Monitors".)
//
//   insert   the rows that were appended
//   update   a record with the number of rows that were changed or replaced by an upsert
//   delete   a record with the number of rows that were erased
//
// With an expression only the rows count that it chooses: of an update as they are now.
#pragma once

#include <atomic>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "server/catalog/type_entry.h"
#include "server/expression/expression.h"

namespace kc::server {

class MonitorPublisher;

enum class MonitorEvent { insert, update, erase };

struct MonitorOptions {
  MonitorEvent event = MonitorEvent::insert;
  std::string expression{};         // empty: every row
  std::string increasing_column{};  // kept to be shown
  bool suspended = false;           // nothing is published
};

// The rows of a change; views for the time of a call.
struct TableChanges {
  std::vector<std::string_view> inserted{};
  std::vector<std::string_view> updated{};
  std::vector<std::string_view> erased{};
};

// Used under its table's lock, but for is_empty() and wait_for_room().
class TableMonitors {
 public:
  explicit TableMonitors(MonitorPublisher& publisher) : publisher_(publisher) {}

  void add(std::string topic_id, MonitorOptions options);
  void remove(std::string_view topic_id);
  void suspend(std::string_view topic_id, bool suspended);

  bool is_empty() const { return !any_; }
  // Call it before taking the lock: publishing then need not drop rows.
  void wait_for_room();
  // `type` is that of the rows. Does not throw: a row that an expression cannot be used on, since
  // the table was altered, is not chosen.
  void publish(const TableChanges& changes, const std::shared_ptr<const TypeEntry>& type);

 private:
  struct Monitor {
    std::string topic_id;
    MonitorOptions options;
    // For the type that it was compiled for; shared with the catalog.
    std::shared_ptr<const TypeEntry> type{};
    std::optional<Expression> filter{};
  };
  static void compile(Monitor& monitor, const std::shared_ptr<const TypeEntry>& type);
  static bool chooses(Monitor& monitor, std::string_view row);
  void publish(Monitor& monitor, const std::vector<std::string_view>& rows);

  MonitorPublisher& publisher_;
  std::vector<Monitor> monitors_;
  std::atomic<bool> any_{false};
};

}  // namespace kc::server
