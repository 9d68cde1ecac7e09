#include "convert/converters.h"

#include "convert/byte_array_converter.h"
#include "convert/json_converter.h"
#include "convert/string_converter.h"

namespace kc::convert {

std::vector<connect::ConverterPlugin> built_in_converters() {
  return {
      {"org.apache.kafka.connect.json.JsonConverter", &JsonConverter::create},
      {"org.apache.kafka.connect.storage.StringConverter", &StringConverter::create},
      {"org.apache.kafka.connect.converters.ByteArrayConverter", &ByteArrayConverter::create},
  };
}

}  // namespace kc::convert
