// One table: its rows as encoded bytes in memory, its primary-key index and its monitors.
// Thread-safe: one shared lock, so that readers go together and writers alone.
//
// With a log, every change is written there before it is made, and in the same order; what cannot
// be written is not made. When half of the memory or of the log is waste, the table is packed.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <shared_mutex>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/guarded.h"
#include "server/catalog/table_description.h"
#include "server/catalog/time_to_live.h"
#include "server/catalog/type_entry.h"
#include "server/rows/row_program.h"
#include "server/storage/table_log.h"
#include "server/tables/row_store.h"
#include "server/tables/table_monitors.h"

namespace kc::server {

// Options of /insert/records.
struct InsertOptions {
  bool update_on_existing_pk = false;
  bool ignore_existing_pk = false;
  bool return_individual_errors = false;
  bool allow_partial_batch = false;
  bool truncate_strings = false;
  bool permissive = false;  // bad values become their columns' defaults, or null
  bool dry_run = false;
  bool return_record_ids = false;
  std::string user{};                   // who inserts, for update_with_user
  std::optional<size_t> refused_row{};  // a fault: this row is refused whatever it holds
};

struct RowError {
  size_t row;
  std::string message;
};

struct InsertResult {
  int32_t inserted = 0;
  int32_t updated = 0;
  std::vector<RowError> errors;           // in the order of the rows
  std::vector<std::string> record_ids{};  // of the rows that were taken
};

// What a rewritten row does whose new primary key another row has.
enum class KeyConflict { refuse, replace_other, keep_old };

// Which rows a change looks at.
struct Scope {
  // What the rows are understood as: an Error when the table has another type by now.
  const TypeEntry* type = nullptr;
  // Only the row of this primary key, whose bytes RowProgram makes.
  std::optional<std::string> key{};
};

class Table {
 public:
  Table(TableDescription description, std::shared_ptr<const TypeEntry> type, MemoryBudget& budget,
        MonitorPublisher& publisher, TimeToLive::Clock::time_point now = TimeToLive::Clock::now());

  // Changes are written to the log from here on. Only before others use the table.
  void keep(std::unique_ptr<TableLog> log);
  // Loads the table, before keep(): all changes of its log in their order. Throws Error(fix_config)
  // for what are no changes of this table, Error(fail_task) at the memory limit.
  void replay(std::string_view changes);

  TableDescription description() const { return description_.copy(); }
  // For the catalog, which knows its tables by these names.
  void describe(TableDescription description) {
    description_.with([&](TableDescription& is) { is = std::move(description); });
  }
  std::string schema() const { return of_description(&TableDescription::schema); }
  std::string name() const { return of_description(&TableDescription::name); }
  std::string access_mode() const { return of_description(&TableDescription::access_mode); }
  std::string qualified_name() const {
    return description_.with([](const TableDescription& is) { return is.qualified_name(); });
  }
  TimeToLive& time_to_live() { return time_to_live_; }
  // The type of this moment; under read() that of the rows.
  std::shared_ptr<const TypeEntry> type() const { return format_.copy()->type; }

  // Rows are copied. Throws Error(fail_task), with nothing inserted, for a bad row when the options
  // ask for neither individual errors nor a partial batch, and at the memory limit. `written_as`:
  // what the rows are understood as: an Error when the table has another type by now.
  InsertResult insert(std::span<const std::string_view> rows, const InsertOptions& options,
                      const TypeEntry* written_as = nullptr);

  // Holds off writers as long as it lives; row(i) counts the rows that are there.
  class Reading {
   public:
    size_t size() const { return table_->store_.size(); }
    std::shared_ptr<const TypeEntry> type() const { return table_->type(); }
    // From row number `offset` on, until `take` says false; the views live as long as this does.
    void each(size_t offset, const std::function<bool(std::string_view)>& take) const;
    // The row of a primary key, whose bytes RowProgram makes.
    std::optional<std::string_view> find(std::string_view key) const;

   private:
    friend class Table;
    explicit Reading(const Table& table) : table_(&table), lock_(table.mutex_) {}
    const Table* table_;
    std::shared_lock<std::shared_mutex> lock_;
  };
  Reading read() const { return Reading(*this); }

  // The number of rows erased.
  int64_t erase(const std::function<bool(std::string_view row)>& is_chosen,
                const Scope& scope = {});
  int64_t erase_all();

  // Every row for which `change` says true is replaced by `changed`, in its place. All of them are
  // changed at once: a key may move to where another row's key was before. Returns their number.
  // Throws Error(fail_task), with nothing changed, for a bad row, a key that another row has (when
  // that is refused) and at the memory limit; what `change` throws passes through. `change` runs
  // under the table's lock and must not use the table.
  using Change = std::function<bool(std::string_view row, std::string& changed)>;
  int64_t rewrite(const Change& change, KeyConflict on_key_conflict = KeyConflict::refuse,
                  const Scope& scope = {});

  // Gives the table another type and every row the bytes that `convert` puts into its empty
  // `converted`. Throws Error(fail_task), with nothing changed, when such a row is not one of the
  // type, two get the same primary key, or memory for all of them is not to be had; what `convert`
  // throws passes through. `convert` runs under the table's lock and must not use the table.
  using Convert = std::function<void(std::string_view row, std::string& converted)>;
  void change_type(std::shared_ptr<const TypeEntry> type, const Convert& convert);

  void add_monitor(std::string topic_id, MonitorOptions options);
  void remove_monitor(std::string_view topic_id);
  void suspend_monitor(std::string_view topic_id, bool suspended);

 private:
  // A type and what checks its rows: they change together. Immutable.
  struct RowFormat {
    explicit RowFormat(std::shared_ptr<const TypeEntry> of)
        : type(std::move(of)), program(type->type) {}
    const std::shared_ptr<const TypeEntry> type;  // owners: the catalog and its tables
    const RowProgram program;
  };
  struct Checked;
  struct Rewritten;

  static void check_rows(const RowFormat& format, std::span<const std::string_view> rows,
                         const InsertOptions& options, Checked& checked);
  void rehearse(const Checked& checked, const InsertOptions& options, InsertResult& result) const;
  void apply(Checked& checked, const InsertOptions& options, InsertResult& result);
  void choose_places(Checked& checked, const InsertOptions& options, std::vector<RowError>& errors);
  void write(const Checked& checked);
  // Throws Error(fail_task) unless `type` is that of the format, or nullptr.
  void check_type(const TypeEntry* type, const RowFormat& format) const;
  // The numbers of the rows in the scope. Throws as check_type().
  void each_in(const Scope& scope, const std::function<void(uint32_t)>& visit) const;
  Rewritten collect_rewritten(const Change& change, const Scope& scope) const;
  void settle_keys(Rewritten& rewritten, KeyConflict on_conflict) const;
  void write(const Rewritten& rewritten);
  RowStore convert_rows(const RowFormat& format, const Convert& convert) const;
  void pack_if_wasteful();
  bool is_log_wasteful() const;

  std::string of_description(std::string TableDescription::*member) const {
    return description_.with([&](const TableDescription& is) { return is.*member; });
  }

  base::Guarded<TableDescription> description_;
  TimeToLive time_to_live_;
  MemoryBudget& budget_;

  mutable std::shared_mutex mutex_;
  // Changes under mutex_ only. Shared with the calls that check rows without it.
  base::Guarded<std::shared_ptr<const RowFormat>> format_;
  RowStore store_;
  std::unique_ptr<TableLog> log_;
  uint64_t log_packed_bytes_min_ = 0;  // after a failure: not before the log is so long
  TableMonitors monitors_;
};

}  // namespace kc::server
