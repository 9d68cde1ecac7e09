#include "sink/primary_key.h"

#include <vector>

#include "kinetica/key_expression.h"
#include "wire/row_codec.h"

namespace kc::sink {
namespace {

// Without the shard key, so that rows are told apart by the whole primary key.
std::vector<wire::Column> unsharded_columns(const wire::TableType& table) {
  auto columns = table.columns();
  for (wire::Column& column : columns) std::erase(column.properties, "shard_key");
  return columns;
}

wire::TableType key_type(const wire::TableType& table) {
  auto columns = unsharded_columns(table);
  std::erase_if(columns, [](const wire::Column& column) { return !column.primary_key(); });
  for (wire::Column& column : columns) std::erase(column.properties, "nullable");
  return wire::TableType(std::move(columns));
}

}  // namespace

PrimaryKey::PrimaryKey(const wire::TableType& table)
    : type_(key_type(table)), of_key_(type_), of_row_(wire::TableType(unsharded_columns(table))) {}

std::string PrimaryKey::column_names() const {
  std::string names;
  for (const wire::Column& column : type_.columns()) {
    names.append(names.empty() ? "" : ", ").append(column.name);
  }
  return names;
}

std::string PrimaryKey::expression(std::string_view key) const {
  std::vector<data::Value> values;
  wire::decode_row(type_, key, values);
  std::vector<kinetica::ColumnValue> columns;
  for (size_t i = 0; i < values.size(); ++i) {
    columns.push_back({&type_.columns()[i], values[i]});
  }
  return kinetica::key_expression(columns);
}

}  // namespace kc::sink
