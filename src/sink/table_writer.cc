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
  if (table.batch_ == nullptr || table.batch_->insert.body.empty()) return;
  thread_.submit(std::move(table.batch_));
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
    if (std::exchange(batch->rewritten, false))
      tables_.find(batch->table())->second.altered_ = true;
    batch->refused.clear();
    batch->insert.clear();
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
  throw base::Error(failure.reaction, "Insert of {} rows into table {} failed ({}): {}",
                    batch.insert.body.rows(), batch.table(), offsets_.describe(batch.offsets),
                    failure.message);
}

void TableWriter::send_due() {
  const auto now = clock_.now();
  for (auto& [name, table] : tables_) {
    const RowBatch* batch = table.batch_.get();
    if (batch == nullptr || batch->insert.body.empty() || now - batch->started < options_.linger)
      continue;
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
    if (batch == nullptr || batch->insert.body.empty()) continue;
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
