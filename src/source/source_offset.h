// Where a source is in a table, as the worker stores it:
//
//   partition {"table":"T"}
//   offset    {"record":41}                      the number of the last record sent
//             {"record":41,"incrementing":1234}  and the greatest value sent of the table's
//                                                incrementing column (incrementing_column.h)
//             {"record":41,"snapshot":true}      the rows that the table had are not all sent yet
//                                                (kinetica.from_beginning without such a column)
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "source/source_config.h"

namespace kc::source {

// As compact JSON.
std::string source_partition(const std::string& table);

struct SourceOffset {
  int64_t record = 0;
  std::optional<std::string> incrementing{};  // a whole number as text
  bool snapshot = false;
};

// Nothing where it is no such offset. Members of other names do not count.
std::optional<SourceOffset> parse_source_offset(std::string_view offset);

// Why a task of such a source would never go on from this offset, a sentence with the remedy;
// nothing where one would. Both are JSON.
std::optional<std::string> offset_fault(const SourceConfig& config, std::string_view partition,
                                        std::string_view offset);

}  // namespace kc::source
