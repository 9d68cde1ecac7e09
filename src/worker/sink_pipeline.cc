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
constexpr milliseconds full_queue_wait = 100ms;
// Of messages kept for the task's reports; beyond it the task is asked what it is done with.
constexpr size_t retained_bytes_max = 64 * 1024 * 1024;
constexpr milliseconds retained_wait = 500ms;
constexpr Step put_step{Stage::task_put, "org.apache.kafka.connect.sink.SinkTask"};

std::string place(const kafka::Message& message) {
  return fmt::format("Topic {}, partition {}, offset {}", message.topic, message.partition,
                     message.offset);
}

}  // namespace

SinkPipeline::SinkPipeline(SinkPipelineSettings settings, RecordSteps steps,
                           std::unique_ptr<connect::SinkTask> task, TaskProgress& progress,
                           TaskMetrics& metrics, const base::Clock& clock)
    : settings_(std::move(settings)),
      decoder_(std::move(steps)),
      errors_(settings_.errors, metrics.errors, metrics.scope().registry),
      task_(std::move(task)),
      progress_(progress),
      metrics_(metrics),
      clock_(clock),
      conversion_retries_(errors_.policy()) {}

SinkPipeline::~SinkPipeline() { task_->stop(); }

void SinkPipeline::run(const std::stop_token& stop) {
  const auto start = [&] {
    errors_.start();
    task_->start(*this, stop);
  };
  if (!progress_.start_with_retry(start, stop)) return;
  kafka::RebalanceListener& listener = *this;
  consumer_.emplace(settings_.consumer, listener, &metrics_.scope().registry);
  if (!needs_headers()) consumer_->leave_headers();
  if (settings_.topics_regex.empty()) {
    consumer_->subscribe(settings_.topics);
  } else {
    pattern_.emplace(settings_.topics_regex, metadata_max_age(settings_.consumer), clock_);
  }
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
  note_work();
  commit_when_due();
  follow_pause();
  if (pattern_) pattern_->follow(*consumer_);
  if (held_) {
    serve_group();
    if (clock_.now() < retry_at_) return;
  } else if (paused_) {
    serve_group();
  } else {
    read();
  }
  const bool converted = convert_rest();
  if (!put()) return;
  if (failure_after_batch_) std::rethrow_exception(std::exchange(failure_after_batch_, nullptr));
  if (converted) release();
}

// What is in hand is still finished while paused.
void SinkPipeline::follow_pause() {
  if (paused_ == progress_.paused()) return;
  paused_ = !paused_;
  if (paused_) {
    consumer_->pause();
    progress_.report(State::paused);
  } else {
    if (!held_) consumer_->resume();
    progress_.report(State::running);
  }
}

bool SinkPipeline::needs_headers() const {
  return task_->reads_headers() || decoder_.looks_at_headers() || errors_.has_dead_letters();
}

void SinkPipeline::read() {
  if (errors_.has_dead_letters()) retain();
  consumer_->poll(messages_, settings_.batch_records_max, poll_wait());
  next_ = 0;
  given_up_.assign(messages_.size(), false);
  metrics_.records_read(messages_.size());
  const std::optional<std::string> trouble = consumer_->trouble();
  progress_.report(State::running, trouble ? "Waiting for Kafka: " + *trouble : "");
}

// The consumer is paused: what is held does not cost us our place in the group.
void SinkPipeline::serve_group() {
  kafka::MessageBatch none;
  consumer_->poll(none, 1, poll_wait());
}

// ---- Bytes to records --------------------------------------------------------------------------

// False when a record is held.
bool SinkPipeline::convert_rest() {
  if (!errors_.has_room()) {
    hold(Error(Reaction::retry, "The dead letter queue does not take records fast enough"),
         full_queue_wait);
    return false;
  }
  for (; next_ < messages_.size() && !failure_after_batch_; ++next_) {
    if (given_up_[next_]) continue;
    const kafka::Message& message = messages_[next_];
    try {
      if (decoder_.decode(message, batch_)) message_of_.push_back(next_);
      conversion_retries_.reset();
    } catch (const Error& error) {
      metrics_.errors.failures.add();
      const Error placed = Error(error.reaction(), "{}: {}", place(message), error.what())
                               .with_java_class(error.java_class());
      if (error.reaction() == Reaction::retry) {
        if (const auto wait = conversion_retries_.next(clock_.now())) {
          metrics_.errors.retries.add();
          hold(placed, *wait);
          return false;
        }
        metrics_.errors.record_failed();
        failure_after_batch_ = std::make_exception_ptr(
            Error(Reaction::fail_task, "{} (tried for errors.retry.timeout = {} ms)", placed.what(),
                  errors_.policy().retry_timeout.count()));
        return true;
      }
      metrics_.errors.record_failed();
      errors_.report(message, decoder_.step(), error);
      if (errors_.policy().tolerate_all) {
        metrics_.errors.skipped.add();
        continue;
      }
      failure_after_batch_ = std::make_exception_ptr(tolerance_exceeded(placed));
      return true;
    }
  }
  return true;
}

// ---- Records to the task -----------------------------------------------------------------------

// False when the batch is held.
bool SinkPipeline::put() {
  call_again_at_ = base::Clock::steady_time::max();
  for (;;) {
    // It may have been while a record was converted.
    if (progress_.abandoned()) return false;
    try {
      put_batch();
      break;
    } catch (const connect::RecordError& error) {
      metrics_.errors.failures.add();
      metrics_.errors.record_failed();
      metrics_.records_written(error.index());
      const size_t refused = message_of_[error.index()];
      remember_positions(refused);
      errors_.report(messages_[refused], put_step, error);
      if (!errors_.policy().tolerate_all) throw;
      metrics_.errors.skipped.add();
      const auto end = static_cast<std::ptrdiff_t>(error.index() + 1);
      batch_.records().erase(batch_.records().begin(), batch_.records().begin() + end);
      message_of_.erase(message_of_.begin(), message_of_.begin() + end);
    } catch (const Error& error) {
      if (error.reaction() != Reaction::retry) throw;
      if (!batch_.empty()) metrics_.errors.retries.add();
      hold(error, error.wait().value_or(put_retries_.next()));
      return false;
    }
  }
  remember_positions(next_);
  put_retries_.reset();
  batch_.clear();
  message_of_.clear();
  return true;
}

void SinkPipeline::put_batch() {
  if (batch_.empty()) {
    task_->put(batch_);
    return;
  }
  metrics_.has_work(true);  // should the call not return
  const auto begin = clock_.now();
  task_->put(batch_);
  metrics_.batch_put(batch_.size(), clock_.now() - begin);
  metrics_.progressed();
}

void SinkPipeline::hold(const Error& reason, milliseconds wait) {
  if (!held_) {
    held_ = true;
    consumer_->pause();
  }
  retry_at_ = clock_.now() + wait;
  progress_.report(paused_ ? State::paused : State::running, trace_of(reason));
}

void SinkPipeline::release() {
  if (!std::exchange(held_, false)) return;
  if (!paused_) consumer_->resume();
  progress_.report(paused_ ? State::paused : State::running);
}

// The first `messages` messages are done with.
void SinkPipeline::remember_positions(size_t messages) {
  for (size_t i = 0; i < messages; ++i) {
    // Messages come in runs of one partition: one look-up a run.
    const kafka::Message& message = messages_[i];
    const bool last_of_run = i + 1 == messages || messages_[i + 1].partition != message.partition ||
                             messages_[i + 1].topic != message.topic;
    if (last_of_run && !paused_) progress_.uses_topic(message.topic);
    if (last_of_run && !given_up_[i]) {
      offsets_.set_position({std::string(message.topic), message.partition}, message.offset + 1);
    }
  }
}

// ---- Reports of the task -----------------------------------------------------------------------

bool SinkPipeline::takes_reports() const {
  const ErrorPolicy& policy = errors_.policy();
  return policy.tolerate_all || policy.log || errors_.has_dead_letters();
}

void SinkPipeline::report(const TopicPartition& partition, int64_t offset, const Error& error) {
  kafka::Message original{.topic = partition.topic,
                          .partition = partition.partition,
                          .offset = offset,
                          .timestamp = -1,
                          .timestamp_type = data::TimestampType::none,
                          .key = {},
                          .value = {}};
  const kafka::Message* message = find_message(messages_, partition, offset);
  if (message == nullptr) message = retained_.find(partition, offset);
  if (message != nullptr) original = *message;
  metrics_.errors.failures.add();
  metrics_.errors.record_failed();
  errors_.report(original, put_step, error);
  if (!errors_.policy().tolerate_all) {
    throw tolerance_exceeded(Error(error.reaction(), "{}: {}", place(original), error.what())
                                 .with_java_class(error.java_class()));
  }
}

// Keeps messages_, which are all put, until the task has acknowledged them.
void SinkPipeline::retain() {
  if (messages_.empty()) return;
  retained_.add(std::exchange(messages_, kafka::MessageBatch()));
  if (retained_.bytes() >= retained_bytes_max) acknowledged_offsets(retained_wait);
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

Offsets SinkPipeline::acknowledged_offsets(milliseconds wait) {
  const auto deadline = clock_.now() + wait;
  Offsets offsets = task_->pre_commit(offsets_.positions(), wait);
  errors_.limit(offsets, std::max(0ms, std::chrono::ceil<milliseconds>(deadline - clock_.now())));
  const SinkOffsets::Acknowledged state = offsets_.acknowledged(offsets);
  if (state.advanced) metrics_.progressed();
  metrics_.set_active_records(state.unacknowledged);
  metrics_.lag_max = state.lag_max;
  retained_.drop(offsets, offsets_.positions());
  return offsets;
}

void SinkPipeline::note_work() {
  metrics_.has_work(held_ || offsets_.has_unacknowledged() || consumer_->lag_max().value_or(0) > 0);
  // The answer to a commit comes while the consumer is polled.
  if (!commit_began_ || consumer_->pending_commits() > 0) return;
  metrics_.commit_ended(clock_.now() - *commit_began_,
                        consumer_->failed_commits() == failed_commits_seen_);
  commit_began_.reset();
}

// What may be committed and is not yet.
Offsets SinkPipeline::new_offsets(milliseconds wait) {
  if (consumer_->failed_commits() != failed_commits_seen_) {
    failed_commits_seen_ = consumer_->failed_commits();
    offsets_.commit_failed();
  }
  return offsets_.uncommitted(acknowledged_offsets(wait));
}

void SinkPipeline::commit_when_due() {
  if (clock_.now() < next_commit_) return;
  next_commit_ = clock_.now() + settings_.commit_interval;
  const Offsets offsets = new_offsets(0ms);
  if (offsets.empty() || progress_.abandoned()) return;
  metrics_.commits.add();
  commit_began_ = clock_.now();
  consumer_->commit_async(offsets);
  offsets_.committed(offsets);
}

// The last chance before partitions go: waits for what is on its way. Afterwards throws what the
// task's writes have failed with.
void SinkPipeline::commit_before_leaving() {
  if (offsets_.positions().empty() || progress_.abandoned()) return;
  // Nobody will be there to see an outstanding answer.
  if (consumer_->pending_commits() > 0) {
    offsets_.commit_failed();
    metrics_.commit_skipped();
    commit_began_.reset();
  }
  std::exception_ptr failure;
  Offsets offsets;
  try {
    offsets = new_offsets(settings_.commit_timeout);
  } catch (const Error&) {
    failure = std::current_exception();
    offsets = new_offsets(0ms);
  }
  if (!offsets.empty() && !progress_.abandoned()) {
    metrics_.commits.add();
    const auto begin = clock_.now();
    try {
      consumer_->commit(offsets, settings_.commit_timeout);
      metrics_.commit_ended(clock_.now() - begin, true);
    } catch (const Error& error) {
      metrics_.commit_ended(clock_.now() - begin, false);
      base::log_warn("The last offsets could not be committed; their records come again: {}",
                     error.what());
    }
  }
  if (failure) std::rethrow_exception(failure);
}

// ---- Rebalances --------------------------------------------------------------------------------

void SinkPipeline::assigned(std::span<const TopicPartition> partitions) {
  metrics_.partitions += partitions.size();
  task_->open(partitions);
}

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
  const auto is_gone = [&](std::string_view topic, int32_t partition) {
    return std::ranges::any_of(partitions, [&](const TopicPartition& gone) {
      return gone.partition == partition && gone.topic == topic;
    });
  };
  metrics_.partitions -= std::min<uint64_t>(metrics_.partitions, partitions.size());
  offsets_.forget(partitions);
  for (size_t i = 0; i < messages_.size(); ++i) {
    if (is_gone(messages_[i].topic, messages_[i].partition)) given_up_[i] = true;
  }
  // Records without the partitions, and what tells their messages.
  std::vector<size_t> kept;
  auto& records = batch_.records();
  for (size_t i = 0; i < records.size(); ++i) {
    if (given_up_[message_of_[i]]) continue;
    records[kept.size()] = records[i];
    kept.push_back(message_of_[i]);
  }
  records.resize(kept.size());
  message_of_ = std::move(kept);
}

}  // namespace kc::worker
