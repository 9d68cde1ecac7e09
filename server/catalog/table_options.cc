#include "server/catalog/table_options.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>
#include <span>

#include "base/error.h"
#include "server/endpoint.h"

namespace kc::server {

namespace {

using base::Error;
using base::Reaction;

constexpr std::array<std::string_view, 6> partition_types = {"RANGE", "INTERVAL", "LIST",
                                                             "HASH",  "SERIES",   "NONE"};
constexpr std::array<std::string_view, 4> policies = {"always", "lazy", "on_demand", "system"};
constexpr std::array<std::string_view, 4> access_modes = {"read_write", "read_only", "write_only",
                                                          "no_access"};

// They say how the real database lays a table out, and change nothing that a client could notice.
constexpr std::array storage_options = {
    "foreign_shard_key",       "partition_type",      "partition_keys",
    "partition_definitions",   "chunk_size",          "is_automatic_partition",
    "chunk_column_max_memory", "chunk_max_memory",    "strategy_definition",
    "compression_codec",       "load_vectors_policy", "build_pk_index_policy",
};

std::optional<int64_t> read_number(std::string_view text) {
  int64_t number = 0;
  const char* const end = text.data() + text.size();
  const auto [last, error] = std::from_chars(text.data(), end, number);
  if (error != std::errc() || last != end) return std::nullopt;
  return number;
}

void check_one_of(std::string_view what, std::string_view value,
                  std::span<const std::string_view> known) {
  if (std::ranges::find(known, value) != known.end()) return;
  throw Error(Reaction::fail_task, "{} `{}` is not known; there are {}", what, value,
              fmt::join(known, ", "));
}

void check_storage_option(const std::string& name, const std::string& value) {
  if (name == "partition_type") check_one_of("Option partition_type", value, partition_types);
  if (name.ends_with("_policy")) check_policy(name, value);
  if (name.starts_with("chunk_") && read_number(value).value_or(0) <= 0) {
    throw Error(Reaction::fail_task, "Option {} is `{}`; give a number greater than 0", name,
                value);
  }
}

wire::Strings split_foreign_keys(const std::string& list) {
  wire::Strings keys;
  for (size_t begin = 0; begin < list.size();) {
    const size_t end = std::min(list.find(';', begin), list.size());
    if (end > begin) keys.push_back(list.substr(begin, end - begin));
    begin = end + 1;
  }
  return keys;
}

}  // namespace

int64_t read_ttl(const std::string& text) {
  const auto minutes = read_number(text);
  if (!minutes || *minutes < -1 || *minutes > int64_t{1} << 31) {
    throw Error(Reaction::fail_task,
                "A time to live is a number of minutes, 0 (at once) or -1 (never), not `{}`", text);
  }
  return *minutes;
}

void check_access_mode(const std::string& mode) {
  check_one_of("Global access mode", mode, access_modes);
}

void check_policy(const std::string& option, const std::string& policy) {
  check_one_of("Option " + option, policy, policies);
}

TableDescription read_description(const wire::Options& options) {
  TableDescription description;
  description.replicated = flag(options, "is_replicated");
  description.result_table = flag(options, "is_result_table");
  if (const auto ttl = option(options, "ttl"); !ttl.empty()) description.ttl = read_ttl(ttl);
  description.foreign_keys = split_foreign_keys(option(options, "foreign_keys"));
  for (const char* name : storage_options) {
    const std::string value = option(options, name);
    if (value.empty() || value == "false") continue;
    check_storage_option(name, value);
    description.storage_options.emplace(name, value);
  }
  return description;
}

}  // namespace kc::server
