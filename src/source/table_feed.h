// What the monitors of some tables deliver, received by a thread of its own into a bounded queue.
//
// Life: start() (again after an Error, if need be), pop() and recycle() ..., stop(). One thread
// uses it; its receiving thread is its own. It owns the monitors in the database: they are made by
// start(), made again when they may be gone (the connection was lost, or a table was dropped) and
// cleared by stop().
//
// Rows can be missed, as monitors do not replay: while the connection is down, and where the
// database has to drop what is not fetched. interruptions() then grows, after the rows that came
// before were pushed. With MissedRows::lost that is logged as a warning with the time since when,
// and a full queue leaves what follows in the ZeroMQ socket; with MissedRows::read_again it is no
// gap, and a full queue drops what follows.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <exception>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <thread>
#include <vector>

#include "base/bounded_queue.h"
#include "base/guarded.h"
#include "kinetica/client.h"
#include "kinetica/table_monitor.h"
#include "metrics/instruments.h"
#include "wire/table_type.h"

namespace kc::source {

struct FeedOptions {
  // The queue holds at most so many chunks, a chunk so many bytes (and one row more) and rows.
  size_t chunks_max = 64;
  size_t chunk_bytes_max = 1024 * 1024;
  size_t chunk_rows_max = 16 * 1024;
  std::chrono::milliseconds connect_timeout{10000};
  // Between attempts to make the monitors again.
  std::chrono::milliseconds retry_wait{200};
  std::chrono::milliseconds retry_wait_max{5000};
  // After so long without a row of one of the tables, twice that at most, the database is asked
  // whether it still has the monitors: they go with a table that is dropped, also when it is made
  // again.
  std::chrono::milliseconds check_interval{30000};
  // For clearing one monitor at stop().
  std::chrono::milliseconds clear_timeout{2000};
};

// What becomes of rows that the monitors do not deliver.
enum class MissedRows {
  lost,        // those of one table at least
  read_again,  // the user reads them from the tables, whenever interruptions() has grown
};

// Rows in the order in which they came.
struct RowChunk {
  struct Row {
    uint32_t table;  // index in the list of tables
    uint32_t end;    // in bytes; a row begins where its predecessor ends
  };
  std::string bytes;
  std::vector<Row> rows;
  std::chrono::steady_clock::time_point came_at;  // the first of them
  uint64_t generation = 0;     // grows each time the monitors were made: types may have changed
  uint64_t interruptions = 0;  // before these rows

  void clear() {
    bytes.clear();
    rows.clear();
  }
};

class TableFeed {
 public:
  TableFeed(kinetica::ClientSettings database, std::vector<std::string> tables, MissedRows missed,
            FeedOptions options = {});
  ~TableFeed();
  TableFeed(const TableFeed&) = delete;
  TableFeed& operator=(const TableFeed&) = delete;

  // Makes the monitors, connects, and begins to receive. Error(fix_config) when the database has
  // no monitor port, Error(retry) when it cannot be reached. Ends soon when `stop` is requested.
  void start(const std::stop_token& stop);

  // The next rows; nothing when none came within `wait`. Throws what the receiving thread failed
  // with.
  std::optional<RowChunk> pop(std::chrono::milliseconds wait, const std::stop_token& stop);
  // Gives the memory of a chunk back for new rows.
  void recycle(RowChunk chunk);

  // The tables' types as they were when the monitors of this or a later generation were made.
  std::vector<wire::TableType> types() const { return types_.copy(); }
  // The cluster that has the monitors.
  std::string url() const { return url_.copy(); }

  // How often rows may have been missed since start(). Once it has grown, all rows that came before
  // can be popped.
  uint64_t interruptions() const { return interruptions_; }
  // More than half of the queue waits.
  bool has_backlog() const { return filled_.size() > options_.chunks_max / 2; }

  // Since when rows may have been missed that nobody can bring back (MissedRows::lost). Stays until
  // start() is called again. From any thread.
  std::optional<std::chrono::system_clock::time_point> gap_possible_since() const {
    return gap_since_.copy();
  }

  // Also for the user, who finds out.
  void note_gap(std::chrono::system_clock::time_point since);

  // From any thread: rows that came since construction; why the monitors are not connected, nothing
  // when they are.
  uint64_t rows_received() const { return rows_received_.value(); }
  std::optional<std::string> trouble() const { return trouble_.copy(); }

  // Ends the thread and clears the monitors, as far as the database answers in time.
  void stop() noexcept;

 private:
  void open(const std::stop_token& stop);
  void clear_monitors(kinetica::Client& client);
  void run(const std::stop_token& stop);
  void receive_all(const std::stop_token& stop);
  void append(const kinetica::MonitorMessage& message, const std::stop_token& stop);
  void flush(const std::stop_token& stop);
  void wait_or_drop(const std::stop_token& stop);
  bool interrupted();
  void lost(std::chrono::milliseconds ago, std::string trouble);
  bool monitors_listed();
  void check_monitors();
  void reopen(const std::stop_token& stop);
  RowChunk new_chunk();

  const kinetica::ClientSettings database_;
  const std::vector<std::string> tables_;
  const MissedRows missed_;
  const FeedOptions options_;

  base::BoundedQueue<RowChunk> filled_;
  base::BoundedQueue<RowChunk> empty_;
  base::Guarded<std::exception_ptr> failure_;
  base::Guarded<std::vector<wire::TableType>> types_;
  base::Guarded<std::string> url_;
  std::atomic<uint64_t> interruptions_ = 0;
  base::Guarded<std::optional<std::chrono::system_clock::time_point>> gap_since_;
  metrics::Counter rows_received_;
  base::Guarded<std::optional<std::string>> trouble_;

  // Of the receiving thread while it runs; of the caller before and after.
  kinetica::Client client_;
  std::unique_ptr<kinetica::MonitorSubscription> subscription_;
  std::vector<std::string> topic_ids_;  // by table; "" for none
  std::vector<bool> heard_;             // by table: a row came since checked_at_
  RowChunk pending_;
  uint64_t generation_ = 0;
  std::optional<std::chrono::system_clock::time_point> lost_at_;
  bool warned_full_ = false;
  bool can_check_ = false;  // the database lists the monitors that it has
  std::chrono::steady_clock::time_point checked_at_;

  std::jthread thread_;
};

}  // namespace kc::source
