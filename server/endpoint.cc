#include "server/endpoint.h"

#include <strings.h>

#include "base/error.h"

namespace kc::server {

bool flag(const wire::Options& options, const std::string& name, bool missing) {
  const auto found = options.find(name);
  if (found == options.end()) return missing;
  return strcasecmp(found->second.c_str(), "true") == 0;
}

std::string user_of(const Call& call) { return call.user.empty() ? "admin" : call.user; }

std::string option(const wire::Options& options, const std::string& name) {
  const auto found = options.find(name);
  return found == options.end() ? std::string() : found->second;
}

void open_to_read(Call& call, const std::string& name) {
  call.table = call.database.catalog.table_to_read(name);
  call.reading.emplace(call.table->read());
}

void refuse_option(const wire::Options& options, const std::string& name) {
  const auto found = options.find(name);
  if (found == options.end() || found->second.empty() || found->second == "false") return;
  throw base::Error(base::Reaction::fail_task, "This server does not know option `{}` (it is `{}`)",
                    name, found->second);
}

std::span<const std::string_view> rows_to_take(const Call& call,
                                               std::span<const std::string_view> rows) {
  return call.faults.half ? rows.first(rows.size() / 2) : rows;
}

void count_at_rank(const Call& call, const Table& table, std::span<const std::string_view> rows,
                   const InsertResult& result, const InsertOptions& options, wire::Options& info) {
  Database& database = call.database;
  if (database.options.ranks == 0) return;  // nothing to compare, and it costs
  database.rank_counts.add(call.rank, table.qualified_name(), rows, result, options);
  if (database.routing.is_outdated(call.rank, table.type()->type, rows)) {
    info["data_rerouted"] = "true";
  }
}

}  // namespace kc::server
