#include "convert/header/simple_header_converter.h"

#include "base/error.h"
#include "convert/utf8.h"

namespace kc::convert {

std::unique_ptr<connect::Converter> SimpleHeaderConverter::create(const config::Properties&,
                                                                  connect::ConverterRole role) {
  if (role != connect::ConverterRole::header) {
    throw base::Error(
        base::Reaction::fix_config,
        "{0}.converter = org.apache.kafka.connect.storage.SimpleHeaderConverter: this "
        "class converts headers only. Name a converter of keys and values, such as "
        "org.apache.kafka.connect.storage.StringConverter",
        connect::role_name(role));
  }
  return std::make_unique<SimpleHeaderConverter>();
}

connect::SchemaAndValue SimpleHeaderConverter::to_connect(std::string_view,
                                                          std::optional<std::string_view> bytes,
                                                          data::RecordBatch& batch) {
  if (!bytes) return {};
  if (auto read = reader_.read(repaired_utf8(*bytes, batch.arena()), batch)) return *read;
  return {batch.retain(reader_.schema(data::Kind::bytes)), data::Value::bytes(*bytes)};
}

bool SimpleHeaderConverter::from_connect(std::string_view, const data::Schema* schema,
                                         const data::Value& value, std::string& out) {
  if (value.is_null()) return false;
  append_header_text(schema, value, out);
  return true;
}

}  // namespace kc::convert
