// The server's schemas, types, tables and monitors by name. Thread-safe; tables lock themselves.
//
// Names: `schema.table`, or a bare name, which means ki_home.table and, where ki_home has none, the
// one table of that name in any schema. So a client of 7.0, in which a table name is unique in the
// database, finds the table that it created with collection_name.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <shared_mutex>
#include <string>
#include <string_view>
#include <vector>

#include "server/memory_budget.h"
#include "server/table.h"

namespace kc::server {

inline constexpr std::string_view default_schema = "ki_home";

struct MonitorEntry {
  std::string topic_id;
  std::string table_name;  // qualified
  std::shared_ptr<Table> table;
};

class Catalog {
 public:
  Catalog(MemoryBudget& budget, MonitorPublisher& publisher);

  // Identical types share an entry. Throws Error(fail_task) when the definition is not understood.
  std::shared_ptr<const TypeEntry> create_type(const std::string& definition,
                                               const std::string& label,
                                               const wire::TableType::ColumnProperties& properties);
  std::shared_ptr<const TypeEntry> find_type(const std::string& id) const;
  std::vector<std::shared_ptr<const TypeEntry>> types() const;

  // False when it exists already.
  bool create_schema(const std::string& name);
  bool has_schema(const std::string& name) const;
  std::vector<std::string> schemas() const;

  // `collection` (may be empty) is the schema of a name without one, and is created when missing.
  // With `existing_is_fine` a table of that name is returned as it is. Throws Error(fail_task).
  std::shared_ptr<Table> create_table(const std::string& name, const std::string& type_id,
                                      const std::string& collection, bool existing_is_fine);
  std::shared_ptr<Table> find_table(const std::string& name) const;
  // Throws Error(fail_task) naming the table when there is none.
  std::shared_ptr<Table> table(const std::string& name) const;
  // Of one schema, or of all when it is empty; by name.
  std::vector<std::shared_ptr<Table>> tables(const std::string& schema) const;
  // False when there is none.
  bool drop_table(const std::string& name);

  // Throws Error(fail_task) when the topic id is taken.
  void add_monitor(const std::string& topic_id, MonitorEvent event,
                   const std::shared_ptr<Table>& table);
  bool remove_monitor(const std::string& topic_id);
  std::vector<MonitorEntry> monitors() const;

 private:
  std::shared_ptr<Table> find(const std::string& name) const;

  MemoryBudget& budget_;
  MonitorPublisher& publisher_;
  mutable std::shared_mutex mutex_;
  // Shared with the tables and requests that use them.
  std::map<std::string, std::shared_ptr<const TypeEntry>> types_;
  std::set<std::string> schemas_;
  // By schema and name. Shared with the requests that use them while they are dropped.
  std::map<std::pair<std::string, std::string>, std::shared_ptr<Table>> tables_;
  std::map<std::string, std::shared_ptr<Table>> monitors_;
  uint64_t next_type_id_ = 1'000'000'001;
};

}  // namespace kc::server
