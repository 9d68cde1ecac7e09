#include "worker/sink_pipeline.h"

#include <algorithm>

#include "base/log.h"

namespace kc::worker {

using base::Error;
using base::Reaction;
using connect::Offsets;
using connect::TopicPartition;
using std::chrono::milliseconds;
using namespace std::chrono_literals;

namespace {

// How often a waiting pipeline looks for a stop request.
constexpr milliseconds poll_wait_max = 100ms;

std::string place(const kafka::Message& message) {
  return fmt::format("Topic {}, partition {}, offset {}", message.topic, message.partition,
                     message.offset);
}

}  // namespace

SinkPipeline::SinkPipeline(SinkPipelineSettings settings, Converters converters,
                           std::unique_ptr<connect::SinkTask> task, TaskProgress& progress,
                           const base::Clock& clock)
    : settings_(std::move(settings)),
      converters_(std::move(converters)),
      task_(std::move(task)),
      progress_(progress),
      clock_(clock) {}

SinkPipeline::~SinkPipeline() { task_->stop(); }

void SinkPipeline::run(const std::stop_token& stop) {
  if (!progress_.start_with_retry([&] { task_->start(*this, stop); }, stop)) return;
  kafka::RebalanceListener& listener = *this;
  consumer_.emplace(settings_.consumer, listener);
  consumer_->subscribe(settings_.topics);
  progress_.report(State::running);
  next_commit_ = clock_.now() + settings_.commit_interval;
  try {
    while (!stop.stop_requested()) pass();
  } catch (...) {
    const std::exception_ptr failure = std::current_exception();
    try {
      consumer_->close(settings_.commit_timeout);
    } catch (const Error& error) {
      base::log_warn("While the failed task leaves its group: {}", error.what());
    }
    std::rethrow_exception(failure);
  }
  consumer_->close(settings_.commit_timeout);
}

// One step of the data path: read, convert, put; commit when it is time.
void SinkPipeline::pass() {
  commit_when_due();
  read();
  if (held_ && clock_.now() < retry_at_) return;
  put();
  if (failure_after_batch_ && !held_) {
    std::rethrow_exception(std::exchange(failure_after_batch_, nullptr));
  }
}

void SinkPipeline::read() {
  if (held_) {
    // The consumer is paused: this serves the group, so that the held batch does not cost us our
    // place in it.
    kafka::MessageBatch none;
    consumer_->poll(none, 1, poll_wait());
    return;
  }
  consumer_->poll(messages_, settings_.batch_records_max, poll_wait());
  batch_.clear();
  for (size_t i = 0; i < messages_.size(); ++i) {
    const kafka::Message message = messages_[i];
    try {
      convert(message);
    } catch (const Error& error) {
      failure_after_batch_ = std::make_exception_ptr(
          Error(error.reaction() == Reaction::retry ? Reaction::fail_task : error.reaction(),
                "{}: {}", place(message), error.what()));
      return;
    }
  }
  const std::optional<std::string> trouble = consumer_->trouble();
  progress_.report(State::running, trouble ? "Waiting for Kafka: " + *trouble : "");
}

void SinkPipeline::convert(const kafka::Message& message) {
  data::Record record;
  record.topic = message.topic;
  record.partition = message.partition;
  record.original_topic = message.topic;
  record.original_partition = message.partition;
  record.offset = message.offset;
  record.timestamp = message.timestamp;
  record.timestamp_type = message.timestamp_type;
  const auto key = converters_.key->to_connect(message.topic, message.key, batch_);
  record.key_schema = key.schema;
  record.key = key.value;
  const auto value = converters_.value->to_connect(message.topic, message.value, batch_);
  record.value_schema = value.schema;
  record.value = value.value;
  batch_.records().push_back(record);
}

void SinkPipeline::put() {
  call_again_at_ = base::Clock::steady_time::max();
  try {
    task_->put(batch_);
  } catch (const connect::RecordError& error) {
    remember_positions(error.index());
    throw;
  } catch (const Error& error) {
    if (error.reaction() != Reaction::retry) throw;
    hold(error);
    return;
  }
  remember_positions(batch_.size());
  batch_.clear();
  if (held_) {
    held_ = false;
    retry_backoff_.reset();
    consumer_->resume();
    progress_.report(State::running);
  }
}

void SinkPipeline::hold(const Error& reason) {
  if (!held_) {
    held_ = true;
    consumer_->pause();
  }
  retry_at_ = clock_.now() + reason.wait().value_or(retry_backoff_.next());
  progress_.report(State::running, trace_of(reason));
}

void SinkPipeline::remember_positions(size_t taken) {
  const auto& records = batch_.records();
  for (size_t i = 0; i < taken; ++i) {
    // Records come in runs of one partition: one look-up a run.
    const bool last_of_run = i + 1 == taken ||
                             records[i + 1].original_partition != records[i].original_partition ||
                             records[i + 1].original_topic != records[i].original_topic;
    if (last_of_run) {
      positions_[{std::string(records[i].original_topic), records[i].original_partition}] =
          records[i].offset + 1;
    }
  }
}

milliseconds SinkPipeline::poll_wait() const {
  const auto now = clock_.now();
  auto until = std::min(next_commit_, call_again_at_);
  if (held_) until = std::min(until, retry_at_);
  if (until <= now) return 0ms;
  return std::min(poll_wait_max, std::chrono::ceil<milliseconds>(until - now));
}

void SinkPipeline::call_again_within(milliseconds wait) { call_again_at_ = clock_.now() + wait; }

// ---- Offsets -----------------------------------------------------------------------------------

// What may be committed and is not yet.
Offsets SinkPipeline::new_offsets(milliseconds wait) {
  // An asynchronous commit that failed, whichever it was, is made up for by committing everything
  // again.
  if (consumer_->failed_commits() != failed_commits_seen_) {
    failed_commits_seen_ = consumer_->failed_commits();
    committed_.clear();
  }
  Offsets offsets = task_->pre_commit(positions_, wait);
  std::erase_if(offsets, [&](const auto& entry) {
    const auto position = positions_.find(entry.first);
    const auto committed = committed_.find(entry.first);
    return position == positions_.end() || entry.second > position->second ||
           (committed != committed_.end() && entry.second <= committed->second);
  });
  return offsets;
}

void SinkPipeline::commit_when_due() {
  if (clock_.now() < next_commit_) return;
  next_commit_ = clock_.now() + settings_.commit_interval;
  const Offsets offsets = new_offsets(0ms);
  if (offsets.empty()) return;
  consumer_->commit_async(offsets);
  for (const auto& [partition, offset] : offsets) committed_[partition] = offset;
}

// The last chance before partitions go: waits for what is on its way. Afterwards throws what the
// task's writes have failed with.
void SinkPipeline::commit_before_leaving() {
  if (positions_.empty()) return;
  // Nobody will be there to see an outstanding answer.
  if (consumer_->pending_commits() > 0) committed_.clear();
  std::exception_ptr failure;
  Offsets offsets;
  try {
    offsets = new_offsets(settings_.commit_timeout);
  } catch (const Error&) {
    failure = std::current_exception();
    offsets = new_offsets(0ms);
  }
  if (!offsets.empty()) {
    try {
      consumer_->commit(offsets, settings_.commit_timeout);
    } catch (const Error& error) {
      base::log_warn("The last offsets could not be committed; their records come again: {}",
                     error.what());
    }
  }
  if (failure) std::rethrow_exception(failure);
}

// ---- Rebalances --------------------------------------------------------------------------------

void SinkPipeline::assigned(std::span<const TopicPartition> partitions) { task_->open(partitions); }

void SinkPipeline::revoked(std::span<const TopicPartition> partitions) {
  std::exception_ptr failure;
  try {
    commit_before_leaving();
  } catch (const Error&) {
    failure = std::current_exception();
  }
  task_->close(partitions);
  forget(partitions);
  if (failure) std::rethrow_exception(failure);
}

void SinkPipeline::lost(std::span<const TopicPartition> partitions) {
  task_->close(partitions);
  forget(partitions);
}

void SinkPipeline::forget(std::span<const TopicPartition> partitions) {
  for (const TopicPartition& gone : partitions) {
    positions_.erase(gone);
    committed_.erase(gone);
    std::erase_if(batch_.records(), [&](const data::Record& record) {
      return record.original_partition == gone.partition && record.original_topic == gone.topic;
    });
  }
}

}  // namespace kc::worker
