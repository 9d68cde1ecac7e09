#include "convert/converters.h"

#include <utility>

#include "convert/avro/avro_converter.h"
#include "convert/byte_array_converter.h"
#include "convert/header/simple_header_converter.h"
#include "convert/json/json_converter.h"
#include "convert/json_schema/json_schema_converter.h"
#include "convert/primitive_converters.h"
#include "convert/protobuf/protobuf_converter.h"
#include "convert/string_converter.h"

namespace kc::convert {

std::vector<connect::ConverterPlugin> built_in_converters() {
  std::vector<connect::ConverterPlugin> plugins{
      {"org.apache.kafka.connect.json.JsonConverter", &JsonConverter::create,
       &JsonConverter::properties},
      {"org.apache.kafka.connect.storage.StringConverter", &StringConverter::create,
       &StringConverter::properties},
      {"org.apache.kafka.connect.converters.ByteArrayConverter", &ByteArrayConverter::create},
      {"org.apache.kafka.connect.storage.SimpleHeaderConverter", &SimpleHeaderConverter::create},
      {"io.confluent.connect.avro.AvroConverter", &AvroConverter::create,
       &AvroConverter::properties},
      {"io.confluent.connect.json.JsonSchemaConverter", &JsonSchemaConverter::create,
       &JsonSchemaConverter::properties},
      {"io.confluent.connect.protobuf.ProtobufConverter", &ProtobufConverter::create,
       &ProtobufConverter::properties},
  };
  for (auto& plugin : primitive_converters()) plugins.push_back(std::move(plugin));
  return plugins;
}

}  // namespace kc::convert
