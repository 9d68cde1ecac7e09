#include "source/source_offset.h"

#include <fmt/ranges.h>

#include <algorithm>
#include <limits>
#include <nlohmann/json.hpp>
#include <vector>

#include "base/whole_number.h"

namespace kc::source {

using Json = nlohmann::json;

std::string source_partition(const std::string& table) { return Json{{"table", table}}.dump(); }

std::optional<int64_t> record_number(std::string_view offset) {
  const auto json = Json::parse(offset, nullptr, /*allow_exceptions=*/false);
  if (!json.is_object()) return std::nullopt;
  const auto found = json.find("record");
  if (found == json.end()) return std::nullopt;
  const auto number = base::as_whole_number<int64_t>(*found);
  const bool valid = number && *number >= 0 && *number < std::numeric_limits<int64_t>::max();
  return valid ? number : std::nullopt;
}

std::optional<std::string> offset_fault(const SourceConfig& config, std::string_view partition,
                                        std::string_view offset) {
  std::vector<std::string> tables;
  for (const TableConfig& table : config.tables) tables.push_back(table.name);
  const auto json = Json::parse(partition, nullptr, /*allow_exceptions=*/false);
  if (!json.is_object() || json.size() != 1 || !json.contains("table") ||
      !json["table"].is_string()) {
    return fmt::format(
        "The partition {} is none of this source's: it has to be {{\"table\": NAME}}, the name one "
        "of {}",
        partition, fmt::join(tables, ", "));
  }
  const auto table = json["table"].get<std::string>();
  if (std::ranges::find(tables, table) == tables.end()) {
    return fmt::format(
        "The offset of table {} would never be used: {} has {}. Hint: name one of them, or add the "
        "table there first",
        table, table_names_property, fmt::join(tables, ", "));
  }
  if (!record_number(offset)) {
    return fmt::format(
        "The offset {} of table {} is none of this source's: it has to be {{\"record\": NUMBER}}, "
        "the number of the last record sent, from 0 on",
        offset, table);
  }
  return std::nullopt;
}

}  // namespace kc::source
