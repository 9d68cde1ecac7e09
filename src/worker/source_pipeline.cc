#include "worker/source_pipeline.h"

#include <algorithm>

#include "base/log.h"

namespace kc::worker {

using base::Error;
using base::Reaction;
using std::chrono::milliseconds;
using namespace std::chrono_literals;

namespace {

// How often a waiting pipeline looks for a stop request and for delivery reports.
constexpr milliseconds poll_wait_max = 100ms;
constexpr milliseconds topic_retry_wait = 1s;

// Flights that wait for reuse: enough for a steady state, few enough to give a burst's memory back.
constexpr size_t idle_flights_max = 8;

// "Topic t, source offset {"record":4}"
std::string place(const data::Record& record) {
  return fmt::format("Topic {}, source offset {}", record.topic, offset_json(record.source_offset));
}

}  // namespace

SourcePipeline::SourcePipeline(SourcePipelineSettings settings, RecordSteps steps,
                               std::unique_ptr<connect::SourceTask> task, ConnectorOffsets offsets,
                               TaskProgress& progress, TaskMetrics& metrics,
                               const base::Clock& clock)
    : settings_(std::move(settings)),
      encoder_(std::move(steps)),
      task_(std::move(task)),
      offsets_(std::move(offsets)),
      progress_(progress),
      metrics_(metrics),
      clock_(clock),
      retries_(settings_.errors) {
  if (auto creation = TopicCreation::of(settings_.topic_creation)) {
    topic_creator_.emplace(std::move(*creation), settings_.admin);
  }
}

SourcePipeline::~SourcePipeline() {
  producer_.reset();  // until it is gone, its threads read the flights' payloads
  task_->stop();
}

void SourcePipeline::run(const std::stop_token& stop) {
  producer_.emplace(settings_.producer, &metrics_.scope().registry);
  if (!progress_.start_with_retry([&] { task_->start(*this, stop); }, stop)) return;
  progress_.report(State::running);
  next_commit_ = clock_.now() + settings_.commit_interval;
  try {
    while (!stop.stop_requested()) pass(stop, progress_.paused());
    // What the task has received already may not come again. With the token that was stopped, polls
    // would end before a record came.
    const auto until = clock_.now() + settings_.commit_timeout / 2;
    while (!progress_.abandoned() && clock_.now() < until && pass({}, false)) {
    }
  } catch (...) {
    leave();
    throw;
  }
  leave();
}

// One step of the data path: poll, encode, send; take delivery reports; commit when it is time.
// False when there was nothing to do.
bool SourcePipeline::pass(const std::stop_token& stop, bool paused) {
  commit_when_due();
  bool idle = false;
  if (!flights_.empty() && !flights_.back()->is_sent()) {
    producer_->poll(poll_wait_max, *this);  // its queue was full, or a record is held
    continue_flight(*flights_.back());
  } else if (!paused && has_room()) {
    auto flight = new_flight();
    poll_task(*flight, stop);
    idle = flight->batch.empty();
    if (idle) {
      flight->batch.clear();
      idle_.push_back(std::move(flight));
    } else {
      flights_.push_back(std::move(flight));
      continue_flight(*flights_.back());
    }
    producer_->poll(0ms, *this);
  } else {
    producer_->poll(poll_wait_max, *this);
  }
  retire();
  metrics_.has_work(!flights_.empty());
  if (failure_) std::rethrow_exception(failure_);
  progress_.report(paused ? State::paused : State::running, trouble());
  return !idle;
}

// What the task waits for; empty when it is at work.
std::string SourcePipeline::trouble() const {
  if (const auto of_kafka = producer_->trouble()) return "Waiting for Kafka: " + *of_kafka;
  if (const auto of_source = task_->trouble()) return "Waiting for the source: " + *of_source;
  return "";
}

void SourcePipeline::poll_task(Flight& flight, const std::stop_token& stop) {
  const auto begin = clock_.now();
  task_->poll(flight.batch, poll_wait_max, stop);
  if (!flight.batch.empty()) metrics_.batch_polled(flight.batch.size(), clock_.now() - begin);
}

bool SourcePipeline::has_room() const {
  return outstanding_records_ < settings_.outstanding_records_max &&
         outstanding_bytes_ < settings_.outstanding_bytes_max;
}

std::unique_ptr<Flight> SourcePipeline::new_flight() {
  if (idle_.empty()) return std::make_unique<Flight>();
  auto flight = std::move(idle_.back());
  idle_.pop_back();
  return flight;
}

void SourcePipeline::continue_flight(Flight& flight) {
  if (flight.encoded < flight.batch.size()) {
    if (clock_.now() < retry_at_ || !encode(flight)) return;
    encoder_.finish(flight);
    outstanding_records_ += flight.messages.size();
    outstanding_bytes_ += flight.payload.size();
    metrics_.set_active_records(outstanding_records_);
  }
  if (topics_are_there(flight)) send(flight);
}

// False when a record is held.
bool SourcePipeline::encode(Flight& flight) {
  auto& records = flight.batch.records();
  while (flight.encoded < records.size()) {
    try {
      encoder_.encode_next(flight);
      retries_.reset();
    } catch (const Error& error) {
      metrics_.errors.failures.add();
      const data::Record& record = records[flight.encoded];
      if (error.reaction() == Reaction::retry) {
        if (const auto wait = retries_.next(clock_.now())) {
          metrics_.errors.retries.add();
          retry_at_ = clock_.now() + *wait;
          progress_.report(State::running, trace_of(error));
          return false;
        }
        metrics_.errors.record_failed();
        failure_ = std::make_exception_ptr(
            Error(Reaction::fail_task, "{}: {} (tried for errors.retry.timeout = {} ms)",
                  place(record), error.what(), settings_.errors.retry_timeout.count()));
      } else {
        skip_or_fail(record, encoder_.step(), error);
      }
      if (failure_) {
        // The records before it are still sent; their offsets are committed before the task fails.
        records.resize(flight.encoded);
        return true;
      }
      ++flight.encoded;
    }
  }
  return true;
}

void SourcePipeline::skip_or_fail(const data::Record& record, const Step& step,
                                  const Error& error) {
  metrics_.errors.record_failed();
  if (settings_.errors.log) {
    metrics_.errors.logged.add();
    const std::string where =
        settings_.errors.log_messages
            ? fmt::format(
                  ", where source record is = SourceRecord{{sourcePartition={}, "
                  "sourceOffset={}}} ConnectRecord{{topic='{}', kafkaPartition={}}}",
                  offset_json(record.source_partition), offset_json(record.source_offset),
                  record.topic, record.partition < 0 ? "null" : std::to_string(record.partition))
            : "";
    log_record_error(settings_.task_name, step, where, error);
  }
  if (settings_.errors.tolerate_all) metrics_.errors.skipped.add();
  if (settings_.errors.tolerate_all || failure_) return;
  failure_ = std::make_exception_ptr(
      tolerance_exceeded(Error(error.reaction(), "{}: {}", place(record), error.what())
                             .with_java_class(error.java_class())));
}

// False when that cannot be told for now.
bool SourcePipeline::topics_are_there(Flight& flight) {
  if (clock_.now() < retry_at_) return false;
  try {
    for (; flight.ensured < flight.messages.size(); ++flight.ensured) {
      const std::string_view topic = flight.messages[flight.ensured].topic;
      if (topic_creator_) topic_creator_->ensure(topic);
      progress_.uses_topic(topic);
    }
    return true;
  } catch (const Error& error) {
    if (error.reaction() != Reaction::retry) throw;
    retry_at_ = clock_.now() + topic_retry_wait;
    progress_.report(State::running, trace_of(error));
    return false;
  }
}

void SourcePipeline::send(Flight& flight) {
  // It may have been while the records came or were converted.
  if (progress_.abandoned()) return;
  while (flight.sent < flight.messages.size()) {
    size_t taken = 0;
    try {
      producer_->produce(std::span(flight.messages).subspan(flight.sent), taken);
      flight.sent += taken;
      return;
    } catch (const Error& error) {
      flight.sent += taken;
      if (error.reaction() != Reaction::skip_record || !settings_.errors.tolerate_all) throw;
      ++flight.sent;
      skip_undelivered(flight, error);
    }
  }
}

void SourcePipeline::delivered(void* opaque, const Error* error) {
  auto& flight = *static_cast<Flight*>(opaque);
  if (error == nullptr) {
    ++flight.delivered;
  } else if (error->reaction() == Reaction::skip_record && settings_.errors.tolerate_all) {
    skip_undelivered(flight, *error);
  } else if (!failure_) {
    metrics_.errors.failures.add();
    metrics_.errors.record_failed();
    // The flight never ends, so that no offset from here on is committed.
    failure_ = std::make_exception_ptr(
        Error(Reaction::fail_task, "Unrecoverable exception from producer send callback: {}",
              error->what()));
  }
}

void SourcePipeline::skip_undelivered(Flight& flight, const Error& error) {
  ++flight.delivered;
  ++flight.skipped;
  metrics_.errors.failures.add();
  metrics_.errors.record_failed();
  metrics_.errors.skipped.add();
  if (!settings_.errors.log) return;
  metrics_.errors.logged.add();
  log_record_error(settings_.task_name,
                   {Stage::kafka_produce, "org.apache.kafka.clients.producer.KafkaProducer"}, "",
                   error);
}

void SourcePipeline::retire() {
  // One that is not encoded yet has no messages that could be missing.
  while (!flights_.empty() && flights_.front()->is_sent() &&
         flights_.front()->delivered == flights_.front()->messages.size()) {
    auto flight = std::move(flights_.front());
    flights_.pop_front();
    for (auto& [partition, offset] : flight->offsets) committable_[partition] = std::move(offset);
    metrics_.records_written(flight->messages.size() - flight->skipped);
    metrics_.progressed();
    metrics_.latency.observe_since(flight->arrivals, clock_.now().time_since_epoch());
    outstanding_records_ -= flight->messages.size();
    metrics_.set_active_records(outstanding_records_);
    outstanding_bytes_ -= flight->payload.size();
    if (idle_.size() == idle_flights_max) continue;
    flight->clear();
    idle_.push_back(std::move(flight));
  }
}

void SourcePipeline::commit_when_due() {
  if (clock_.now() < next_commit_) return;
  next_commit_ = clock_.now() + settings_.commit_interval;
  try {
    commit();
  } catch (const Error& error) {
    base::log_warn("Source offsets are not committed this time: {}", error.what());
  }
}

void SourcePipeline::commit() {
  if (progress_.abandoned()) return;
  // The store keeps what it is given even when it cannot write it.
  const auto offsets = std::exchange(committable_, {});
  if (offsets.empty()) return offsets_.put(offsets);
  const auto begin = clock_.now();
  try {
    offsets_.put(offsets);
    metrics_.commit_ended(clock_.now() - begin, true);
  } catch (const Error&) {
    metrics_.commit_ended(clock_.now() - begin, false);
    throw;
  }
}

// Sends and commits what can still be, within commit_timeout; nothing when another task has taken
// over.
void SourcePipeline::leave() noexcept {
  if (progress_.abandoned()) return;
  // Whatever one step fails with, the next is still made.
  const auto attempt = [](const auto& step) {
    try {
      step();
    } catch (const std::exception& error) {
      base::log_warn("While the task ends: {}", error.what());
    }
  };
  const auto deadline = clock_.now() + settings_.commit_timeout;
  attempt([&] {
    while (!flights_.empty() && !flights_.back()->is_sent() && clock_.now() < deadline) {
      continue_flight(*flights_.back());
      producer_->poll(poll_wait_max, *this);
    }
  });
  attempt([&] {
    const auto left = std::chrono::ceil<milliseconds>(deadline - clock_.now());
    if (!producer_->flush(std::max(0ms, left), *this)) {
      base::log_warn("{} records were not acknowledged by Kafka in time", outstanding_records_);
    }
  });
  attempt([&] {
    retire();
    commit();
  });
}

}  // namespace kc::worker
