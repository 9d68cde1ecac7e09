#include "worker/plugins.h"

namespace kc::worker {

const connect::ConnectorPlugin* Plugins::find_connector(std::string_view name) const {
  constexpr std::string_view suffix = "Connector";
  for (const auto& plugin : connectors) {
    const std::string_view full = plugin->class_name();
    const std::string_view simple = full.substr(full.rfind('.') + 1);
    if (name == full || name == simple ||
        (simple.ends_with(suffix) && name == simple.substr(0, simple.size() - suffix.size()))) {
      return plugin.get();
    }
  }
  return nullptr;
}

const connect::ConverterPlugin* Plugins::find_converter(std::string_view class_name) const {
  for (const auto& plugin : converters) {
    const std::string_view full = plugin.class_name;
    if (class_name == full || class_name == full.substr(full.rfind('.') + 1)) return &plugin;
  }
  return nullptr;
}

}  // namespace kc::worker
