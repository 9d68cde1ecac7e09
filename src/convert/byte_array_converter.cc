#include "convert/byte_array_converter.h"

#include "base/error.h"
#include "convert/java_text.h"

namespace kc::convert {

using base::Error;
using base::Reaction;
using data::Value;

std::unique_ptr<connect::Converter> ByteArrayConverter::create(const config::Properties&,
                                                               connect::ConverterRole) {
  return std::make_unique<ByteArrayConverter>();
}

ByteArrayConverter::ByteArrayConverter()
    : schema_(data::SchemaBuilder(data::Type::bytes).optional().build()) {}

connect::SchemaAndValue ByteArrayConverter::to_connect(std::string_view,
                                                       std::optional<std::string_view> bytes,
                                                       data::RecordBatch& batch) {
  return {batch.retain(schema_), bytes ? Value::bytes(*bytes) : Value()};
}

bool ByteArrayConverter::from_connect(std::string_view, const data::Schema* schema,
                                      const Value& value, std::string& out) {
  if (schema != nullptr && schema->type() != data::Type::bytes) {
    throw Error(Reaction::skip_record, "Invalid schema type for ByteArrayConverter: {}",
                data::type_name(schema->type()));
  }
  if (value.is_null()) return false;
  if (value.kind() != data::Kind::bytes) {
    throw Error(Reaction::skip_record,
                "ByteArrayConverter is not compatible with objects of type class {}",
                java_class(value.kind()));
  }
  out += value.as_text();
  return true;
}

}  // namespace kc::convert
