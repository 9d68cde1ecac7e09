// com.kinetica.kafka.KineticaSourceTask: the rows inserted into some tables, as records.
//
//   key      INT64, a running number of the table, continued from the stored source offset
//   value    struct named after the table, one field a column (row_reader.h)
//   topic    kinetica.topic_prefix + table
//   source partition and offset   source_offset.h
//
// Kinetica's table monitors do not replay: rows inserted while the task does not run, or while its
// connection is down, do not come from them (table_feed.h). Of tables with an incrementing column
// they are read from the table (table_catch_up.h); the rows of a reading come in the order of that
// column, before those that the monitor delivers afterwards.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/backoff.h"
#include "connect/source_task.h"
#include "kinetica/client.h"
#include "metrics/instruments.h"
#include "source/feed_metrics.h"
#include "source/row_reader.h"
#include "source/source_config.h"
#include "source/table_catch_up.h"
#include "source/table_feed.h"

namespace kc::source {

class KineticaSourceTask : public connect::SourceTask {
 public:
  static constexpr size_t batch_records_max = 2000;

  explicit KineticaSourceTask(SourceConfig config, FeedOptions feed_options = {},
                              CatchUpOptions catch_up_options = {});
  ~KineticaSourceTask() override;

  // Error(retry) also while a table does not exist: it is waited for. Error(fix_config) for a
  // collection in place of a table, for an incrementing column that is none, and for a database
  // without a monitor port. Once `stop` is requested nothing more is read from tables.
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
    std::optional<RowReader> reader;         // of the monitor's rows
    size_t column_index = 0;                 // in them, of the incrementing column if there is one
    std::optional<TableCatchUp> catch_up{};  // nothing: the monitor's rows are all there are
    const data::Schema* retained = nullptr;  // by the batch in work

    bool is_reading() const { return catch_up && catch_up->is_reading(); }
    void adopt(RowReader new_reader);
  };

  void add_stream(const TableConfig& table, const connect::OffsetReader& offsets);
  bool is_reading() const;
  bool takes_live_rows() const;

  // Rows of the monitors.
  bool next_chunk(std::chrono::milliseconds wait, const std::stop_token& stop);
  void note_interruptions(uint64_t interruptions);
  void adopt_types();
  bool take_chunk(data::RecordBatch& batch, const std::stop_token& stop);
  bool take_rows(data::RecordBatch& batch);
  bool take_row(Stream& stream, std::string_view row, data::RecordBatch& batch);
  void reread_type(Stream& stream, std::string_view row, const std::stop_token& stop);

  // Rows read from tables.
  bool read_page(std::chrono::milliseconds wait, const std::stop_token& stop);
  void take_page(data::RecordBatch& batch);

  void append(Stream& stream, const RowReader& reader, data::Value* values, bool more_of_page,
              data::RecordBatch& batch);

  const SourceConfig config_;
  const FeedOptions feed_options_;
  const CatchUpOptions catch_up_options_;
  const data::SchemaPtr key_schema_;
  std::vector<std::unique_ptr<Stream>> streams_;
  std::optional<kinetica::Client> client_;
  std::unique_ptr<TableFeed> feed_;
  metrics::Counter rows_read_;
  std::optional<FeedMetrics> feed_metrics_;

  std::optional<RowChunk> chunk_;
  size_t next_row_ = 0;         // in chunk_
  uint64_t generation_ = 0;     // of the readers
  uint64_t interruptions_ = 0;  // of the feed, as far as they are seen to

  std::stop_token stop_;  // of the run
  RowChunk page_;
  size_t next_page_row_ = 0;
  size_t page_stream_ = 0;  // whose page it is
  size_t chunks_since_page_ = 0;
  base::Backoff read_retries_;
  std::chrono::steady_clock::time_point next_read_;
  std::optional<std::string> read_trouble_;
};

}  // namespace kc::source
