// com.kinetica.kafka.KineticaSourceTask: the rows inserted into some tables, as records.
//
//   key      INT64, a running number of the table, continued from the stored source offset
//   value    struct named after the table, one field a column (row_reader.h)
//   topic    kinetica.topic_prefix + table
//   source partition {"table": T}, source offset {"record": number}
//
// Kinetica's table monitors do not replay: rows inserted while the task does not run, or while its
// connection is down, do not come (table_feed.h).
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "connect/source_task.h"
#include "kinetica/client.h"
#include "source/feed_metrics.h"
#include "source/row_reader.h"
#include "source/source_config.h"
#include "source/table_feed.h"

namespace kc::source {

class KineticaSourceTask : public connect::SourceTask {
 public:
  static constexpr size_t batch_records_max = 2000;

  explicit KineticaSourceTask(SourceConfig config, FeedOptions feed_options = {});
  ~KineticaSourceTask() override;

  // Error(retry) also while a table does not exist: it is waited for. Error(fix_config) for a
  // collection in place of a table, and for a database without a monitor port.
  void start(connect::SourceTaskContext& context, const std::stop_token& stop) override;
  // Error(fail_task) for a row that does not decode with the table's current type either.
  void poll(data::RecordBatch& batch, std::chrono::milliseconds wait,
            const std::stop_token& stop) override;
  std::optional<std::string> trouble() const override;
  void stop() noexcept override;

  // Since when rows may be missing in Kafka; nothing while none can be.
  std::optional<std::chrono::system_clock::time_point> gap_possible_since() const {
    return feed_ ? feed_->gap_possible_since() : std::nullopt;
  }

 private:
  // One table's way into records. Does not move: records point to its maps.
  struct Stream {
    explicit Stream(TableConfig table);

    const TableConfig config;
    const data::Value partition_entry[2];
    const data::Value partition;
    int64_t next_number = 0;
    std::optional<RowReader> reader;
    bool retained = false;  // by the batch in work
  };

  bool next_chunk(std::chrono::milliseconds wait, const std::stop_token& stop);
  void adopt_types();
  bool take_rows(data::RecordBatch& batch);
  bool take_row(Stream& stream, std::string_view row, data::RecordBatch& batch);
  void reread_type(Stream& stream, std::string_view row, const std::stop_token& stop);

  const SourceConfig config_;
  const FeedOptions feed_options_;
  const data::SchemaPtr key_schema_;
  std::vector<std::unique_ptr<Stream>> streams_;
  std::optional<kinetica::Client> client_;
  std::unique_ptr<TableFeed> feed_;
  std::optional<FeedMetrics> feed_metrics_;

  std::optional<RowChunk> chunk_;
  size_t next_row_ = 0;      // in chunk_
  uint64_t generation_ = 0;  // of the readers
};

}  // namespace kc::source
