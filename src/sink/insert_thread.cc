#include "sink/insert_thread.h"

#include <algorithm>
#include <iterator>

#include "base/backoff.h"
#include "base/finally.h"
#include "base/log.h"
#include "base/wait.h"
#include "sink/row_rewrite.h"

namespace kc::sink {

using base::Error;
using base::Reaction;

namespace {

// So that one request does not take the database long.
constexpr size_t keys_of_request_max = 1000;

// Are rows that were written for one of the types rows of the other?
bool have_equal_rows(const wire::TableType& a, const wire::TableType& b) {
  return std::ranges::equal(
      a.columns(), b.columns(), [](const wire::Column& x, const wire::Column& y) {
        return x.name == y.name && x.type == y.type && x.nullable() == y.nullable();
      });
}

}  // namespace

InsertThread::InsertThread(Options options, InsertMetrics& metrics)
    : options_(std::move(options)),
      metrics_(metrics),
      log_context_(base::LogContext::current()),
      timeout_(options_.database.timeout),
      client_(options_.database),
      inserter_(client_, options_.database.multihead),
      thread_([this](const std::stop_token& stop) { run(stop); }) {}

InsertThread::~InsertThread() { stop(); }

void InsertThread::stop() noexcept {
  thread_.request_stop();
  client_.abort();
  if (thread_.joinable()) thread_.join();
}

void InsertThread::submit(std::unique_ptr<RowBatch> batch) {
  {
    const std::lock_guard lock(mutex_);
    waiting_.push_back(std::move(batch));
    ++outstanding_;
  }
  changed_.notify_all();
}

size_t InsertThread::outstanding() const {
  const std::lock_guard lock(mutex_);
  return outstanding_;
}

bool InsertThread::wait_for_fewer_than(size_t count, std::chrono::milliseconds wait) {
  std::unique_lock lock(mutex_);
  changed_.wait_for(lock, wait, [&] { return failure_ || outstanding_ < count; });
  return !failure_ && outstanding_ < count;
}

void InsertThread::take_acknowledged(std::vector<std::unique_ptr<RowBatch>>& done) {
  const std::lock_guard lock(mutex_);
  done.insert(done.end(), std::make_move_iterator(acknowledged_.begin()),
              std::make_move_iterator(acknowledged_.end()));
  acknowledged_.clear();
}

const InsertThread::Failure* InsertThread::failure() const {
  const std::lock_guard lock(mutex_);
  return failure_ ? &*failure_ : nullptr;
}

std::optional<std::string> InsertThread::trouble() const {
  const std::lock_guard lock(mutex_);
  return trouble_;
}

void InsertThread::run(const std::stop_token& stop) {
  const base::LogContext context(log_context_);
  for (;;) {
    std::unique_ptr<RowBatch> batch;
    {
      std::unique_lock lock(mutex_);
      if (!changed_.wait(lock, stop, [this] { return !waiting_.empty(); })) return;
      batch = std::move(waiting_.front());
      waiting_.pop_front();
    }
    std::optional<Failure> failure;
    bool inserted = false;
    try {
      inserted = insert(*batch, stop, failure);
    } catch (const std::exception& error) {
      failure.emplace(Failure{Reaction::fail_task, error.what(), nullptr});
    }
    {
      const std::lock_guard lock(mutex_);
      if (failure) {
        failure->batch = std::move(batch);
        failure_ = std::move(failure);
      } else if (inserted) {
        acknowledged_.push_back(std::move(batch));
        --outstanding_;
      }
    }
    changed_.notify_all();
    if (!inserted) return;
  }
}

// False when a stop was requested, or with `failure` set. Errors do not leave the thread: they wait
// in failure_ for its owner.
bool InsertThread::insert(RowBatch& batch, const std::stop_token& stop,
                          std::optional<Failure>& failure) {
  base::Backoff pauses(options_.pause_first, options_.pause_max);
  const auto fail = [&failure](Reaction reaction, std::string message) {
    failure.emplace(Failure{reaction, std::move(message), nullptr});
    return false;
  };
  for (int refusals = 0;;) {
    try {
      delete_rows(batch);
      if (!batch.insert.body.empty()) insert_once(batch, stop);
      end_trouble(batch.table());
      metrics_.acknowledged(batch);
      return true;
    } catch (const Error& error) {
      if (stop.stop_requested()) return false;
      if (error.reaction() == Reaction::retry) {
        begin_trouble(batch.table(), error.what());
        if (error.in_doubt()) allow_more_time();
      } else if (error.reaction() == Reaction::fail_task && !database_is_up()) {
        // A database that is starting refuses for a while what it will take later.
        begin_trouble(batch.table(), error.what());
      } else if (options_.follow_types && batch.deletions.done() && follow_type(batch)) {
        // Not the rows' fault.
      } else if (error.reaction() == Reaction::fix_config || ++refusals >= options_.attempts_max) {
        return fail(error.reaction(), error.what() + change_of_table(*batch.insert.target));
      } else {
        base::log_warn("{} {} was refused and is tried again ({} of {}): {}",
                       batch.deletions.done() ? "Insert into" : "Delete from", batch.table(),
                       refusals + 1, options_.attempts_max, error.what());
      }
    }
    if (!base::wait_unless_stopped(stop, pauses.next())) return false;
    metrics_.retried();
  }
}

// What is left to delete. It may be deleted twice: until this batch is acknowledged, nothing
// inserts what a later one will.
void InsertThread::delete_rows(RowBatch& batch) {
  Deletions& deletions = batch.deletions;
  while (!deletions.done()) {
    std::vector<std::string> expressions;
    wire::AvroReader keys(deletions.keys.row_bytes().substr(deletions.bytes_done));
    while (!keys.at_end() && expressions.size() < keys_of_request_max) {
      expressions.push_back(deletions.key->expression(keys.read_bytes()));
    }
    metrics_.deleted(client_.delete_records(batch.table(), std::move(expressions)));
    deletions.bytes_done += keys.position();
  }
}

void InsertThread::insert_once(RowBatch& batch, const std::stop_token& stop) {
  auto outcome = send(batch, stop);
  metrics_.inserted(outcome);
  if (outcome.rejected.empty()) return;
  // Rows that are at odds with a table that has changed are not at fault themselves.
  if (options_.single_refusals && change_of_table(*batch.insert.target).empty()) {
    std::ranges::move(outcome.rejected, std::back_inserter(batch.refused));
    return;
  }
  throw Error(Reaction::fail_task, "{} of {} rows were rejected; row {}: {}",
              outcome.rejected.size(), batch.insert.body.rows(), outcome.rejected.front().row,
              outcome.rejected.front().message);
}

kinetica::InsertOutcome InsertThread::send(RowBatch& batch, const std::stop_token& stop) {
  std::optional<AlterationGate::Entry> entry;
  if (options_.gate != nullptr) {
    if (!entry.emplace(*options_.gate, stop)) throw Error(Reaction::retry, "The task is stopped");
    rewrite_if_altered(batch);
  }
  const base::Finally measure([this, begin = std::chrono::steady_clock::now()] {
    metrics_.attempt_ended(std::chrono::steady_clock::now() - begin);
  });
  return inserter_.insert(batch.insert, options_.insert);
}

std::string InsertThread::change_of_table(const kinetica::InsertTarget& target) {
  try {
    const auto table = client_.find_table(target.table);
    if (!table) return ". The table is gone since this task has begun. Hint: restart the task";
    if (have_equal_rows(table->type, target.type)) return "";
    return ". The table's columns have changed since this task has begun. Hint: restart the task";
  } catch (const Error&) {
    return "";
  }
}

// Writes the rows anew if the table has another type than they are for; false: it has not. Throws
// Error(fail_task) when that would lose something.
bool InsertThread::rewrite_if_altered(RowBatch& batch) {
  auto table = client_.find_table(batch.table());
  if (!table || have_equal_rows(table->type, batch.insert.target->type)) return false;
  table->name = batch.table();
  std::string reason;
  if (!rewrite_rows(batch.insert, *table, reason)) {
    throw Error(Reaction::fail_task, "Rows cannot be written for its new columns: {}", reason);
  }
  base::log_info("Table {} was altered by somebody else; {} rows are written anew for it",
                 batch.table(), batch.insert.body.rows());
  return batch.rewritten = true;
}

// Whether refused rows are to be sent again because they may not be at fault themselves.
bool InsertThread::follow_type(RowBatch& batch) {
  try {
    return rewrite_if_altered(batch);
  } catch (const Error& error) {
    return error.reaction() == Reaction::retry;
  }
}

bool InsertThread::database_is_up() {
  try {
    client_.check_running();
    return true;
  } catch (const Error& error) {
    return error.reaction() != Reaction::retry;
  }
}

void InsertThread::allow_more_time() {
  if (timeout_ >= options_.timeout_max) return;
  // Without a limit of its own, the exchange was cut where nothing moved for a minute.
  timeout_ =
      timeout_.count() == 0 ? options_.timeout_max : std::min(timeout_ * 2, options_.timeout_max);
  client_.set_timeout(timeout_);
}

void InsertThread::begin_trouble(const std::string& table, const std::string& reason) {
  {
    const std::lock_guard lock(mutex_);
    if (trouble_ == reason) return;
    trouble_ = reason;
  }
  metrics_.set_unavailable(true);
  base::log_warn("Batches for {} wait until the database is back: {}", table, reason);
}

void InsertThread::end_trouble(const std::string& table) {
  {
    const std::lock_guard lock(mutex_);
    if (!trouble_) return;
    trouble_.reset();
  }
  metrics_.set_unavailable(false);
  base::log_info("The database is back; batches for {} go on", table);
}

}  // namespace kc::sink
