// The thread that sends batches of rows, each when the one before is acknowledged, so that the next
// ones are built meanwhile. What a batch deletes is deleted before its rows are inserted, and
// shares what is said here of inserts.
//
// While the database cannot be reached, an insert is repeated without limit, with growing pauses:
// rows are delivered at least once. An insert of unknown fate is repeated with twice the timeout,
// up to `timeout_max`, so that one that merely takes long is not applied again and again. What the
// database refuses is tried `attempts_max` times; then the thread sends nothing more and keeps the
// failure. The constructor starts the thread, stop() or the destructor ends it promptly, whatever
// the database does.
//
// All members are for the one thread that owns it; trouble() and outstanding() for any.
#pragma once

#include <chrono>
#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "base/error.h"
#include "kinetica/client.h"
#include "kinetica/inserter.h"
#include "sink/alteration_gate.h"
#include "sink/insert_metrics.h"
#include "sink/row_batch.h"

namespace kc::sink {

class InsertThread {
 public:
  struct Options {
    kinetica::ClientSettings database;
    wire::Options insert;
    // Attempts that the database answers with a refusal, at least 1.
    int attempts_max = 1;
    // Rows that the database refuses one by one: the others are inserted, and the batch is
    // acknowledged with the `refused` ones in it. Else any of them is a refusal of the batch.
    bool single_refusals = false;
    // Rows that are refused because their table has got another type meanwhile are written anew for
    // it, where that loses nothing. Else that is a refusal of the batch.
    bool follow_types = false;
    // For tables that may take such rows all the same (see AlterationGate): each insert looks at
    // the type first, inside the gate. Outlives the thread.
    AlterationGate* gate = nullptr;
    std::chrono::milliseconds pause_first{100};
    std::chrono::milliseconds pause_max{10'000};
    std::chrono::milliseconds timeout_max{120'000};
  };
  struct Failure {
    base::Reaction reaction;
    std::string message;
    std::unique_ptr<RowBatch> batch;
  };

  // `metrics` outlives it. Throws Error(fix_config) for a URL that is none.
  InsertThread(Options options, InsertMetrics& metrics);
  ~InsertThread();
  InsertThread(const InsertThread&) = delete;
  InsertThread& operator=(const InsertThread&) = delete;

  // Does not wait: the owner keeps outstanding() small.
  void submit(std::unique_ptr<RowBatch> batch);
  // Submitted and not yet acknowledged.
  size_t outstanding() const;
  // Waits until fewer than `count` are outstanding; false when that took too long or inserting has
  // failed.
  bool wait_for_fewer_than(size_t count, std::chrono::milliseconds wait);

  // Moves what was acknowledged since the last call to the end of `done`.
  void take_acknowledged(std::vector<std::unique_ptr<RowBatch>>& done);
  // Valid as long as this; nullptr while all is well.
  const Failure* failure() const;
  // Why inserts are being repeated just now.
  std::optional<std::string> trouble() const;

  void stop() noexcept;

 private:
  void run(const std::stop_token& stop);
  bool insert(RowBatch& batch, const std::stop_token& stop, std::optional<Failure>& failure);
  void delete_rows(RowBatch& batch);
  void insert_once(RowBatch& batch, const std::stop_token& stop);
  kinetica::InsertOutcome send(RowBatch& batch, const std::stop_token& stop);
  // What has become of the table since the rows were written for it, with the remedy; empty when
  // it is as it was, or nobody can say.
  std::string change_of_table(const kinetica::InsertTarget& target);
  bool rewrite_if_altered(RowBatch& batch);
  bool follow_type(RowBatch& batch);
  void allow_more_time();
  bool database_is_up();
  void begin_trouble(const std::string& table, const std::string& reason);
  void end_trouble(const std::string& table);

  const Options options_;
  InsertMetrics& metrics_;
  const std::string log_context_;
  std::chrono::milliseconds timeout_;  // the thread's

  kinetica::Client client_;
  kinetica::Inserter inserter_;

  mutable std::mutex mutex_;
  std::condition_variable_any changed_;
  std::deque<std::unique_ptr<RowBatch>> waiting_;
  std::vector<std::unique_ptr<RowBatch>> acknowledged_;
  size_t outstanding_ = 0;
  std::optional<Failure> failure_;
  std::optional<std::string> trouble_;

  std::jthread thread_;  // last: it uses everything above
};

}  // namespace kc::sink
