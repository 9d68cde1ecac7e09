// org.apache.kafka.connect.converters.ByteArrayConverter: bytes as they are, with an optional BYTES
// schema.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "config/properties.h"
#include "connect/converter.h"

namespace kc::convert {

class ByteArrayConverter : public connect::Converter {
 public:
  static std::unique_ptr<connect::Converter> create(const config::Properties& settings,
                                                    connect::ConverterRole role);

  ByteArrayConverter();

  connect::SchemaAndValue to_connect(std::string_view topic, std::optional<std::string_view> bytes,
                                     data::RecordBatch& batch) override;
  // Throws for anything but bytes.
  bool from_connect(std::string_view topic, const data::Schema* schema, const data::Value& value,
                    std::string& out) override;

 private:
  data::SchemaPtr schema_;
};

}  // namespace kc::convert
