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

namespace {

// A signed or unsigned number, or the text of one: that is how an unsigned long is stored.
std::optional<std::string> whole_number_text(const Json& json) {
  if (const auto number = base::as_whole_number<int64_t>(json)) return std::to_string(*number);
  if (const auto number = base::as_whole_number<uint64_t>(json)) return std::to_string(*number);
  if (!json.is_string()) return std::nullopt;
  const auto& text = json.get_ref<const std::string&>();
  const auto number = Json::parse(text, nullptr, /*allow_exceptions=*/false);
  return number.is_number_integer() ? whole_number_text(number) : std::nullopt;
}

}  // namespace

std::optional<SourceOffset> parse_source_offset(std::string_view offset) {
  const auto json = Json::parse(offset, nullptr, /*allow_exceptions=*/false);
  if (!json.is_object() || !json.contains("record")) return std::nullopt;
  const auto number = base::as_whole_number<int64_t>(json["record"]);
  if (!number || *number < 0 || *number == std::numeric_limits<int64_t>::max()) {
    return std::nullopt;
  }
  SourceOffset parsed{.record = *number};
  if (json.contains("incrementing")) {
    parsed.incrementing = whole_number_text(json["incrementing"]);
    if (!parsed.incrementing) return std::nullopt;
  }
  if (json.contains("snapshot")) {
    if (!json["snapshot"].is_boolean()) return std::nullopt;
    parsed.snapshot = json["snapshot"].get<bool>();
  }
  return parsed;
}

std::optional<std::string> offset_fault(const SourceConfig& config, std::string_view partition,
                                        std::string_view offset) {
  const auto names = [&config] {
    std::vector<std::string_view> tables;
    for (const TableConfig& table : config.tables) tables.push_back(table.name);
    return fmt::format("{}", fmt::join(tables, ", "));
  };
  const auto json = Json::parse(partition, nullptr, /*allow_exceptions=*/false);
  if (!json.is_object() || json.size() != 1 || !json.contains("table") ||
      !json["table"].is_string()) {
    return fmt::format(
        "The partition {} is none of this source's: it has to be {{\"table\": NAME}}, the name one "
        "of {}",
        partition, names());
  }
  const auto table = json["table"].get<std::string>();
  if (std::ranges::find(config.tables, table, &TableConfig::name) == config.tables.end()) {
    return fmt::format(
        "The offset of table {} would never be used: {} has {}. Hint: name one of them, or add the "
        "table there first",
        table, table_names_property, names());
  }
  if (!parse_source_offset(offset)) {
    return fmt::format(
        "The offset {} of table {} is none of this source's: it has to be {{\"record\": NUMBER}}, "
        "the number of the last record sent, from 0 on, with {}, a whole number, the greatest "
        "value sent, as \"incrementing\" beside it",
        offset, table, incrementing_column_property);
  }
  return std::nullopt;
}

}  // namespace kc::source
