#include "main/table_comparison.h"

#include <algorithm>
#include <charconv>
#include <vector>

#include "base/base64.h"
#include "base/error.h"
#include "wire/row_codec.h"

namespace kc::main {
namespace {

using Row = std::vector<std::string>;

template <typename Number>
std::string shortest_text(Number number) {
  char buffer[32];
  return {buffer, std::to_chars(buffer, buffer + sizeof buffer, number).ptr};
}

std::string text_of(const data::Value& value) {
  switch (value.kind()) {
    case data::Kind::null:
      return "(null)";
    case data::Kind::float32:
      return shortest_text(static_cast<float>(value.as_real()));
    case data::Kind::float64:
      return shortest_text(value.as_real());
    case data::Kind::string:
      return std::string(value.as_text());
    case data::Kind::bytes:
      return base::base64_encode(value.as_text());
    default:
      return std::to_string(value.as_integer());
  }
}

// All rows, each with the named columns' texts in that order, sorted.
std::vector<Row> read_rows(kinetica::Client& client, const kinetica::Table& table,
                           const std::vector<std::string>& columns) {
  std::vector<size_t> indexes;
  for (const std::string& column : columns) {
    const auto index = table.type.find(column);
    if (!index) {
      throw base::Error(base::Reaction::fail_task, "{} has no column {}", table.name, column);
    }
    indexes.push_back(*index);
  }
  std::vector<Row> rows;
  std::vector<data::Value> values;
  client.read_records(table.name, {}, [&](const std::vector<std::string>& records) {
    for (const std::string& record : records) {
      wire::decode_row(table.type, record, values);
      Row& row = rows.emplace_back();
      for (const size_t index : indexes) row.push_back(text_of(values[index]));
    }
  });
  std::ranges::sort(rows);
  return rows;
}

std::optional<std::string> first_difference(const std::vector<std::string>& columns,
                                            const std::vector<Row>& expected,
                                            const std::vector<Row>& actual) {
  if (expected.size() != actual.size()) {
    return fmt::format("{} rows became {}", expected.size(), actual.size());
  }
  for (size_t i = 0; i < expected.size(); ++i) {
    for (size_t c = 0; c < columns.size(); ++c) {
      if (expected[i][c] != actual[i][c]) {
        return fmt::format("column {}: '{}' became '{}'", columns[c], expected[i][c], actual[i][c]);
      }
    }
  }
  return std::nullopt;
}

}  // namespace

TableComparison compare_tables(kinetica::Client& client, const std::string& expected,
                               const std::string& actual) {
  TableComparison result;
  const auto expected_table = client.find_table(expected);
  const auto actual_table = client.find_table(actual);
  if (!expected_table || !actual_table) {
    result.difference = fmt::format("table {} is missing", expected_table ? actual : expected);
    return result;
  }
  std::vector<std::string> columns;
  for (const auto& column : expected_table->type.columns()) columns.push_back(column.name);
  const auto expected_rows = read_rows(client, *expected_table, columns);
  result.rows = static_cast<int64_t>(expected_rows.size());
  result.columns = static_cast<int64_t>(columns.size());
  try {
    result.difference =
        first_difference(columns, expected_rows, read_rows(client, *actual_table, columns));
  } catch (const base::Error& error) {
    result.difference = error.what();
  }
  return result;
}

}  // namespace kc::main
