#include "wire/row_codec.h"

#include "base/error.h"
#include "wire/avro.h"

namespace kc::wire {

namespace {

using base::Error;
using base::Reaction;
using data::Kind;
using data::Value;

Value read_column(AvroReader& in, const Column& column) {
  if (column.nullable()) {
    const int64_t branch = in.read_long();
    if (branch == 1) return {};
    if (branch != 0) {
      throw Error(Reaction::fail_task, "there is no union branch {}", branch);
    }
  }
  return read_value(in, column.type);
}

[[noreturn]] void refuse(const Column& column, const Value& value) {
  throw Error(Reaction::skip_record, "Column `{}` ({}) cannot take a value of kind {}", column.name,
              base_type_name(column.type), data::kind_name(value.kind()));
}

bool holds_integer(const Value& value) {
  return value.is_integer() || value.kind() == Kind::boolean || value.kind() == Kind::date ||
         value.kind() == Kind::time || value.kind() == Kind::timestamp;
}

void write_integer(AvroWriter& out, const Column& column, const Value& value) {
  if (!holds_integer(value)) refuse(column, value);
  const int64_t integer = value.as_integer();
  if (column.type == BaseType::int_ && integer != static_cast<int32_t>(integer)) {
    throw Error(Reaction::skip_record, "Column `{}` (int) cannot hold {}", column.name, integer);
  }
  out.write_long(integer);
}

void write_column(AvroWriter& out, const Column& column, const Value& value) {
  if (value.is_null() && !column.nullable()) {
    throw Error(Reaction::skip_record, "Column `{}` is not nullable and has no value", column.name);
  }
  if (column.nullable()) out.write_long(value.is_null() ? 1 : 0);
  if (value.is_null()) return;
  switch (column.type) {
    case BaseType::int_:
    case BaseType::long_:
      return write_integer(out, column, value);
    case BaseType::float_:
    case BaseType::double_:
      if (value.kind() != Kind::float32 && value.kind() != Kind::float64) refuse(column, value);
      if (column.type == BaseType::double_) return out.write_double(value.as_real());
      return out.write_float(static_cast<float>(value.as_real()));
    case BaseType::string:
      if (value.kind() != Kind::string) refuse(column, value);
      return out.write_string(value.as_text());
    case BaseType::bytes:
      if (value.kind() != Kind::bytes) refuse(column, value);
      return out.write_bytes(value.as_text());
  }
}

}  // namespace

Value read_value(AvroReader& in, BaseType type) {
  switch (type) {
    case BaseType::int_:
      return Value::int32(in.read_int());
    case BaseType::long_:
      return Value::int64(in.read_long());
    case BaseType::float_:
      return Value::float32(in.read_float());
    case BaseType::double_:
      return Value::float64(in.read_double());
    case BaseType::string:
      return Value::string(in.read_string());
    case BaseType::bytes:
      break;
  }
  return Value::bytes(in.read_bytes());
}

void decode_row(const TableType& type, std::string_view row, std::vector<Value>& values) {
  values.clear();
  AvroReader in(row);
  for (const Column& column : type.columns()) {
    try {
      values.push_back(read_column(in, column));
    } catch (const Error& e) {
      throw Error(Reaction::fail_task, "Column `{}` of a row cannot be read: {}", column.name,
                  e.what());
    }
  }
  if (!in.at_end()) {
    throw Error(Reaction::fail_task, "A row has {} bytes more than its {} columns take",
                in.remaining(), type.columns().size());
  }
}

void encode_row(const TableType& type, std::span<const Value> values, std::string& out) {
  if (values.size() != type.columns().size()) {
    throw Error(Reaction::skip_record, "A row has {} values for {} columns", values.size(),
                type.columns().size());
  }
  AvroWriter writer(out);
  for (size_t i = 0; i < values.size(); ++i) write_column(writer, type.columns()[i], values[i]);
}

void encode_value(const Column& column, const Value& value, std::string& out) {
  AvroWriter writer(out);
  write_column(writer, column, value);
}

}  // namespace kc::wire
