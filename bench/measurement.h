// What one run of a connector cost, taken by watching where the records arrive.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

#include <sys/types.h>

namespace kc::bench {

struct Measurement {
  int64_t records = 0;
  // From the first record that arrived to the last one.
  std::chrono::nanoseconds elapsed{0};
  // Of the worker or the server; see the functions for what it spans.
  std::chrono::nanoseconds cpu{0};
  uint64_t peak_resident_bytes = 0;
};

struct MeasurementOptions {
  std::string url;      // of the database
  std::string table;    // the sink's destination, or what the source reads
  std::string brokers;  // source only
  std::string topic;    // source only: where its rows go
  int32_t partitions = 4;
  int64_t records = 0;
  uint64_t seed = 1;
  pid_t worker = 0;  // or server: the process that is measured
  // Source only: rows that may be inserted and not yet published.
  int64_t in_flight_max = 100'000;
};

// Waits until the sink has stored all records of a topic that was written before, and checks the
// count and a sample of the rows, column by column. `cpu` is all that the worker has used since it
// was executed, its start included. Throws Error(fail_task) when rows are missing, too many or
// wrong, or when none came for a minute.
Measurement measure_sink(const MeasurementOptions& options);

// Creates the table.
void create_table(const MeasurementOptions& options);
// Gives its memory back.
void drop_table(const MeasurementOptions& options);

// Of a source that listens to the table already, with an empty topic: inserts a row to warm up,
// then the records as fast as the source keeps up, and waits until all are in the topic. `cpu`
// is what the worker used from the first of them on. Throws Error(fail_task) as above.
Measurement measure_source(const MeasurementOptions& options);

// Creates the table and inserts the records into it in bodies of 10,000 rows, over one connection.
// With `upsert` the table has a primary key, every body asks for update_on_existing_pk, and the
// second half of the records replaces the first, in an order far from theirs. `cpu` is what the
// server used meanwhile. Checks the count and a sample of the rows. Throws Error as above.
Measurement measure_server(const MeasurementOptions& options, bool upsert);

}  // namespace kc::bench
