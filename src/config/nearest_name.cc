#include "config/nearest_name.h"

#include <algorithm>
#include <array>
#include <limits>

namespace kc::config {
namespace {

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }

// Insertions, deletions, replacements and swaps of neighbours (optimal string alignment).
size_t edit_distance(std::string_view a, std::string_view b) {
  std::array<std::vector<size_t>, 3> rows;
  for (auto& row : rows) row.resize(b.size() + 1);
  for (size_t j = 0; j <= b.size(); ++j) rows[0][j] = j;
  for (size_t i = 1; i <= a.size(); ++i) {
    auto& row = rows[i % 3];
    const auto& above = rows[(i + 2) % 3];
    row[0] = i;
    for (size_t j = 1; j <= b.size(); ++j) {
      const size_t change = lower(a[i - 1]) == lower(b[j - 1]) ? 0 : 1;
      row[j] = std::min({above[j] + 1, row[j - 1] + 1, above[j - 1] + change});
      if (i > 1 && j > 1 && lower(a[i - 1]) == lower(b[j - 2]) &&
          lower(a[i - 2]) == lower(b[j - 1])) {
        row[j] = std::min(row[j], rows[(i + 1) % 3][j - 2] + 1);
      }
    }
  }
  return rows[a.size() % 3][b.size()];
}

// The length of the dotted words that both begin with, dots included.
size_t common_words(std::string_view a, std::string_view b) {
  size_t words = 0;
  for (size_t i = 0; i < a.size() && i < b.size() && a[i] == b[i]; ++i) {
    if (a[i] == '.') words = i + 1;
  }
  return words;
}

}  // namespace

std::optional<std::string> nearest_name(std::string_view name,
                                        const std::vector<std::string_view>& candidates) {
  // A longer name could not be a slip, and the distance costs its square.
  constexpr size_t name_bytes_max = 200;
  if (name.size() > name_bytes_max) return std::nullopt;
  std::string_view nearest;
  size_t least = std::numeric_limits<size_t>::max();
  for (const auto candidate : candidates) {
    const size_t words = common_words(name, candidate);
    const auto mine = name.substr(words);
    const auto theirs = candidate.substr(words);
    const size_t distance = edit_distance(mine, theirs);
    const size_t near = std::min<size_t>(4, std::min(mine.size(), theirs.size()) / 4 + 1);
    if (distance > near || distance >= least || distance >= mine.size()) continue;
    least = distance;
    nearest = candidate;
  }
  if (nearest.empty()) return std::nullopt;
  return std::string(nearest);
}

}  // namespace kc::config
