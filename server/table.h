// One table: its rows as encoded bytes in memory, its primary-key index and its monitors.
// Thread-safe: one shared lock, so that readers go together and writers alone.
//
// A row lies in its chunk behind the bytes of its key. A row that is replaced leaves its bytes
// behind unless the new ones fit in their place; when half of the memory is such waste, the table
// is packed.
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
#include <vector>

#include "server/key_index.h"
#include "server/row_chunks.h"
#include "server/row_program.h"
#include "wire/table_type.h"

namespace kc::server {

class MonitorPublisher;

// A type as it was created. Immutable.
struct TypeEntry {
  std::string id;
  std::string definition;  // as its creator wrote it
  std::string label;
  wire::TableType::ColumnProperties properties;
  wire::TableType type;
};

// Options of /insert/records.
struct InsertOptions {
  bool update_on_existing_pk = false;
  bool ignore_existing_pk = false;
  bool return_individual_errors = false;
  bool allow_partial_batch = false;
  bool truncate_strings = false;
  bool dry_run = false;
  std::optional<size_t> refused_row{};  // a fault: this row is refused whatever it holds
};

struct RowError {
  size_t row;
  std::string message;
};

struct InsertResult {
  int32_t inserted = 0;
  int32_t updated = 0;
  std::vector<RowError> errors;  // in the order of the rows
};

enum class MonitorEvent { insert, update, erase };

class Table {
 public:
  Table(std::string schema, std::string name, std::shared_ptr<const TypeEntry> type,
        MemoryBudget& budget, MonitorPublisher& publisher);

  const std::string& schema() const { return schema_; }
  const std::string& name() const { return name_; }
  std::string qualified_name() const { return schema_ + "." + name_; }
  const std::shared_ptr<const TypeEntry>& type() const { return type_; }

  // Rows are copied. Throws Error(fail_task), with nothing inserted, for a bad row when the options
  // ask for neither individual errors nor a partial batch, and at the memory limit.
  InsertResult insert(std::span<const std::string_view> rows, const InsertOptions& options);

  // Holds off writers as long as it lives; row(i) counts the rows that are there.
  class Reading {
   public:
    size_t size() const { return table_->live_; }
    // From row number `offset` on, until `take` says false; the views live as long as this does.
    void each(size_t offset, const std::function<bool(std::string_view)>& take) const;

   private:
    friend class Table;
    explicit Reading(const Table& table) : table_(&table), lock_(table.mutex_) {}
    const Table* table_;
    std::shared_lock<std::shared_mutex> lock_;
  };
  Reading read() const { return Reading(*this); }

  // The number of rows erased.
  int64_t erase(const std::function<bool(std::string_view row)>& is_chosen);
  int64_t erase_all();

  void add_monitor(MonitorEvent event, std::string topic_id);
  void remove_monitor(std::string_view topic_id);

 private:
  // Key bytes, then row bytes; nullptr: erased.
  struct Row {
    char* data;
    uint32_t key_bytes;
    uint32_t row_bytes;
    std::string_view key() const { return {data, key_bytes}; }
    std::string_view bytes() const { return {data + key_bytes, row_bytes}; }
    size_t size() const { return size_t{key_bytes} + row_bytes; }
  };
  struct Monitor {
    MonitorEvent event;
    std::string topic_id;
  };
  struct Checked;

  void check_rows(std::span<const std::string_view> rows, const InsertOptions& options,
                  Checked& checked) const;
  bool cut_texts(std::string_view row, std::string& cut) const;
  void apply(Checked& checked, const InsertOptions& options, InsertResult& result);
  void append(std::string_view key, std::string_view bytes);
  void replace(Row& row, std::string_view bytes);
  void roll_back(size_t rows_before);
  void erase_row(uint32_t row);
  void pack_if_wasteful();
  void pack();
  void publish(std::span<const std::string_view> inserted, int64_t updated, int64_t erased) const;

  const std::string schema_;
  const std::string name_;
  const std::shared_ptr<const TypeEntry> type_;  // owners: the catalog and its tables
  const RowProgram program_;
  MemoryBudget& budget_;
  MonitorPublisher& publisher_;

  mutable std::shared_mutex mutex_;
  RowChunks chunks_;
  std::vector<Row> rows_;
  KeyIndex index_;
  size_t live_ = 0;
  size_t live_bytes_ = 0;
  size_t waste_bytes_ = 0;
  std::vector<Monitor> monitors_;
  std::atomic<bool> has_monitors_{false};
};

}  // namespace kc::server
