// org.apache.kafka.connect.storage.StringConverter: text as it is.
//
// Reading gives an optional STRING; malformed UTF-8 becomes U+FFFD. Writing gives Java's toString()
// of any value: Struct{a=1,b=x} without the fields that are null, {a=1}, [a, b], 1.0E10, `Fri Jan
// 02 00:00:00 UTC 1970` (in UTC). Bytes are written as base64, because Java's toString() of a
// byte[] is the object's identity, which says nothing. `converter.encoding` may be UTF-8 only.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "config/config_def.h"
#include "config/properties.h"
#include "connect/converter.h"

namespace kc::convert {

class StringConverter : public connect::Converter {
 public:
  static const config::ConfigDef& properties();
  static std::unique_ptr<connect::Converter> create(const config::Properties& settings,
                                                    connect::ConverterRole role);

  StringConverter();

  connect::SchemaAndValue to_connect(std::string_view topic, std::optional<std::string_view> bytes,
                                     data::RecordBatch& batch) override;
  bool from_connect(std::string_view topic, const data::Schema* schema, const data::Value& value,
                    std::string& out) override;

 private:
  data::SchemaPtr schema_;
};

// Appends Java's toString() of `value`. Throws Error(skip_record) for a struct without its schema.
void append_java_string(const data::Schema* schema, const data::Value& value, std::string& out);

}  // namespace kc::convert
