// The server's schemas, types, tables and monitors by name. Thread-safe; tables lock themselves.
//
// Names: `schema.table`, or a bare name, which means ki_home.table and, where ki_home has none, the
// one table of that name in any schema. So a client of 7.0, in which a table name is unique in the
// database, finds the table that it created with collection_name.
//
// As Kinetica 7.0 (KineticaVersion::schemas is false) a schema is a collection: it has no part in a
// table's name, and a dot is a character of the name like others.
//
// A table whose time to live is over is dropped by whoever comes across it.
//
// With a journal everything but monitors and result tables is kept: a change is in the journal when
// the call that made it returns. One that throws for a full disk may have been made all the same
// and be undone by the next start, but for a new table, which is then not there.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <shared_mutex>
#include <string>
#include <string_view>
#include <vector>

#include "server/kinetica_version.h"
#include "server/storage/journal.h"
#include "server/tables/memory_budget.h"
#include "server/tables/table.h"

namespace kc::server {

inline constexpr std::string_view default_schema = "ki_home";

struct MonitorEntry {
  std::string topic_id;
  std::string table_name;  // qualified
  std::shared_ptr<Table> table;
  MonitorOptions options;
};

class Catalog {
 public:
  static constexpr size_t monitors_max = 10'000;

  using Now = std::function<TimeToLive::Clock::time_point()>;

  // All outlive the catalog. Loads what the journal holds; throws Error(fix_config) when that is
  // damaged or was written by another kind of release.
  Catalog(MemoryBudget& budget, MonitorPublisher& publisher, const KineticaVersion& version = {},
          Now now = TimeToLive::Clock::now, Journal* journal = nullptr);

  // Identical types share an entry. Throws Error(fail_task) when the definition is not understood
  // or is not one that this version takes.
  std::shared_ptr<const TypeEntry> create_type(const std::string& definition,
                                               const std::string& label,
                                               const wire::TableType::ColumnProperties& properties);
  std::shared_ptr<const TypeEntry> find_type(const std::string& id) const;
  std::vector<std::shared_ptr<const TypeEntry>> types() const;

  // False when it exists already.
  bool create_schema(const std::string& name);
  bool has_schema(const std::string& name) const;
  std::vector<std::string> schemas() const;
  // False when there is none. Throws Error(fail_task) when it holds tables, unless `cascade` drops
  // them as well, and for the default schema.
  bool drop_schema(const std::string& name, bool cascade);
  // Throws Error(fail_task) when there is none, or one of the new name.
  void rename_schema(const std::string& name, const std::string& new_name);

  // `collection` (may be empty) is the schema of a name without one, and is created when missing.
  // `type_id` is a type's id or a list of columns. With `existing_is_fine` a table of that name and
  // of the same type is returned as it is. The names in `description` are passed over. Throws
  // Error(fail_task).
  std::shared_ptr<Table> create_table(const std::string& name, const std::string& type_id,
                                      const std::string& collection, bool existing_is_fine,
                                      TableDescription description = {});
  // Starts its time to live anew.
  std::shared_ptr<Table> find_table(const std::string& name);
  // Throws Error(fail_task) naming the table when there is none.
  std::shared_ptr<Table> table(const std::string& name);
  // The same, and when its global access mode forbids that.
  std::shared_ptr<Table> table_to_read(const std::string& name);
  std::shared_ptr<Table> table_to_write(const std::string& name);
  // Of one schema, or of all; by name.
  std::vector<std::shared_ptr<Table>> tables(const std::optional<std::string>& schema = {});
  // How clients name it: schema.table, as 7.0 the bare name.
  std::string name_of(const Table& table) const;
  // False when there is none.
  bool drop_table(const std::string& name);

  // Hold it while a table is altered: a second alteration must see what the first one made.
  std::unique_lock<std::mutex> hold_alterations() { return std::unique_lock(alterations_); }
  // Changes everything but names. Called with alterations held.
  void describe_table(const std::shared_ptr<Table>& table,
                      const std::function<void(TableDescription&)>& change);
  // Throws Error(fail_task) when there is such a table already, or no such schema unless
  // `create_missing_schema`. Called with alterations held.
  void move_table(const std::shared_ptr<Table>& table, const std::string& schema,
                  const std::string& name, bool create_missing_schema);

  // Throws Error(fail_task) when the topic id is taken or there are monitors_max.
  void add_monitor(const std::string& topic_id, const MonitorOptions& options,
                   const std::shared_ptr<Table>& table);
  // False when there is none.
  bool remove_monitor(const std::string& topic_id);
  bool suspend_monitor(const std::string& topic_id, bool suspended);
  std::vector<MonitorEntry> monitors() const;

 private:
  using TableKey = std::pair<std::string, std::string>;  // schema, name

  std::shared_ptr<Table> find(const std::string& name) const;
  TableKey key_of_new_table(const std::string& name, const std::string& collection);
  void add_schema(const std::string& name);
  void check_free(const TableKey& key) const;
  void forget_unused_types();
  void erase_monitors_of(const std::shared_ptr<Table>& table);
  void drop_expired();
  // catalog_journal.cc
  wire::Json to_json() const;
  void load();
  size_t load_table(const wire::Json& json);
  std::shared_ptr<const TypeEntry> shared_type(TypeEntry type);
  void create_log(const std::shared_ptr<Table>& table);
  void save();

  MemoryBudget& budget_;
  MonitorPublisher& publisher_;
  const KineticaVersion version_;
  const Now now_;
  Journal* const journal_;  // nullptr: in memory only
  std::mutex alterations_;
  mutable std::shared_mutex mutex_;
  // Shared with the tables and requests that use them.
  std::map<std::string, std::shared_ptr<const TypeEntry>> types_;
  std::set<std::string> schemas_;
  // Shared with the requests that use them while they are dropped.
  std::map<TableKey, std::shared_ptr<Table>> tables_;
  // By topic id; table names are filled in on demand.
  std::map<std::string, MonitorEntry> monitors_;
  uint64_t next_type_id_ = 1'000'000'001;
  // The journal's numbers of its tables.
  std::map<std::shared_ptr<Table>, uint64_t> logs_;
  uint64_t next_log_ = 1;
};

}  // namespace kc::server
