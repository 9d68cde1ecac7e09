#include "sink/row_rewrite.h"

#include <fmt/core.h>

#include <utility>
#include <vector>

#include "base/error.h"
#include "sink/row_batch.h"
#include "sink/row_plan.h"
#include "wire/row_codec.h"

namespace kc::sink {

using data::Value;

bool rewrite_rows(kinetica::InsertBatch& batch, const kinetica::Table& table, std::string& reason) {
  const auto old_target = batch.target;
  const wire::TableType& old_type = old_target->type;
  std::vector<Value> entries;  // keys and values in turn
  for (const wire::Column& column : old_type.columns()) {
    if (!table.type.find(column.name)) {
      reason = fmt::format("column {} is gone", column.name);
      return false;
    }
    entries.push_back(Value::string(column.name));
    entries.emplace_back();
  }
  RowPlan plan(table.name, table.type, nullptr);
  wire::InsertBody body;
  std::vector<Value> values;
  wire::AvroReader in(batch.body.row_bytes());
  data::Record record;
  try {
    while (!in.at_end()) {
      wire::decode_row(old_type, in.read_bytes(), values);
      for (size_t i = 0; i < values.size(); ++i) entries[2 * i + 1] = values[i];
      record.value = Value::map(entries);
      plan.encode(record, body);
    }
  } catch (const base::Error& error) {
    if (error.reaction() != base::Reaction::skip_record) throw;
    reason = error.what();
    return false;
  }
  batch.target = insert_target(table);
  batch.body = std::move(body);
  return true;
}

}  // namespace kc::sink
