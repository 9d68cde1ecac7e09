// Whether two tables hold the same rows, column by column, whatever order they are in.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "kinetica/client.h"

namespace kc::main {

struct TableComparison {
  int64_t rows = 0;     // of the first table
  int64_t columns = 0;  // of the first table
  // What differs first, as a sentence; nothing when all is equal.
  std::optional<std::string> difference;
};

// Reads both tables whole. Values are compared by their text, so that a float that went through
// JSON without a schema equals the double it became, and bytes the base64 text that they became.
// The second table may have further columns.
TableComparison compare_tables(kinetica::Client& client, const std::string& expected,
                               const std::string& actual);

}  // namespace kc::main
