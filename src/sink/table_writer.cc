#include "sink/table_writer.h"

#include <algorithm>
#include <utility>

#include "base/error.h"

namespace kc::sink {

using std::chrono::milliseconds;

TableWriter::Table& TableWriter::table(const kinetica::Table& table) {
  const auto found = tables_.find(table.name);
  if (found != tables_.end()) return found->second;
  return tables_.try_emplace(table.name, insert_target(table)).first->second;
}

TableWriter::Table* TableWriter::altered_table() {
  const auto found =
      std::ranges::find_if(tables_, [](const auto& table) { return table.second.altered_; });
  return found == tables_.end() ? nullptr : &found->second;
}

void TableWriter::retarget(Table& table, const kinetica::Table& to) {
  send(table);
  table.target_ = insert_target(to);
  if (table.batch_ != nullptr) table.batch_->insert.target = table.target_;
  table.key_ = nullptr;
  table.altered_ = false;
}

void TableWriter::begin(Table& table) {
  if (spare_.empty()) {
    table.batch_ = std::make_unique<RowBatch>();
  } else {
    table.batch_ = std::move(spare_.back());
    spare_.pop_back();
  }
  table.batch_->insert.target = table.target_;
  table.batch_->started = clock_.now();
}

void TableWriter::send(Table& table) {
  if (table.batch_ == nullptr || table.batch_->empty()) return;
  thread_.submit(std::move(table.batch_));
  table.row_keys_.clear();
  table.row_bytes_seen_ = 0;
}

std::shared_ptr<const PrimaryKey> TableWriter::primary_key(Table& table) {
  if (table.key_ == nullptr && table.target_->type.has_primary_key()) {
    table.key_ = std::make_shared<const PrimaryKey>(table.target_->type);
  }
  return table.key_;
}

void TableWriter::delete_row(Table& table, std::string_view key, const data::Record& record) {
  if (table.batch_ != nullptr && holds_row(table, key)) send(table);
  if (table.batch_ == nullptr) begin(table);
  RowBatch& batch = *table.batch_;
  Deletions& deletions = batch.deletions;
  deletions.key = primary_key(table);
  char* const out = deletions.keys.begin_row(key.size());
  deletions.keys.end_row(std::ranges::copy(key, out).out);
  offsets_.add(deletions.offsets, record);
  if (record.timestamp >= 0) batch.timestamps.add(milliseconds(record.timestamp));
  if (deletions.keys.rows() >= options_.batch_rows ||
      deletions.keys.bytes() >= options_.batch_bytes) {
    send(table);
  }
}

// Whether the batch may insert a row with that key. Rows are looked at once each, and only when
// there is something to delete.
bool TableWriter::holds_row(Table& table, std::string_view key) {
  const PrimaryKey& primary_key_of_table = *primary_key(table);
  const wire::InsertBody& body = table.batch_->insert.body;
  wire::AvroReader rows(body.row_bytes().substr(table.row_bytes_seen_));
  while (!rows.at_end()) {
    table.row_keys_.insert(primary_key_of_table.hash_of_row(rows.read_bytes(), key_memory_));
  }
  table.row_bytes_seen_ = body.bytes();
  return table.row_keys_.contains(primary_key_of_table.hash_of_key(key, key_memory_));
}

void TableWriter::collect() {
  thread_.take_acknowledged(acknowledged_);
  while (!acknowledged_.empty()) {
    auto batch = std::move(acknowledged_.back());
    acknowledged_.pop_back();
    // Where this throws, the batch's offsets stay unreleased for good.
    for (const auto& [row, reason] : batch->refused) {
      options_.refused(offsets_.origin(batch->offsets, row), batch->table(), reason);
    }
    offsets_.release(batch->offsets);
    offsets_.release(batch->deletions.offsets);
    if (std::exchange(batch->rewritten, false))
      tables_.find(batch->table())->second.altered_ = true;
    batch->refused.clear();
    batch->insert.clear();
    batch->deletions.clear();
    batch->timestamps.clear();
    if (spare_.size() < spare_batches_max) spare_.push_back(std::move(batch));
  }
}

void TableWriter::settle() {
  collect();
  if (const auto* failure = thread_.failure()) throw_failure(*failure);
}

void TableWriter::throw_failure(const InsertThread::Failure& failure) {
  failure_thrown_ = true;
  const RowBatch& batch = *failure.batch;
  if (!batch.deletions.done()) {
    throw base::Error(failure.reaction, "Delete of {} rows from table {} failed ({}): {}",
                      batch.deletions.keys.rows(), batch.table(),
                      offsets_.describe(batch.deletions.offsets), failure.message);
  }
  throw base::Error(failure.reaction, "Insert of {} rows into table {} failed ({}): {}",
                    batch.insert.body.rows(), batch.table(), offsets_.describe(batch.offsets),
                    failure.message);
}

void TableWriter::send_due() {
  const auto now = clock_.now();
  for (auto& [name, table] : tables_) {
    const RowBatch* batch = table.batch_.get();
    if (batch == nullptr || batch->empty() || now - batch->started < options_.linger) continue;
    if (thread_.outstanding() >= outstanding_max) return;
    send(table);
  }
}

std::optional<milliseconds> TableWriter::next_call() const {
  const size_t outstanding = thread_.outstanding();
  std::optional<milliseconds> next;
  const auto within = [&next](milliseconds wait) { next = std::min(next.value_or(wait), wait); };
  if (outstanding > 0) within(failure_check);
  for (const auto& [name, table] : tables_) {
    const RowBatch* batch = table.batch_.get();
    if (batch == nullptr || batch->empty()) continue;
    const auto due =
        std::chrono::ceil<milliseconds>(batch->started + options_.linger - clock_.now());
    const bool room = outstanding < outstanding_max;
    within(std::max(due, room ? milliseconds(0) : room_check));
  }
  return next;
}

bool TableWriter::flush(milliseconds wait) {
  for (auto& [name, table] : tables_) send(table);
  thread_.wait_for_fewer_than(1, wait);
  collect();
  const auto* failure = thread_.failure();
  if (failure != nullptr && !failure_thrown_) throw_failure(*failure);
  return thread_.outstanding() == 0;
}

}  // namespace kc::sink
