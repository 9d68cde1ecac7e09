// org.apache.kafka.connect.storage.SimpleHeaderConverter, the default header converter: header
// values as text whose type is guessed (header_text.h).
//
// Malformed UTF-8 becomes U+FFFD. Lists nested too deeply are BYTES, as is what Kafka's parser
// chokes on.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "config/properties.h"
#include "connect/converter.h"
#include "convert/header/header_text.h"

namespace kc::convert {

class SimpleHeaderConverter : public connect::Converter {
 public:
  // Throws Error(fix_config) for another role than header.
  static std::unique_ptr<connect::Converter> create(const config::Properties& settings,
                                                    connect::ConverterRole role);

  connect::SchemaAndValue to_connect(std::string_view topic, std::optional<std::string_view> bytes,
                                     data::RecordBatch& batch) override;
  bool from_connect(std::string_view topic, const data::Schema* schema, const data::Value& value,
                    std::string& out) override;

 private:
  HeaderTextReader reader_;
};

}  // namespace kc::convert
