#include "sink/kinetica_sink_task.h"

#include "base/error.h"
#include "base/log.h"

namespace kc::sink {

using base::Error;
using base::Reaction;
using std::chrono::milliseconds;

namespace {

// How long put() waits for earlier batches: the worker's thread must not be away much longer.
constexpr milliseconds room_wait{500};
constexpr milliseconds retry_wait{100};
// Tables are altered rarely, and inserts of other tasks that end within this time do not keep one
// from being altered, however many there are.
constexpr milliseconds gate_wait{10'000};
// Looking up a table when kinetica.timeout sets no limit.
constexpr milliseconds lookup_timeout_max{10'000};

kinetica::ClientSettings lookup_settings(const SinkConfig& config) {
  kinetica::ClientSettings settings = config.database;
  if (settings.timeout.count() == 0 || settings.timeout > lookup_timeout_max) {
    settings.timeout = lookup_timeout_max;
  }
  return settings;
}

InsertThread::Options insert_options(const SinkConfig& config, AlterationGate& gate,
                                     bool single_refusals) {
  InsertThread::Options options;
  options.database = config.database;
  options.attempts_max = config.retry_count;
  if (config.update_on_existing_pk) {
    options.insert = {{"update_on_existing_pk", "true"}};
  } else {
    // Without it, databases from 7.1 on refuse a row whose key is there, and with it the whole
    // batch, each time that records are delivered again.
    options.insert = {{"update_on_existing_pk", "false"}, {"ignore_existing_pk", "true"}};
  }
  options.follow_types = config.evolution.enabled;
  // Rows are too short for a table with more columns; one that takes more nulls may take them.
  if (config.evolution.enabled && config.evolution.make_nullable) options.gate = &gate;
  options.single_refusals = single_refusals;
  if (single_refusals) {
    options.insert["return_individual_errors"] = "true";
    options.insert["allow_partial_batch"] = "true";
  }
  return options;
}

std::string refusal_text(const data::Record& record, std::string_view reason) {
  return fmt::format("Record of topic {}, partition {}, offset {}: {}", record.original_topic,
                     record.original_partition, record.offset, reason);
}

const data::Schema* structure_or_null(const data::Schema* schema) {
  return schema != nullptr && schema->type() == data::Type::structure ? schema : nullptr;
}

}  // namespace

KineticaSinkTask::KineticaSinkTask(SinkConfig config, const base::Clock& clock,
                                   AlterationGate& gate)
    : config_(std::move(config)),
      clock_(clock),
      gate_(gate),
      naming_(config_.naming),
      routes_(naming_.depends_on_record()) {
  if (config_.flattening) flattener_.emplace(*config_.flattening);
}

KineticaSinkTask::~KineticaSinkTask() { stop(); }

void KineticaSinkTask::start(connect::SinkTaskContext& context, const std::stop_token& stop) {
  context_ = &context;
  abort_lookups_.reset();
  const kinetica::ClientSettings settings = lookup_settings(config_);
  lookups_.emplace(settings);
  abort_lookups_.emplace(stop, std::function<void()>([this] { lookups_->abort(); }));
  lookups_->check_running();
  tables_.emplace(*lookups_, settings.timeout, config_, naming_);
  TableWriter::Options options{.batch_rows = config_.batch_rows, .linger = config_.linger};
  if (context.takes_reports()) {
    options.refused = [this](const OffsetTracker::Origin& origin, const std::string& table,
                             const std::string& reason) {
      context_->report(origin.partition, origin.offset,
                       Error(Reaction::skip_record, "Table {} refused the row: {}", table, reason));
    };
  }
  const bool single_refusals = options.refused != nullptr;
  writer_.reset();  // it uses the metrics
  insert_metrics_.emplace(context.metrics());
  writer_.emplace(std::move(options), insert_options(config_, gate_, single_refusals),
                  *insert_metrics_, clock_);
  deletions_.reset();
  if (config_.delete_enabled) deletions_.emplace(*tables_, naming_, *writer_);
  base::log_info("Connected to Kinetica at {}", lookups_->url());
  const EvolutionRules& rules = config_.evolution;
  if (!rules.enabled && (rules.add_columns || rules.make_nullable)) {
    base::log_warn(
        "Tables are not altered: kinetica.add_new_fields_as_columns and "
        "kinetica.make_missing_field_nullable mean nothing without "
        "kinetica.allow_schema_evolution=true");
  }
}

void KineticaSinkTask::open(std::span<const connect::TopicPartition>) {}

void KineticaSinkTask::put(const data::RecordBatch& given) {
  writer_->settle();
  while (TableWriter::Table* const table = writer_->altered_table()) {
    retarget(*table, tables_->read_again(table->name()));
  }
  if (!given.empty()) {
    if (!writer_->wait_for_room(room_wait)) {
      writer_->settle();
      throw Error(Reaction::retry, "Kinetica has not yet taken what was sent to it before: {}",
                  writer_->trouble().value_or("inserts take long"))
          .with_wait(retry_wait);
    }
    std::optional<Refusal> refusal;
    if (flattener_) refusal = flatten_all(given);
    const data::RecordBatch& batch = flattener_ ? flat_batch_ : given;
    if (auto earlier = route_all(batch)) refusal = std::move(earlier);
    encode_all(batch);
    if (refusal) throw connect::RecordError(refusal->index, refusal->message);
  }
  writer_->send_due();
  if (const auto next = writer_->next_call()) context_->call_again_within(*next);
}

std::optional<KineticaSinkTask::Refusal> KineticaSinkTask::flatten_all(
    const data::RecordBatch& batch) {
  flat_batch_.clear();
  const auto& records = batch.records();
  for (size_t i = 0; i < records.size(); ++i) {
    try {
      flattener_->add(records[i], flat_batch_);
    } catch (const Error& error) {
      if (error.reaction() != Reaction::skip_record) throw;
      return Refusal{i, refusal_text(records[i], error.what())};
    }
  }
  return std::nullopt;
}

// Before anything is taken, because a look-up may find the database away.
std::optional<KineticaSinkTask::Refusal> KineticaSinkTask::route_all(
    const data::RecordBatch& batch) {
  routes_.trim();
  if (deletions_) deletions_->begin_batch();
  routes_of_batch_.clear();
  const auto& records = batch.records();
  for (size_t i = 0; i < records.size(); ++i) {
    const data::Record& record = records[i];
    const bool has_value = !record.value.is_null();
    Route* route = has_value ? routes_.find(record) : nullptr;
    if (route == nullptr) [[unlikely]] {
      try {
        if (has_value) {
          route = route_new(batch, i);
        } else if (deletions_) {
          deletions_->prepare(record);
        } else {
          note_tombstone(record);
        }
      } catch (const Error& error) {
        // The record's own fault waits until those before it are taken.
        if (error.reaction() != Reaction::skip_record) throw;
        return Refusal{i, error.what()};
      }
    }
    if (route != nullptr && route->conversion.evolution.asks(record)) [[unlikely]] {
      evolve(batch, *route, record);
    }
    routes_of_batch_.push_back(route);
  }
  return std::nullopt;
}

Route* KineticaSinkTask::route_new(const data::RecordBatch& batch, size_t index) {
  const data::Record& record = batch.records()[index];
  const auto fail = [&record](std::string_view reason) {
    throw Error(Reaction::skip_record, "{}", refusal_text(record, reason));
  };
  const data::Kind kind = record.value.kind();
  if (kind != data::Kind::structure && kind != data::Kind::map) {
    fail(fmt::format(
        "the value is a {}, which has no fields to fill columns with; use a converter that gives "
        "structures or maps, such as org.apache.kafka.connect.json.JsonConverter",
        kind_name(kind)));
  }
  const std::string name = naming_.table_for(record);
  try {
    const kinetica::Table& table = tables_->table(name, batch, index);
    Conversion conversion(table, structure_or_null(record.value_schema), config_.evolution);
    return routes_.add(record, writer_->table(table), std::move(conversion));
  } catch (const Error& error) {
    if (error.reaction() != Reaction::skip_record) throw;
    fail(error.what());
  }
  return nullptr;
}

// Nothing of `batch` is taken yet, and rows of before must not meet the new columns.
void KineticaSinkTask::evolve(const data::RecordBatch& batch, const Route& route,
                              const data::Record& record) {
  const auto later = [&](std::string_view reason) {
    return Error(Reaction::retry,
                 "Table {} is to be altered when Kinetica has taken what was sent before: {}",
                 route.table->name(), reason)
        .with_wait(retry_wait);
  };
  if (!writer_->flush(room_wait)) {
    writer_->settle();
    throw later(writer_->trouble().value_or("inserts take long"));
  }
  const AlterationGate::Closure closed(gate_, gate_wait);
  if (!closed) throw later("inserts of other tasks take long");
  retarget(*route.table, tables_->evolve(naming_.table_for(record), batch));
}

void KineticaSinkTask::retarget(TableWriter::Table& table, const kinetica::Table& to) {
  writer_->retarget(table, to);
  routes_.each_to(table, [&](Route& route) {
    route.conversion = Conversion(to, structure_or_null(route.schema.get()), config_.evolution);
  });
  if (deletions_) deletions_->retarget(table);
}

void KineticaSinkTask::encode_all(const data::RecordBatch& batch) {
  const auto& records = batch.records();
  size_t i = 0;
  try {
    for (; i < routes_of_batch_.size(); ++i) {
      Route* const route = routes_of_batch_[i];
      if (route == nullptr) [[unlikely]] {
        if (deletions_) deletions_->take(records[i]);
        continue;
      }
      route->conversion.plan.encode(records[i], writer_->body(*route->table));
      writer_->row_added(*route->table, records[i]);
    }
  } catch (const Error& error) {
    if (error.reaction() != Reaction::skip_record) throw;
    throw connect::RecordError(i, error.what());
  }
}

// Without kinetica.delete_enabled a record without value changes nothing.
void KineticaSinkTask::note_tombstone(const data::Record& record) {
  ++tombstones_;
  const auto found = tombstone_topics_.find(record.topic);
  if (found != tombstone_topics_.end()) {
    ++found->second;
    return;
  }
  tombstone_topics_.emplace(record.topic, 1);
  base::log_warn(
      "Topic {} has records without value (tombstones); they are left out. "
      "Hint: with kinetica.delete_enabled=true they delete the rows of their keys",
      record.topic);
}

connect::Offsets KineticaSinkTask::pre_commit(const connect::Offsets& positions,
                                              milliseconds wait) {
  if (!writer_) return {};
  writer_->flush(wait);
  return writer_->committable(positions);
}

void KineticaSinkTask::close(std::span<const connect::TopicPartition> partitions) {
  if (!writer_) return;
  for (const auto& partition : partitions) writer_->close(partition);
}

void KineticaSinkTask::stop() noexcept {
  abort_lookups_.reset();
  if (lookups_) lookups_->abort();
  if (writer_) writer_->stop();
}

}  // namespace kc::sink
