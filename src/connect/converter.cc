#include "connect/converter.h"
#include "connect/transformation.h"

namespace kc::connect {

std::string_view role_name(ConverterRole role) {
  switch (role) {
    case ConverterRole::key:
      return "key";
    case ConverterRole::value:
      return "value";
    case ConverterRole::header:
      break;
  }
  return "header";
}

SchemaAndValue Converter::to_connect_with(std::string_view, std::string_view topic,
                                          std::optional<std::string_view> bytes,
                                          data::RecordBatch& batch) {
  return to_connect(topic, bytes, batch);
}

const config::ConfigDef& no_converter_settings() {
  static const config::ConfigDef def;
  return def;
}

}  // namespace kc::connect
