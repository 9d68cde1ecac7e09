// Reads from a table what its monitor did not deliver, page by page, with /get/records.
//
// With an incrementing column (kinetica.incrementing_column) it knows the greatest value that was
// sent, and reads the rows from that value on, sorted by it: at the start, and whenever rows may
// have been missed. Without one it can only read the whole table, once (kinetica.from_beginning).
//
// The monitor is made before the reading begins, and delivers all the time once the database has
// the subscription, which nobody tells. So that nothing falls between, the latest two pages and
// what came since are looked at a second time a little later, and what was not sent is sent then. A
// row of the monitor's is passed over only where a page still to come will have it, of the reading
// or of the second look: while the table is read, when its value is one that the next page begins
// at or lies beyond; until the second look, when its value is one of the latest two pages'.
//
// Monitor rows need not be kept while the table is read, so however long that takes, no queue runs
// over. At least once: a row may be sent twice
//
//   when the task begins again: those of the greatest value stored (one at the least, none where
//   the column is the primary key), and those sent after the offset was last stored
//   when its monitor delivers it after the second look, or two pages late
//
// but not at a reading within a run, as the rows that it may find again are remembered (SentRows).
// One thread.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/arena.h"
#include "data/value.h"
#include "kinetica/client.h"
#include "source/incrementing_column.h"
#include "source/remembered_rows.h"
#include "source/row_reader.h"
#include "source/sent_rows.h"
#include "source/source_config.h"
#include "source/table_feed.h"

namespace kc::source {

struct CatchUpOptions {
  // A page has at most so many rows; fewer where these have more bytes than this.
  int64_t page_rows_max = 10'000;
  size_t page_bytes_aim = 4 * 1024 * 1024;
  // By then the subscription to the monitor is effective for certain.
  std::chrono::milliseconds second_look_after{500};
};

class TableCatchUp {
 public:
  // `type` with its properties. Throws Error(fix_config) for an incrementing column that is none.
  TableCatchUp(const TableConfig& table, const wire::TableType& type, CatchUpOptions options = {});

  const std::optional<IncrementingColumn>& column() const { return column_; }

  // Before the first row, one of these or none.
  // All rows are to be read.
  void begin_at_beginning();
  // The rows from this value on, the greatest one that was sent; see IncrementingColumn::parse.
  void begin_at(uint64_t place);
  // Nothing for now: the rows that are there count as sent. Throws Error(retry).
  void begin_at_end(kinetica::Client& client);

  // What was inserted since the last row that was sent may have been missed. Without a column
  // there is nothing to be done.
  void rows_missed();

  // To be called often: begins the second look when it is due.
  void pass_time(std::chrono::steady_clock::time_point now);

  bool is_reading() const { return state_ == State::beginning || state_ == State::reading; }
  // The next page; it may be empty. Throws Error(retry) while the database cannot give it, and
  // nothing has changed then; Error(fail_task) for rows that cannot be read.
  void read(kinetica::Client& client, RowChunk& page);
  // For the rows of the latest page, and where the column is in them.
  const RowReader& reader() const { return *reader_; }
  size_t column_index() const { return column_index_; }
  // A reading found the greatest value less than the one that was sent, so that it could not tell
  // what was missed.
  bool was_rewound() const { return rewound_; }

  // Of a row that the monitor delivered: whether it is to be passed over. `value`: of the column,
  // not looked at without one.
  bool covers(const data::Value& value) const;
  // A row becomes a record; in the order in which they do.
  void sent(const data::Value& value, std::string_view row);
  // What source offsets have beside the record's number after that row: keys and values in turn,
  // written to `entries`; how many. `more`: rows of the page are left.
  static constexpr size_t offset_values_max = 2;
  size_t offset_entries(bool more, data::Value* entries, base::Arena& arena) const;

 private:
  // settling: a reading has ended, and a second look is due.
  enum class State { idle, beginning, reading, settling };

  void begin(bool second_look);
  void begin_reading(kinetica::Client& client);
  void begin_lower(std::optional<uint64_t> greatest);
  void finish();
  kinetica::Rows ask(kinetica::Client& client, int64_t offset, int64_t limit,
                     const wire::Options& options);
  std::optional<uint64_t> read_greatest(kinetica::Client& client, int64_t limit,
                                        kinetica::Rows& rows);
  wire::Options page_options() const;
  size_t advance(const kinetica::Rows& rows);
  void fill(const kinetica::Rows& rows, size_t count, RowChunk& page);
  void fit_page(size_t rows, size_t bytes);

  const TableConfig table_;
  const CatchUpOptions options_;
  std::optional<IncrementingColumn> column_;

  std::optional<SentRows> sent_;  // with a column

  State state_ = State::idle;
  bool second_look_ = false;
  bool first_ = true;  // no reading has ended yet
  bool rewound_ = false;
  uint64_t next_ = 0;  // the rows from this place on are still to be read ...
  uint64_t end_ = IncrementingColumn::last_place;  // ... to this place
  std::optional<uint64_t> read_to_;                // where the latest reading ended
  // Of more rows than a page has, all with this value: they are read by their number.
  std::optional<uint64_t> group_;
  int64_t offset_ = 0;  // in the group, or in the table without a column
  int64_t page_rows_ = 0;
  uint64_t rows_read_ = 0;
  RememberedRows sent_before_{SentRows::bytes_max};  // as of the beginning of this reading

  std::string type_definition_;
  std::optional<RowReader> reader_;
  size_t column_index_ = 0;
  std::vector<data::Value> values_;
  std::vector<uint64_t> places_;  // of the rows of the latest answer

  std::chrono::steady_clock::time_point finished_at_;
};

}  // namespace kc::source
