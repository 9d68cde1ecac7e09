#include "server/rows/record_id.h"

#include <fmt/core.h>

#include <algorithm>
#include <memory>

#include "base/error.h"
#include "server/rows/row_program.h"
#include "server/rows/row_text.h"
#include "wire/murmur3.h"

namespace kc::server {

std::string record_id(std::string_view key, std::string_view row) {
  if (!key.empty()) return "k" + to_hex(key);
  const auto [low, high] = wire::murmur3_x64_128(row);
  return fmt::format("r{:016x}{:016x}", static_cast<uint64_t>(low), static_cast<uint64_t>(high));
}

std::function<bool(std::string_view row)> is_record(std::string_view id,
                                                    const wire::TableType& type) {
  const bool is_id = id.size() > 1 && (id[0] == 'k' || id[0] == 'r') &&
                     id.find_first_not_of("0123456789abcdef", 1) == std::string_view::npos;
  if (!is_id) throw base::Error(base::Reaction::fail_task, "`{}` is not a record id", id);
  struct Search {
    RowProgram program;
    std::string id;
    std::string key{};
    bool found = false;
  };
  const auto search = std::make_shared<Search>(Search{RowProgram(type), std::string(id)});
  return [search](std::string_view row) {
    RowProblem problem;
    if (search->found || !search->program.check(row, search->key, problem)) return false;
    search->found = record_id(search->key, row) == search->id;
    return search->found;
  };
}

}  // namespace kc::server
