#include "worker/source_pipeline.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/log.h"

namespace kc::worker {

using base::Error;
using base::Reaction;
using std::chrono::milliseconds;
using namespace std::chrono_literals;

namespace {

// How often a waiting pipeline looks for a stop request and for delivery reports.
constexpr milliseconds poll_wait_max = 100ms;

// Flights that wait for reuse: enough for a steady state, few enough to give a burst's memory back.
constexpr size_t idle_flights_max = 8;

// Source partitions and offsets are maps of scalars (as Connect's OffsetUtils demands).
nlohmann::ordered_json to_json(const data::Value& value) {
  switch (value.kind()) {
    case data::Kind::null:
      return nullptr;
    case data::Kind::boolean:
      return value.as_boolean();
    case data::Kind::float32:
    case data::Kind::float64:
      return value.as_real();
    case data::Kind::string:
      return std::string(value.as_text());
    case data::Kind::map: {
      auto object = nlohmann::ordered_json::object();
      const auto entries = value.entries();
      for (size_t i = 0; i < entries.size(); i += 2) {
        object[std::string(entries[i].as_text())] = to_json(entries[i + 1]);
      }
      return object;
    }
    default:
      if (value.is_integer()) return value.as_integer();
      throw Error(Reaction::fail_task, "A source offset may not hold a value of type {}",
                  data::kind_name(value.kind()));
  }
}

}  // namespace

SourcePipeline::SourcePipeline(SourcePipelineSettings settings, Converters converters,
                               std::unique_ptr<connect::SourceTask> task, ConnectorOffsets offsets,
                               TaskProgress& progress, const base::Clock& clock)
    : settings_(std::move(settings)),
      converters_(std::move(converters)),
      task_(std::move(task)),
      offsets_(std::move(offsets)),
      progress_(progress),
      clock_(clock) {}

SourcePipeline::~SourcePipeline() {
  producer_.reset();  // until it is gone, its threads read the flights' payloads
  task_->stop();
}

void SourcePipeline::run(const std::stop_token& stop) {
  producer_.emplace(settings_.producer);
  if (!progress_.start_with_retry([&] { task_->start(offsets_, stop); }, stop)) return;
  progress_.report(State::running);
  next_commit_ = clock_.now() + settings_.commit_interval;
  try {
    while (!stop.stop_requested()) pass(stop);
    // What the task has received already may not come again. With the token that was stopped, polls
    // would end before a record came.
    const auto until = clock_.now() + settings_.commit_timeout / 2;
    while (clock_.now() < until && pass({})) {
    }
  } catch (...) {
    leave();
    throw;
  }
  leave();
}

// One step of the data path: poll, encode, send; take delivery reports; commit when it is time.
// False when there was nothing to do.
bool SourcePipeline::pass(const std::stop_token& stop) {
  commit_when_due();
  bool idle = false;
  if (!flights_.empty() && flights_.back()->sent < flights_.back()->messages.size()) {
    producer_->poll(poll_wait_max, *this);  // the producer's queue was full
    send(*flights_.back());
  } else if (has_room()) {
    auto flight = new_flight();
    task_->poll(flight->batch, poll_wait_max, stop);
    idle = flight->batch.empty();
    if (idle) {
      flight->batch.clear();
      idle_.push_back(std::move(flight));
    } else {
      flights_.push_back(std::move(flight));
      encode(*flights_.back());
      send(*flights_.back());
    }
    producer_->poll(0ms, *this);
  } else {
    producer_->poll(poll_wait_max, *this);
  }
  retire();
  if (failure_) std::rethrow_exception(failure_);
  const std::optional<std::string> trouble = producer_->trouble();
  progress_.report(State::running, trouble ? "Waiting for Kafka: " + *trouble : "");
  return !idle;
}

bool SourcePipeline::has_room() const {
  return outstanding_records_ < settings_.outstanding_records_max &&
         outstanding_bytes_ < settings_.outstanding_bytes_max;
}

std::unique_ptr<SourcePipeline::Flight> SourcePipeline::new_flight() {
  if (idle_.empty()) return std::make_unique<Flight>();
  auto flight = std::move(idle_.back());
  idle_.pop_back();
  return flight;
}

void SourcePipeline::encode(Flight& flight) {
  struct Extent {
    size_t key, value, end;
    bool has_key, has_value;
  };
  std::vector<Extent> extents;
  extents.reserve(flight.batch.size());
  for (const data::Record& record : flight.batch.records()) {
    Extent extent{};
    try {
      extent.key = flight.payload.size();
      extent.has_key = converters_.key->from_connect(record.topic, record.key_schema, record.key,
                                                     flight.payload);
      extent.value = flight.payload.size();
      extent.has_value = converters_.value->from_connect(record.topic, record.value_schema,
                                                         record.value, flight.payload);
      extent.end = flight.payload.size();
    } catch (const Error& error) {
      // The records before it are still sent; their offsets are committed before the task fails.
      failure_ = std::make_exception_ptr(
          Error(error.reaction() == Reaction::retry ? Reaction::fail_task : error.reaction(),
                "Topic {}, source offset {}: {}", record.topic,
                to_json(record.source_offset).dump(), error.what()));
      break;
    }
    extents.push_back(extent);
  }
  // Only now does the payload stand still.
  const std::string_view payload = flight.payload;
  flight.messages.reserve(extents.size());
  for (size_t i = 0; i < extents.size(); ++i) {
    const Extent& extent = extents[i];
    kafka::OutgoingMessage message;
    message.topic = flight.batch.records()[i].topic;
    message.partition = flight.batch.records()[i].partition;
    if (extent.has_key) message.key = payload.substr(extent.key, extent.value - extent.key);
    if (extent.has_value) message.value = payload.substr(extent.value, extent.end - extent.value);
    message.opaque = &flight;
    flight.messages.push_back(message);
  }
  flight.batch.records().resize(extents.size());
  remember_offsets(flight);
  outstanding_records_ += flight.messages.size();
  outstanding_bytes_ += payload.size();
}

void SourcePipeline::remember_offsets(Flight& flight) const {
  // From the last record backwards, the first seen of a partition is its last; a partition's map is
  // one piece of memory, so the address tells whether it is known.
  std::vector<const data::Value*> seen;
  const auto& records = flight.batch.records();
  for (auto record = records.rbegin(); record != records.rend(); ++record) {
    const data::Value* partition = record->source_partition.entries().data();
    if (std::ranges::find(seen, partition) != seen.end()) continue;
    seen.push_back(partition);
    flight.offsets.try_emplace(to_json(record->source_partition).dump(),
                               to_json(record->source_offset).dump());
  }
}

void SourcePipeline::send(Flight& flight) {
  const std::span<const kafka::OutgoingMessage> rest =
      std::span(flight.messages).subspan(flight.sent);
  size_t taken = 0;
  try {
    producer_->produce(rest, taken);
  } catch (const Error&) {
    flight.sent += taken;
    throw;
  }
  flight.sent += taken;
}

void SourcePipeline::delivered(void* opaque, const Error* error) {
  auto& flight = *static_cast<Flight*>(opaque);
  if (error == nullptr) {
    ++flight.delivered;
  } else if (!failure_) {
    // The flight never ends, so that no offset from here on is committed.
    failure_ = std::make_exception_ptr(
        Error(Reaction::fail_task, "Unrecoverable exception from producer send callback: {}",
              error->what()));
  }
}

void SourcePipeline::retire() {
  while (!flights_.empty() && flights_.front()->delivered == flights_.front()->messages.size()) {
    auto flight = std::move(flights_.front());
    flights_.pop_front();
    for (auto& [partition, offset] : flight->offsets) committable_[partition] = std::move(offset);
    outstanding_records_ -= flight->messages.size();
    outstanding_bytes_ -= flight->payload.size();
    if (idle_.size() == idle_flights_max) continue;
    flight->batch.clear();
    flight->payload.clear();
    flight->messages.clear();
    flight->offsets.clear();
    flight->sent = flight->delivered = 0;
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
  // The store keeps what it is given even when it cannot write it.
  const auto offsets = std::exchange(committable_, {});
  offsets_.put(offsets);
}

// Sends and commits what can still be, within commit_timeout.
void SourcePipeline::leave() noexcept {
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
    while (!flights_.empty() && flights_.back()->sent < flights_.back()->messages.size() &&
           clock_.now() < deadline) {
      send(*flights_.back());
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
