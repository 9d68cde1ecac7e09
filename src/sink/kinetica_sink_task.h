// Writes records into tables of a Kinetica database.
//
//   put:         flatten, where that is asked for -> route (table and row plan of each record; the
//                table is altered where evolution asks for it) -> encode into the tables' request
//                bodies -> TableWriter, whose thread inserts full batches meanwhile
//                Records without value delete rows, where that is asked for: Tombstones -> the same
//                writer's batches
//   pre_commit:  what the database has acknowledged, as a contiguous prefix of each partition
//
// Rows are delivered at least once: a batch whose fate is unknown is inserted again. Tables with a
// primary key make that idempotent, because the row replaces itself (update_on_existing_pk) or is
// ignored.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "connect/sink_task.h"
#include "kinetica/client.h"
#include "sink/alteration_gate.h"
#include "sink/destination_tables.h"
#include "sink/flattener.h"
#include "sink/routes.h"
#include "sink/sink_config.h"
#include "sink/table_naming.h"
#include "sink/table_writer.h"
#include "sink/tombstones.h"

namespace kc::sink {

class KineticaSinkTask : public connect::SinkTask {
 public:
  // Both outlive the task; the gate is that of all tasks which may write to the same tables.
  KineticaSinkTask(SinkConfig config, const base::Clock& clock, AlterationGate& gate);
  ~KineticaSinkTask() override;

  void start(connect::SinkTaskContext& context, const std::stop_token& stop) override;
  void open(std::span<const connect::TopicPartition> partitions) override;
  bool reads_headers() const override { return false; }
  void put(const data::RecordBatch& batch) override;
  connect::Offsets pre_commit(const connect::Offsets& positions,
                              std::chrono::milliseconds wait) override;
  void close(std::span<const connect::TopicPartition> partitions) override;
  void stop() noexcept override;

  // Why inserts wait just now; nothing while all is well.
  std::optional<std::string> trouble() const { return writer_ ? writer_->trouble() : std::nullopt; }
  uint64_t tombstones() const { return tombstones_; }

 private:
  // A record that cannot be flattened or routed: where in the batch, and why.
  struct Refusal {
    size_t index;
    std::string message;
  };

  // The batch's records, flat, into flat_batch_, up to one that cannot be flattened.
  std::optional<Refusal> flatten_all(const data::RecordBatch& batch);
  // The route of each record into routes_of_batch_ (nullptr: it has no value), up to one that is
  // refused. Throws what is not the record's fault.
  std::optional<Refusal> route_all(const data::RecordBatch& batch);
  Route* route_new(const data::RecordBatch& batch, size_t index);
  void evolve(const data::RecordBatch& batch, const Route& route, const data::Record& record);
  void retarget(TableWriter::Table& table, const kinetica::Table& to);
  void encode_all(const data::RecordBatch& batch);
  void note_tombstone(const data::Record& record);

  const SinkConfig config_;
  const base::Clock& clock_;
  AlterationGate& gate_;
  const TableNaming naming_;
  connect::SinkTaskContext* context_ = nullptr;
  std::optional<kinetica::Client> lookups_;
  std::optional<DestinationTables> tables_;
  std::optional<InsertMetrics> insert_metrics_;
  std::optional<TableWriter> writer_;
  std::optional<Tombstones> deletions_;  // none: records without value are left out
  Routes routes_;
  std::vector<Route*> routes_of_batch_;
  std::optional<Flattener> flattener_;
  data::RecordBatch flat_batch_;
  std::map<std::string, uint64_t, std::less<>> tombstone_topics_;
  uint64_t tombstones_ = 0;
  // Ends a look-up that waits for the database.
  std::optional<std::stop_callback<std::function<void()>>> abort_lookups_;
};

}  // namespace kc::sink
