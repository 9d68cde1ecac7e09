#include "source/row_reader.h"

#include <utility>

#include "base/error.h"
#include "wire/avro.h"

namespace kc::source {

using base::Error;
using base::Reaction;
using data::Value;
using wire::BaseType;

namespace {

data::Type field_type(BaseType type) {
  switch (type) {
    case BaseType::int_:
      return data::Type::int32;
    case BaseType::long_:
      return data::Type::int64;
    case BaseType::float_:
      return data::Type::float32;
    case BaseType::double_:
      return data::Type::float64;
    case BaseType::bytes:
      return data::Type::bytes;
    case BaseType::string:
      break;
  }
  return data::Type::string;
}

inline Value read_value(wire::AvroReader& reader, BaseType type) {
  switch (type) {
    case BaseType::int_:
      return Value::int32(reader.read_int());
    case BaseType::long_:
      return Value::int64(reader.read_long());
    case BaseType::float_:
      return Value::float32(reader.read_float());
    case BaseType::double_:
      return Value::float64(reader.read_double());
    case BaseType::bytes:
      return Value::bytes(reader.read_bytes());
    case BaseType::string:
      break;
  }
  return Value::string(reader.read_string());
}

}  // namespace

RowReader::RowReader(wire::TableType type, const std::string& schema_name, int32_t version)
    : type_(std::move(type)) {
  data::SchemaBuilder builder(data::Type::structure);
  builder.name(schema_name).version(version);
  for (const auto& column : type_.columns()) {
    builder.field(column.name,
                  data::SchemaBuilder(field_type(column.type)).optional(column.nullable()).build());
    columns_.push_back({column.type, column.nullable()});
  }
  schema_ = builder.build();
}

void RowReader::read(std::string_view row, Value* values) const {
  wire::AvroReader reader(row);
  for (const ColumnReader column : columns_) {
    if (column.nullable) {
      // A nullable column is the union [base, "null"].
      const int64_t branch = reader.read_long();
      if (branch == 1) {
        *values++ = Value();
        continue;
      }
      if (branch != 0) {
        throw Error(Reaction::fail_task, "Malformed Avro data at byte {}: union branch {} of 2",
                    reader.position(), branch);
      }
    }
    *values++ = read_value(reader, column.type);
  }
  if (!reader.at_end()) {
    throw Error(Reaction::fail_task,
                "Malformed Avro data at byte {}: {} bytes too many for the {} "
                "columns known",
                reader.position(), reader.remaining(), columns_.size());
  }
}

}  // namespace kc::source
