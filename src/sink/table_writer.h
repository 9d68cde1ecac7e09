// Collects rows by table and sends them in batches: a batch goes out when it has `batch_rows` rows
// or `batch_bytes` bytes, when its first row has waited for `linger`, or at send_all().
//
//   writer.settle();                              // what was acknowledged; throws a failure
//   if (!writer.wait_for_room(wait)) ...          // too much is on its way
//   auto& body = writer.body(table);  (a row is appended)  writer.row_added(table, record);
//   writer.send_due();
//
// Rows are deleted in the same batches: delete_row(). Batches of a table go out one after the
// other, each when the one before is acknowledged, so that what becomes of one key follows the
// order of its records.
//
// Memory: the batches being built, one a table, and those on their way: fewer than
// `outstanding_max` when wait_for_room() has returned true, plus what is added until it is called
// again. Bodies are reused. One thread; trouble() for any.
#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

#include "base/clock.h"
#include "connect/topic_partition.h"
#include "sink/insert_thread.h"
#include "sink/offset_tracker.h"
#include "sink/row_batch.h"

namespace kc::sink {

class TableWriter {
 public:
  struct Options {
    size_t batch_rows = 10'000;
    size_t batch_bytes = 16 * 1024 * 1024;
    std::chrono::milliseconds linger{100};
    // Called, from inside settle() and flush(), for a row that the database refused while it took
    // others. Its offset may be committed when this returns, and never when it throws.
    std::function<void(const OffsetTracker::Origin& origin, const std::string& table,
                       const std::string& reason)>
        refused{};
  };
  static constexpr size_t outstanding_max = 2;

  // A table that rows are collected for. Owned by the writer.
  class Table {
   public:
    explicit Table(std::shared_ptr<const kinetica::InsertTarget> target)
        : target_(std::move(target)) {}
    const std::string& name() const { return target_->table; }

   private:
    friend class TableWriter;
    std::shared_ptr<const kinetica::InsertTarget> target_;  // shared with batches on their way
    std::unique_ptr<RowBatch> batch_;                       // being built; nullptr: none
    bool altered_ = false;
    std::shared_ptr<const PrimaryKey> key_;  // once it was asked for
    // Of the batch's rows, as far as they were looked at: hashes of their keys.
    std::unordered_set<int64_t> row_keys_;
    size_t row_bytes_seen_ = 0;
  };

  // `metrics` and `clock` outlive it.
  TableWriter(Options options, InsertThread::Options inserts, InsertMetrics& metrics,
              const base::Clock& clock)
      : options_(std::move(options)),
        clock_(clock),
        offsets_(options_.refused != nullptr),
        thread_(std::move(inserts), metrics) {}

  // Where rows of that table are collected; valid as long as the writer.
  Table& table(const kinetica::Table& table);

  // One whose rows had to be written anew because it has got another type meanwhile (see
  // InsertThread::Options::follow_types): retarget() it. nullptr: none.
  Table* altered_table();
  // Rows are of `to`'s type from here on. Those that were collected before are sent.
  void retarget(Table& table, const kinetica::Table& to);

  // Where the next row goes. Valid until row_added() or any send.
  wire::InsertBody& body(Table& table) {
    if (table.batch_ == nullptr) [[unlikely]]
      begin(table);
    return table.batch_->insert.body;
  }
  void row_added(Table& table, const data::Record& record) {
    RowBatch& batch = *table.batch_;
    offsets_.add(batch.offsets, record);
    if (record.timestamp >= 0) {
      batch.timestamps.add(std::chrono::milliseconds(record.timestamp));
    }
    const wire::InsertBody& rows = batch.insert.body;
    if (rows.rows() >= options_.batch_rows || rows.bytes() >= options_.batch_bytes) [[unlikely]]
      send(table);
  }

  // nullptr when the table has none. Another one after retarget().
  std::shared_ptr<const PrimaryKey> primary_key(Table& table);
  // Deletes the row with that key of primary_key(), which is there, after all that came before.
  void delete_row(Table& table, std::string_view key, const data::Record& record);

  // Takes note of acknowledged batches. Throws the Error that inserting has failed with, naming
  // table and offsets; each time.
  void settle();
  // False when too much is still on its way after `wait`, or inserting has failed.
  bool wait_for_room(std::chrono::milliseconds wait) {
    return thread_.wait_for_fewer_than(outstanding_max, wait);
  }
  // Sends the batches whose linger time is over, if there is room.
  void send_due();
  // When settle() and send_due() are to be called next; nothing: no need.
  std::optional<std::chrono::milliseconds> next_call() const;

  // Sends everything and waits up to `wait` for the acknowledgements. Then settle(), but a failure
  // that was thrown already is not thrown again. Whether everything is acknowledged.
  bool flush(std::chrono::milliseconds wait);

  connect::Offsets committable(const connect::Offsets& positions) const {
    return offsets_.committable(positions);
  }
  void close(const connect::TopicPartition& partition) { offsets_.close(partition); }
  std::optional<std::string> trouble() const { return thread_.trouble(); }
  void stop() noexcept { thread_.stop(); }

 private:
  static constexpr size_t spare_batches_max = 4;
  static constexpr std::chrono::milliseconds failure_check{200};
  static constexpr std::chrono::milliseconds room_check{20};

  void begin(Table& table);
  void send(Table& table);
  bool holds_row(Table& table, std::string_view key);
  void collect();
  [[noreturn]] void throw_failure(const InsertThread::Failure& failure);

  const Options options_;
  const base::Clock& clock_;
  OffsetTracker offsets_;
  std::map<std::string, Table, std::less<>> tables_;
  std::vector<std::unique_ptr<RowBatch>> spare_;
  std::vector<std::unique_ptr<RowBatch>> acknowledged_;
  bool failure_thrown_ = false;
  std::string key_memory_;  // reused
  InsertThread thread_;
};

}  // namespace kc::sink
