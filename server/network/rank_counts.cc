#include "server/network/rank_counts.h"

#include <fmt/core.h>

#include "wire/murmur3.h"

namespace kc::server {

std::string RankCounts::Count::digest() const {
  return fmt::format("{:016x}{:016x}", first, second);
}

void RankCounts::add(size_t rank, const std::string& table, std::span<const std::string_view> rows,
                     const InsertResult& result, const InsertOptions& options) {
  const bool all_refused = !result.errors.empty() && !options.allow_partial_batch;
  if (all_refused || options.dry_run) return;
  Count added;
  auto refused = result.errors.begin();  // in the order of the rows
  for (size_t i = 0; i < rows.size(); ++i) {
    if (refused != result.errors.end() && refused->row == i) {
      ++refused;
      continue;
    }
    const auto hash = wire::murmur3_x64_128(rows[i]);
    ++added.rows;
    added.first += static_cast<uint64_t>(hash.first);
    added.second += static_cast<uint64_t>(hash.second);
  }
  counts_.with([&](auto& counts) {
    Count& count = counts[{rank, table}];
    count.rows += added.rows;
    count.first += added.first;
    count.second += added.second;
  });
}

void RankCounts::clear() {
  counts_.with([](auto& counts) { counts.clear(); });
}

}  // namespace kc::server
