// A row that RowProgram refuses, made into one that it takes: what the server fills in or writes,
// option truncate_strings, and error_handling `permissive`. Rare beside rows that are good, so it
// is general, not fast.
#pragma once

#include <string>
#include <string_view>

#include "server/rows/row_program.h"
#include "wire/table_type.h"

namespace kc::server {

struct RepairOptions {
  bool truncate_strings = false;
  bool permissive = false;     // a bad value becomes the column's default, or null
  std::string_view user = {};  // for update_with_user
};

// Replaces `repaired` and `key`. False, with `problem` filled in as it was before or anew, when the
// row cannot be helped.
bool repair_row(const wire::TableType& type, const RowProgram& program, std::string_view row,
                const RepairOptions& options, std::string& repaired, std::string& key,
                RowProblem& problem);

// At most `bytes` of the text, and no part of a character.
std::string_view cut_text(std::string_view text, size_t bytes);

}  // namespace kc::server
