#include "server/sql/paged_results.h"

#include <gtest/gtest.h>

#include "base/error.h"

namespace kc::server {
namespace {

using data::Value;
using namespace std::chrono_literals;

const std::vector<ResultColumn> columns = {{"n", wire::BaseType::long_, false, "long"}};
const PagedResults::Clock::time_point start{};

std::shared_ptr<const PagedResult> make(MemoryBudget& budget, int64_t rows) {
  auto result = std::make_shared<PagedResult>("SELECT n", columns, budget);
  for (int64_t i = 0; i < rows; ++i) {
    const Value row[] = {Value::int64(i)};
    result->add_row(row);
  }
  return result;
}

TEST(PagedResults, PageHoldsTheRowsOfItsRange) {
  MemoryBudget budget(1 << 20);
  const auto result = make(budget, 5);
  EXPECT_EQ(result->rows(), 5u);
  EXPECT_TRUE(
      result->page(3, 10, ResultEncoding::json).json().starts_with(R"({"column_1": [3, 4])"));
  EXPECT_EQ(result->page(9, 10, ResultEncoding::json).rows(), 0u);
}

TEST(PagedResults, MemoryIsTheServersAndGivenBack) {
  MemoryBudget budget(100'000);
  PagedResults results;
  results.keep("a", make(budget, 10), 1min, start);
  EXPECT_GT(budget.used_bytes(), 0u);
  EXPECT_THROW(make(budget, 100'000), base::Error);
  EXPECT_TRUE(results.drop("a"));
  EXPECT_FALSE(results.drop("a"));
  EXPECT_EQ(budget.used_bytes(), 0u);
}

TEST(PagedResults, ResultIsGoneWhenItsTimeIsUpSinceItWasUsed) {
  MemoryBudget budget(1 << 20);
  PagedResults results;
  results.keep("a", make(budget, 1), 10min, start);
  EXPECT_NE(results.find("a", start + 9min), nullptr);
  EXPECT_NE(results.find("a", start + 18min), nullptr);
  EXPECT_EQ(results.find("a", start + 28min), nullptr);
}

TEST(PagedResults, OfTooManyTheLongestUnusedGoes) {
  MemoryBudget budget(64 << 20);
  PagedResults results;
  for (int i = 0; i < 101; ++i) {
    results.keep("r" + std::to_string(i), make(budget, 1), 10min, start + i * 1s);
    if (i == 50) {
      EXPECT_NE(results.find("r0", start + 51s), nullptr);
    }
  }
  EXPECT_NE(results.find("r0", start + 2min), nullptr);
  EXPECT_EQ(results.find("r1", start + 2min), nullptr);
}

}  // namespace
}  // namespace kc::server
