#include "server/rows/row_repair.h"

#include <deque>
#include <vector>

#include "base/error.h"
#include "data/value.h"
#include "server/rows/column_defaults.h"
#include "wire/column_format.h"
#include "wire/row_codec.h"

namespace kc::server {

namespace {

using data::Value;

// A better value for the column, once. False where there is none.
bool mend(const wire::Column& column, const RowProblem& problem, const RepairOptions& options,
          Value& value, std::deque<std::string>& texts) {
  if (problem.too_long && options.truncate_strings) {
    value = Value::string(cut_text(value.as_text(), wire::column_format(column).size));
    return true;
  }
  if (is_filled_on_insert(column)) {
    value = generated_value(column, options.user, texts);
    return true;
  }
  if (!options.permissive) return false;
  value = missing_value(column, texts);
  return !value.is_null() || column.nullable();
}

}  // namespace

std::string_view cut_text(std::string_view text, size_t bytes) {
  if (text.size() <= bytes) return text;
  while (bytes > 0 && (static_cast<uint8_t>(text[bytes]) & 0xc0) == 0x80) --bytes;
  return text.substr(0, bytes);
}

bool repair_row(const wire::TableType& type, const RowProgram& program, std::string_view row,
                const RepairOptions& options, std::string& repaired, std::string& key,
                RowProblem& problem) {
  std::deque<std::string> texts;
  std::vector<Value> values;
  std::vector<bool> mended(type.columns().size());
  try {
    wire::decode_row(type, row, values);
    write_updated_columns(type, options.user, values, texts);
    while (true) {
      repaired.clear();
      wire::encode_row(type, values, repaired);
      if (program.check(repaired, key, problem)) return true;
      const size_t at = problem.column;
      if (mended[at] || !mend(type.columns()[at], problem, options, values[at], texts)) {
        return false;
      }
      mended[at] = true;
    }
  } catch (const base::Error&) {
    // Bytes that are no row, or a default that is none: `problem` says what was wrong with the row.
    if (problem.what == nullptr) program.check(row, key, problem);
    return false;
  }
}

}  // namespace kc::server
