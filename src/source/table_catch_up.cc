#include "source/table_catch_up.h"

#include <fmt/core.h>

#include <algorithm>
#include <utility>

#include "base/error.h"
#include "base/log.h"

namespace kc::source {

using base::Error;
using base::Reaction;
using data::Value;
using std::chrono::steady_clock;

namespace {

constexpr int64_t first_page_rows = 100;  // until it is known how large they are
constexpr int64_t page_rows_min = 10;
// How many rows with the greatest value are looked for where a run begins at the table's end.
constexpr int64_t border_rows = 1000;

}  // namespace

TableCatchUp::TableCatchUp(const TableConfig& table, const wire::TableType& type,
                           CatchUpOptions options)
    : table_(table),
      options_(options),
      page_rows_(std::min(first_page_rows, options.page_rows_max)) {
  if (!table.incrementing_column.empty()) {
    column_.emplace(table.name, type, table.incrementing_column);
    sent_.emplace(column_->is_unique());
  }
}

void TableCatchUp::begin_at_beginning() { begin(/*second_look=*/false); }

void TableCatchUp::begin_at(uint64_t place) {
  sent_->begin_at(place);
  begin(/*second_look=*/false);
}

void TableCatchUp::begin_at_end(kinetica::Client& client) {
  kinetica::Rows rows;
  const auto greatest = read_greatest(client, border_rows, rows);
  sent_->begin_at(greatest);
  sent_->hold();
  for (size_t i = 0; i < places_.size(); ++i) sent_->add(places_[i], rows.records[i]);
  state_ = State::settling;
  read_to_ = greatest;
  finished_at_ = steady_clock::now();
}

void TableCatchUp::rows_missed() {
  if (column_) begin(/*second_look=*/false);
}

void TableCatchUp::pass_time(steady_clock::time_point now) {
  if (state_ == State::settling && now >= finished_at_ + options_.second_look_after) {
    begin(/*second_look=*/true);
  }
}

void TableCatchUp::begin(bool second_look) {
  state_ = State::beginning;
  second_look_ = second_look;
  next_ = column_ ? sent_->first_unsent() : 0;
  end_ = IncrementingColumn::last_place;
  group_.reset();
  if (!second_look) {
    next_ -= std::min(next_, table_.incrementing_overlap);
  } else if (sent_->greatest() > read_to_) {
    end_ = *sent_->greatest();  // the monitor delivers: what is beyond comes from it
  }
}

void TableCatchUp::begin_reading(kinetica::Client& client) {
  if (column_) {
    if (const auto sent = sent_->greatest()) {
      kinetica::Rows rows;
      const auto greatest = read_greatest(client, 1, rows);
      if (!greatest || *greatest < *sent) begin_lower(greatest);
    }
    sent_->copy_remembered(sent_before_);
    sent_->hold();
  }
  offset_ = 0;
  rows_read_ = 0;
  state_ = State::reading;
}

// The rows up to the one with the greatest value sent are gone: deleted, or with a table that was
// made again, or not yet in this cluster of a ring. Which of those that are there were sent cannot
// be told.
void TableCatchUp::begin_lower(std::optional<uint64_t> greatest) {
  if (greatest) {
    rewound_ = true;
    base::log_warn(
        "The greatest value of column {} in table {} is {}, less than {}, up to which its rows "
        "were sent. It goes on from there; if the table was made again, rows below may be missing "
        "in Kafka. Hint: reset the connector's offsets to send all of it",
        column_->name(), table_.name, column_->text(*greatest), column_->text(*sent_->greatest()));
  }
  sent_->begin_at(greatest);
  next_ = greatest.value_or(0);
}

void TableCatchUp::read(kinetica::Client& client, RowChunk& page) {
  page.clear();
  if (state_ == State::beginning) begin_reading(client);
  const kinetica::Rows rows = ask(client, offset_, page_rows_, page_options());
  page.came_at = steady_clock::now();
  fill(rows, advance(rows), page);
  fit_page(page.rows.size(), page.bytes.size());
  if (is_reading()) return;
  finished_at_ = page.came_at;
  sent_before_.clear();
}

// The rows of one answer, with their places. The position is as before after an Error.
kinetica::Rows TableCatchUp::ask(kinetica::Client& client, int64_t offset, int64_t limit,
                                 const wire::Options& options) {
  kinetica::Rows rows;
  try {
    rows = client.get_records(table_.name, offset, limit, options);
  } catch (const Error& error) {
    if (error.reaction() != Reaction::fail_task) throw;
    // A restarting database may for a while refuse what it will do later (its tables are not
    // loaded yet), and a table that was dropped may be made again. A column that is gone is gone.
    const auto found = client.find_table(table_.name);
    if (found && column_) column_->index_in(found->type);
    throw Error(Reaction::retry, error.what());
  }
  if (!reader_ || rows.type_definition != type_definition_) {
    auto type = wire::TableType::parse(rows.type_definition, {});
    if (column_) column_index_ = column_->index_in(type);
    values_.resize(type.columns().size());
    reader_.emplace(std::move(type), table_.name, table_.schema_version);
    type_definition_ = rows.type_definition;
  }
  places_.clear();
  for (const std::string& row : rows.records) {
    try {
      reader_->read(row, values_.data());
    } catch (const Error& error) {
      throw Error(Reaction::fail_task, "A row of table {} does not fit the type it came with: {}",
                  table_.name, error.what());
    }
    if (column_) places_.push_back(column_->place(values_[column_index_]));
  }
  return rows;
}

std::optional<uint64_t> TableCatchUp::read_greatest(kinetica::Client& client, int64_t limit,
                                                    kinetica::Rows& rows) {
  rows = ask(client, 0, limit, {{"sort_by", column_->name()}, {"sort_order", "descending"}});
  return places_.empty() ? std::nullopt : std::optional(places_.front());
}

wire::Options TableCatchUp::page_options() const {
  if (!column_) return {};
  wire::Options options{{"sort_by", column_->name()}, {"sort_order", "ascending"}};
  if (group_) {
    options["expression"] = fmt::format("({} = {})", column_->name(), column_->text(*group_));
    return options;
  }
  std::string& expression = options["expression"];
  if (next_ > 0) expression = fmt::format("({} >= {})", column_->name(), column_->text(next_));
  if (end_ < IncrementingColumn::last_place) {
    if (!expression.empty()) expression.append(" and ");
    expression.append(fmt::format("({} <= {})", column_->name(), column_->text(end_)));
  }
  return options;
}

// Where the next page begins; how many of these rows count. Of the last value of a page that is not
// the last one, rows may be missing in it: they are all left to the next page.
size_t TableCatchUp::advance(const kinetica::Rows& rows) {
  const size_t count = rows.records.size();
  const bool more = rows.has_more && count > 0;
  if (!std::ranges::is_sorted(places_)) {
    throw Error(Reaction::fail_task,
                "Kinetica did not sort the rows of table {} by column {}: it cannot be told which "
                "were read",
                table_.name, column_->name());
  }
  if (!column_ || group_) {
    offset_ += static_cast<int64_t>(count);
    if (more) return count;
    if (!group_ || *group_ == end_) {
      finish();
    } else {
      next_ = *group_ + 1;
      group_.reset();
      offset_ = 0;
    }
    return count;
  }
  if (!more) {
    finish();
    return count;
  }
  next_ = places_.back();
  if (places_.front() != places_.back()) {
    return static_cast<size_t>(std::ranges::lower_bound(places_, next_) - places_.begin());
  }
  group_ = next_;
  return 0;
}

// With the answer that is looked at.
void TableCatchUp::finish() {
  group_.reset();
  state_ = State::idle;
  if (!column_) return;
  if (second_look_) {
    sent_->release();
  } else {
    state_ = State::settling;
    read_to_ = sent_->greatest();
    if (!places_.empty()) read_to_ = std::max(read_to_, std::optional(places_.back()));
  }
}

void TableCatchUp::fill(const kinetica::Rows& rows, size_t count, RowChunk& page) {
  if (column_ && count > 0 && !second_look_) sent_->begin_page(places_.front());
  for (size_t i = 0; i < count; ++i) {
    const std::string& row = rows.records[i];
    if (sent_before_.take(row)) continue;
    page.bytes.append(row);
    page.rows.push_back({0, static_cast<uint32_t>(page.bytes.size())});
  }
  rows_read_ += page.rows.size();
  if (is_reading()) return;
  const auto text = fmt::format("{} rows of table {} were read", rows_read_, table_.name);
  if (std::exchange(first_, false)) {
    base::log_info("{}; what is inserted from now on follows", text);
  } else {
    base::log_debug("{}, which may have been missed", text);
  }
}

void TableCatchUp::fit_page(size_t rows, size_t bytes) {
  if (rows == 0) return;
  const size_t row_bytes = std::max<size_t>(bytes / rows, 1);
  page_rows_ = std::clamp(static_cast<int64_t>(options_.page_bytes_aim / row_bytes),
                          std::min(page_rows_min, options_.page_rows_max), options_.page_rows_max);
}

bool TableCatchUp::covers(const Value& value) const {
  if (!column_ || state_ == State::idle) return false;
  const uint64_t place = column_->place(value);
  if (state_ == State::settling) return place >= sent_->first_unsent() && place <= read_to_;
  return (group_ ? place > *group_ : place >= next_) && place <= end_;
}

void TableCatchUp::sent(const Value& value, std::string_view row) {
  if (column_) sent_->add(column_->place(value), row);
}

size_t TableCatchUp::offset_entries(bool more, Value* entries, base::Arena& arena) const {
  if (column_) {
    if (!sent_->greatest()) return 0;
    entries[0] = Value::string("incrementing");
    entries[1] = column_->value(*sent_->greatest(), arena);
    return 2;
  }
  if (!is_reading() && !more) return 0;
  entries[0] = Value::string("snapshot");
  entries[1] = Value::boolean(true);
  return 2;
}

}  // namespace kc::source
