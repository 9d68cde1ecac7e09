#include "source/table_feed.h"

#include <algorithm>
#include <charconv>
#include <utility>

#include "base/backoff.h"
#include "base/error.h"
#include "base/log.h"
#include "base/wait.h"

namespace kc::source {

using base::Error;
using base::Reaction;
using std::chrono::milliseconds;
using std::chrono::steady_clock;

namespace {

constexpr const char* port_property = "conf.set_monitor_port";
// How long the thread may take to see a stop request, or room in a full queue.
constexpr milliseconds receive_wait{100};
constexpr milliseconds full_wait{5};

std::string monitor_endpoint(kinetica::Client& client) {
  const auto properties = client.system_properties();
  const auto found = properties.find(port_property);
  const std::string text = found == properties.end() ? "" : found->second;
  int port = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
  if (error != std::errc() || end != text.data() + text.size() || port < 1 || port > 65535) {
    throw Error(Reaction::fix_config,
                "Kinetica at {} has no port for table monitors: its {} is {}. Hint: enable table "
                "monitors in the database's configuration",
                client.url(), port_property, text.empty() ? "missing" : text);
  }
  return fmt::format("tcp://{}:{}", client.host(), port);
}

kinetica::ClientSettings with_timeout(kinetica::ClientSettings settings, milliseconds timeout) {
  settings.timeout = timeout;
  return settings;
}

// Of rows that were missed, as the end of a sentence.
const char* fate(MissedRows missed) {
  return missed == MissedRows::lost ? "may be missing in Kafka" : "are read from the tables";
}

}  // namespace

TableFeed::TableFeed(kinetica::ClientSettings database, std::vector<std::string> tables,
                     MissedRows missed, FeedOptions options)
    : database_(std::move(database)),
      tables_(std::move(tables)),
      missed_(missed),
      options_(options),
      filled_(options.chunks_max),
      empty_(options.chunks_max),
      client_(database_),
      topic_ids_(tables_.size()),
      heard_(tables_.size()) {}

TableFeed::~TableFeed() { stop(); }

void TableFeed::start(const std::stop_token& stop) {
  const std::stop_callback abort(stop, [this] { client_.abort(); });
  gap_since_.with([](auto& gap) { gap.reset(); });
  interruptions_ = 0;
  open(stop);
  thread_ = std::jthread(
      [this, context = base::LogContext::current()](const std::stop_token& thread_stop) {
        const base::LogContext log_context(context);
        try {
          run(thread_stop);
        } catch (...) {
          failure_.with([](std::exception_ptr& failure) { failure = std::current_exception(); });
        }
        filled_.close();
      });
}

// Makes each monitor and subscribes to it at once: what is inserted in between is lost.
void TableFeed::open(const std::stop_token& stop) {
  const std::string endpoint = monitor_endpoint(client_);
  clear_monitors(client_);
  subscription_ = std::make_unique<kinetica::MonitorSubscription>(endpoint);
  std::vector<wire::TableType> types;
  for (size_t table = 0; table < tables_.size(); ++table) {
    auto monitor = client_.create_table_monitor(tables_[table]);
    topic_ids_[table] = std::move(monitor.topic_id);
    subscription_->subscribe(topic_ids_[table]);
    types.push_back(std::move(monitor.type));
  }
  const auto deadline = steady_clock::now() + options_.connect_timeout;
  while (!subscription_->wait_connected(receive_wait)) {
    if (stop.stop_requested() || steady_clock::now() >= deadline) {
      throw Error(Reaction::retry,
                  "No connection to the table monitors of Kinetica at {} within {} ms", endpoint,
                  options_.connect_timeout.count());
    }
  }
  types_.with([&](auto& current) { current = std::move(types); });
  url_.with([&](auto& url) { url = client_.url(); });
  ++generation_;
  // An old database, or one that names monitors otherwise, cannot be asked later.
  can_check_ = monitors_listed();
  checked_at_ = steady_clock::now();
}

bool TableFeed::monitors_listed() {
  const auto listed = client_.table_monitors();
  return listed && std::all_of(topic_ids_.begin(), topic_ids_.end(), [&](const auto& topic_id) {
           return std::find(listed->begin(), listed->end(), topic_id) != listed->end();
         });
}

// When nothing came of a table for long: whether that is because its monitor is gone.
void TableFeed::check_monitors() {
  if (!can_check_ || steady_clock::now() - checked_at_ < options_.check_interval) return;
  checked_at_ = steady_clock::now();
  const auto silent = std::ranges::count(heard_, false);
  heard_.assign(tables_.size(), false);
  if (silent == 0) return;
  try {
    if (monitors_listed()) return;
  } catch (const Error& error) {
    base::log_debug("The table monitors cannot be checked now: {}", error.what());
    return;
  }
  const auto ago = 2 * options_.check_interval;
  lost(ago, "Kinetica no longer has the table monitors");
  base::log_warn(
      "Kinetica at {} no longer has the table monitors (was a table dropped?); rows inserted since "
      "up to {} ms ago {}",
      client_.url(), ago.count(), fate(missed_));
}

void TableFeed::clear_monitors(kinetica::Client& client) {
  for (std::string& topic_id : topic_ids_) {
    if (topic_id.empty()) continue;
    try {
      client.clear_table_monitor(topic_id);
    } catch (const Error& error) {
      if (error.reaction() == Reaction::retry) throw;
      // A database that was started again does not know it any more, which is as good.
      base::log_debug("Monitor {} was not cleared: {}", topic_id, error.what());
    }
    topic_id.clear();
  }
}

void TableFeed::run(const std::stop_token& stop) {
  while (!stop.stop_requested()) {
    receive_all(stop);
    if (!stop.stop_requested()) reopen(stop);
  }
}

// Until the connection was lost and what had come before is taken, or a stop is requested.
void TableFeed::receive_all(const std::stop_token& stop) {
  kinetica::MonitorMessage message;
  pending_ = new_chunk();
  lost_at_.reset();
  trouble_.with([](auto& trouble) { trouble.reset(); });
  while (!stop.stop_requested()) {
    const bool idle = pending_.rows.empty();
    if (idle) check_monitors();
    if (subscription_->receive(message, idle ? receive_wait : milliseconds(0))) {
      append(message, stop);
      continue;
    }
    if (!idle && filled_.try_push(pending_)) {
      pending_ = new_chunk();
    } else if (!idle) {
      // The queue is full of small chunks: this one may still grow meanwhile.
      base::wait_unless_stopped(stop, full_wait);
    }
    if (interrupted() && pending_.rows.empty()) return;
  }
}

void TableFeed::append(const kinetica::MonitorMessage& message, const std::stop_token& stop) {
  const auto found = std::find(topic_ids_.begin(), topic_ids_.end(), message.topic_id);
  if (found == topic_ids_.end()) return;
  const auto table = static_cast<uint32_t>(found - topic_ids_.begin());
  heard_[table] = true;
  rows_received_.add(message.rows.size());
  for (const std::string_view row : message.rows) {
    if (pending_.rows.empty()) pending_.came_at = std::chrono::steady_clock::now();
    pending_.bytes.append(row);
    pending_.rows.push_back({table, static_cast<uint32_t>(pending_.bytes.size())});
    if (pending_.bytes.size() >= options_.chunk_bytes_max ||
        pending_.rows.size() >= options_.chunk_rows_max) {
      flush(stop);
    }
  }
}

// Hands the full chunk over.
void TableFeed::flush(const std::stop_token& stop) {
  if (!filled_.try_push(pending_)) wait_or_drop(stop);
  pending_ = new_chunk();
  interrupted();
}

// The queue is full.
void TableFeed::wait_or_drop(const std::stop_token& stop) {
  const bool first = !std::exchange(warned_full_, true);
  if (missed_ == MissedRows::read_again) {
    if (first) {
      base::log_info(
          "Rows arrive faster than they go to Kafka: {} chunks of up to {} bytes are full, what "
          "follows is read from the tables",
          options_.chunks_max, options_.chunk_bytes_max);
    }
    empty_.try_push(pending_);
  } else {
    if (first) {
      base::log_warn(
          "Rows arrive faster than they go to Kafka: {} chunks of up to {} bytes are full, ZeroMQ "
          "holds what follows up to its limit; beyond that rows are lost. Hint: spread the tables "
          "over more tasks (tasks.max)",
          options_.chunks_max, options_.chunk_bytes_max);
    }
    filled_.push(std::move(pending_), stop);
  }
  ++interruptions_;
}

// Whether the connection was lost; says so at the first sight of it.
bool TableFeed::interrupted() {
  if (lost_at_.has_value()) return true;
  if (subscription_->disconnects() == 0) return false;
  lost(milliseconds(0), "The connection to the table monitors was lost");
  base::log_warn(
      "The connection to the table monitors of Kinetica at {} was lost; rows inserted since now {}",
      client_.url(), fate(missed_));
  return true;
}

// The monitors are gone, or their connection is, perhaps since `ago`.
void TableFeed::lost(milliseconds ago, std::string trouble) {
  trouble_.with([&](auto& current) { current = std::move(trouble); });
  lost_at_ = std::chrono::system_clock::now();
  if (missed_ == MissedRows::lost) note_gap(*lost_at_ - ago);
}

// The first of several gaps counts: everything since then is to be looked at.
void TableFeed::note_gap(std::chrono::system_clock::time_point since) {
  gap_since_.with([&](auto& gap) {
    if (!gap) gap = since;
  });
}

// The connection was lost: whether the database still knows the monitors cannot be told, so they
// are made again.
void TableFeed::reopen(const std::stop_token& stop) {
  base::Backoff backoff(options_.retry_wait, options_.retry_wait_max);
  while (!stop.stop_requested()) {
    try {
      open(stop);
      const auto missed = std::chrono::system_clock::now() - *lost_at_;
      base::log_warn(
          "The table monitors of Kinetica at {} are made again; rows inserted in the past {} ms {}",
          client_.url(), std::chrono::duration_cast<milliseconds>(missed).count(), fate(missed_));
      ++interruptions_;
      return;
    } catch (const Error& error) {
      // A restarting database may for a while refuse what it will do later (its tables are not
      // loaded yet), so that only a wrong configuration ends the attempts.
      if (error.reaction() == Reaction::fix_config) throw;
      const milliseconds wait = error.wait().value_or(backoff.next());
      if (stop.stop_requested()) return;
      trouble_.with([&](auto& trouble) { trouble = error.what(); });
      base::log_warn("The table monitors cannot be made again, next attempt in {} ms: {}",
                     wait.count(), error.what());
      if (!base::wait_unless_stopped(stop, wait)) return;
    }
  }
}

RowChunk TableFeed::new_chunk() {
  RowChunk chunk = empty_.pop(milliseconds(0)).value_or(RowChunk());
  chunk.clear();
  chunk.generation = generation_;
  chunk.interruptions = interruptions_;
  return chunk;
}

std::optional<RowChunk> TableFeed::pop(milliseconds wait, const std::stop_token& stop) {
  std::optional<RowChunk> chunk = filled_.pop(wait, stop);
  if (!chunk) {
    const std::exception_ptr failure = failure_.copy();
    if (failure != nullptr) std::rethrow_exception(failure);
  }
  return chunk;
}

void TableFeed::recycle(RowChunk chunk) {
  // One huge row does not pin its memory for ever.
  if (chunk.bytes.capacity() <= 2 * options_.chunk_bytes_max) empty_.try_push(chunk);
}

void TableFeed::stop() noexcept {
  try {
    thread_.request_stop();
    client_.abort();
    if (thread_.joinable()) thread_.join();
    subscription_.reset();
    // client_ refuses every call now; and a hanging database must not keep the task.
    kinetica::Client client(with_timeout(database_, options_.clear_timeout));
    clear_monitors(client);
  } catch (const std::exception& error) {
    base::log_warn("Table monitors may be left behind in the database: {}", error.what());
    for (std::string& topic_id : topic_ids_) topic_id.clear();
  }
}

}  // namespace kc::source
