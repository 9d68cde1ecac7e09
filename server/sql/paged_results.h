// Results that a client reads page by page, kept as they were when the statement ran (option
// paging_table of /execute/sql). Their rows count against the server's memory limit. Kept until
// the client clears them by their name, their time is up, or more than 100 others came. (Kinetica
// documentation, "Execute SQL".)
#pragma once

#include <chrono>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "server/rows/dynamic_result.h"
#include "server/tables/memory_budget.h"
#include "server/tables/row_chunks.h"

namespace kc::server {

// Rows are added by one thread; after that it is immutable.
class PagedResult {
 public:
  PagedResult(std::string statement, std::vector<ResultColumn> columns, MemoryBudget& budget);

  void add_row(std::span<const data::Value> values);

  const std::string& statement() const { return statement_; }
  size_t rows() const { return rows_.size(); }
  DynamicResult page(size_t offset, size_t limit, ResultEncoding encoding) const;

 private:
  const std::string statement_;
  const std::vector<ResultColumn> columns_;
  const wire::TableType type_;
  RowChunks chunks_;
  std::vector<std::string_view> rows_;
  std::string encoded_;  // the row that is being added
};

// Thread-safe.
class PagedResults {
 public:
  using Clock = std::chrono::steady_clock;
  static constexpr std::chrono::minutes time_to_live_default{20};

  // Replaces one of that name.
  void keep(const std::string& name, std::shared_ptr<const PagedResult> result,
            std::chrono::minutes time_to_live, Clock::time_point now);
  // nullptr when there is none, or its time is up; its time begins again otherwise. Shared with the
  // request that reads it while it is dropped.
  std::shared_ptr<const PagedResult> find(const std::string& name, Clock::time_point now);
  // For a client that gave none.
  std::string new_name();
  // False when there is none.
  bool drop(const std::string& name);

 private:
  struct Kept {
    std::shared_ptr<const PagedResult> result;
    std::chrono::minutes time_to_live;
    Clock::time_point used;
  };
  void drop_old(Clock::time_point now);

  std::mutex mutex_;
  std::map<std::string, Kept> kept_;
  uint64_t next_name_ = 1;
};

}  // namespace kc::server
