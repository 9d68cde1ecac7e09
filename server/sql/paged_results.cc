#include "server/sql/paged_results.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "wire/row_codec.h"

namespace kc::server {

namespace {

constexpr size_t kept_max = 100;

// Headers may repeat; the columns of a type may not.
wire::TableType row_type(const std::vector<ResultColumn>& columns) {
  std::vector<wire::Column> result;
  for (const ResultColumn& column : columns) {
    auto& added = result.emplace_back(
        wire::Column{"column_" + std::to_string(result.size() + 1), column.type, {}});
    if (column.nullable) added.properties.emplace_back("nullable");
  }
  return wire::TableType(std::move(result));
}

}  // namespace

PagedResult::PagedResult(std::string statement, std::vector<ResultColumn> columns,
                         MemoryBudget& budget)
    : statement_(std::move(statement)),
      columns_(std::move(columns)),
      type_(row_type(columns_)),
      chunks_(budget) {}

void PagedResult::add_row(std::span<const data::Value> values) {
  encoded_.clear();
  wire::encode_row(type_, values, encoded_);
  chunks_.reserve(encoded_.size());
  char* const data = chunks_.allocate(encoded_.size());
  std::memcpy(data, encoded_.data(), encoded_.size());
  rows_.emplace_back(data, encoded_.size());
}

DynamicResult PagedResult::page(size_t offset, size_t limit, ResultEncoding encoding) const {
  DynamicResult result(columns_, encoding);
  std::vector<data::Value> values;
  const size_t begin = std::min(offset, rows_.size());
  const size_t end = begin + std::min(limit, rows_.size() - begin);
  for (size_t i = begin; i < end; ++i) {
    wire::decode_row(type_, rows_[i], values);
    result.add_row(values);
  }
  return result;
}

void PagedResults::keep(const std::string& name, std::shared_ptr<const PagedResult> result,
                        std::chrono::minutes time_to_live, Clock::time_point now) {
  const std::lock_guard lock(mutex_);
  drop_old(now);
  if (kept_.size() >= kept_max && !kept_.contains(name)) {
    kept_.erase(
        std::ranges::min_element(kept_, {}, [](const auto& kept) { return kept.second.used; }));
  }
  kept_[name] = {std::move(result), time_to_live, now};
}

std::shared_ptr<const PagedResult> PagedResults::find(const std::string& name,
                                                      Clock::time_point now) {
  const std::lock_guard lock(mutex_);
  drop_old(now);
  const auto found = kept_.find(name);
  if (found == kept_.end()) return nullptr;
  found->second.used = now;
  return found->second.result;
}

std::string PagedResults::new_name() {
  const std::lock_guard lock(mutex_);
  return "sys_temp.paging_table_" + std::to_string(next_name_++);
}

bool PagedResults::drop(const std::string& name) {
  const std::lock_guard lock(mutex_);
  return kept_.erase(name) > 0;
}

void PagedResults::drop_old(Clock::time_point now) {
  std::erase_if(
      kept_, [&](const auto& kept) { return now - kept.second.used >= kept.second.time_to_live; });
}

}  // namespace kc::server
