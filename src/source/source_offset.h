// Where a source is in a table, as the worker stores it:
//
//   partition {"table":"T"}      offset {"record":41}, the number of the last record sent
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "source/source_config.h"

namespace kc::source {

// As compact JSON.
std::string source_partition(const std::string& table);

// The number in an offset; nothing where it is no such offset.
std::optional<int64_t> record_number(std::string_view offset);

// Why a task of such a source would never go on from this offset, a sentence with the remedy;
// nothing where one would. Both are JSON.
std::optional<std::string> offset_fault(const SourceConfig& config, std::string_view partition,
                                        std::string_view offset);

}  // namespace kc::source
