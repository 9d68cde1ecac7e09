#include "server/rows/dynamic_result.h"

#include <cassert>
#include <nlohmann/json.hpp>
#include <utility>

#include "base/error.h"
#include "server/rows/row_text.h"
#include "wire/avro.h"
#include "wire/column_format.h"

namespace kc::server {

namespace {

using base::Error;
using base::Reaction;
using data::Value;
using wire::BaseType;

void write_value(wire::AvroWriter& out, BaseType type, const Value& value) {
  switch (type) {
    case BaseType::int_:
    case BaseType::long_:
      return out.write_long(value.as_integer());
    case BaseType::float_:
      return out.write_float(static_cast<float>(value.as_real()));
    case BaseType::double_:
      return out.write_double(value.as_real());
    case BaseType::string:
    case BaseType::bytes:
      return out.write_bytes(value.as_text());
  }
}

// An array of strings, one for each column, in either encoding.
template <typename Member>
void write_names(wire::AvroWriter& out, const std::vector<ResultColumn>& columns, Member member) {
  out.write_long(static_cast<int64_t>(columns.size()));
  for (const ResultColumn& column : columns) out.write_string(column.*member);
  out.write_long(0);
}

template <typename Member>
std::string names_json(const std::vector<ResultColumn>& columns, Member member) {
  std::string json;
  for (const ResultColumn& column : columns) {
    if (!json.empty()) json += ", ";
    json += json_text(Value::string(column.*member));
  }
  return "[" + json + "]";
}

std::string field_schema(const std::string& name, const std::string& items) {
  return R"({"name": ")" + name + R"(", "type": {"type": "array", "items": )" + items + "}}";
}

std::string column_name(size_t column) { return "column_" + std::to_string(column + 1); }

}  // namespace

ResultColumn result_column(const wire::Column& column) {
  return {column.name, column.type, column.nullable(), wire::column_type_name(column)};
}

ResultEncoding result_encoding(std::string_view name) {
  if (name == "binary") return ResultEncoding::binary;
  if (name == "json") return ResultEncoding::json;
  throw Error(Reaction::fail_task, "Encoding `{}` is not known; binary and json are", name);
}

DynamicResult::DynamicResult(std::vector<ResultColumn> columns, ResultEncoding encoding)
    : columns_(std::move(columns)), encoding_(encoding), values_(columns_.size()) {
  assert(!columns_.empty());
}

void DynamicResult::add_row(std::span<const Value> values) {
  assert(values.size() == columns_.size());
  for (size_t i = 0; i < values.size(); ++i) {
    if (values[i].is_null() && !columns_[i].nullable) {
      throw Error(Reaction::fail_task, "Column `{}` of a result is not nullable and has no value",
                  columns_[i].header);
    }
    if (encoding_ == ResultEncoding::json) {
      if (rows_ > 0) values_[i] += ", ";
      values_[i] += json_text(values[i]);
      continue;
    }
    wire::AvroWriter out(values_[i]);
    if (columns_[i].nullable) out.write_long(values[i].is_null() ? 1 : 0);
    if (!values[i].is_null()) write_value(out, columns_[i].type, values[i]);
  }
  ++rows_;
}

// Spaced as the official Python code writes JSON. Python evaluates the text: no bare null in it.
std::string DynamicResult::schema() const {
  std::string schema = R"({"type": "record", "name": "generic_response", "fields": [)";
  for (size_t i = 0; i < columns_.size(); ++i) {
    const std::string type = '"' + std::string(wire::base_type_name(columns_[i].type)) + '"';
    schema +=
        field_schema(column_name(i), columns_[i].nullable ? "[" + type + R"(, "null"])" : type);
    schema += ", ";
  }
  const std::string string = R"("string")";
  return schema + field_schema("column_headers", string) + ", " +
         field_schema("column_datatypes", string) + "]}";
}

std::string DynamicResult::binary() const {
  std::string bytes;
  if (encoding_ != ResultEncoding::binary) return bytes;
  wire::AvroWriter out(bytes);
  for (const std::string& values : values_) {
    if (rows_ > 0) out.write_long(static_cast<int64_t>(rows_));
    bytes += values;
    out.write_long(0);
  }
  write_names(out, columns_, &ResultColumn::header);
  write_names(out, columns_, &ResultColumn::type_name);
  return bytes;
}

std::string DynamicResult::json() const {
  if (encoding_ != ResultEncoding::json) return {};
  std::string json = "{";
  for (size_t i = 0; i < columns_.size(); ++i) {
    json += '"' + column_name(i) + R"(": [)" + values_[i] + "], ";
  }
  return json + R"("column_headers": )" + names_json(columns_, &ResultColumn::header) +
         R"(, "column_datatypes": )" + names_json(columns_, &ResultColumn::type_name) + "}";
}

}  // namespace kc::server
