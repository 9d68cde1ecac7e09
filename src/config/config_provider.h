// One source of external property values, as Kafka's providers of the same class names
// (org.apache.kafka.common.config.provider): KIP-297, KIP-887, KIP-993.
//
//   FileConfigProvider       ${file:/path/x.properties:key}  a key of a properties file
//   DirectoryConfigProvider  ${dir:/path:file}               a whole file directly in a directory
//   EnvVarConfigProvider     ${env:NAME}                     an environment variable
//
// Settings: `allowed.paths` (file and directory; absolute paths, separated by commas; nothing else
// may be read), `allowlist.pattern` (environment; a regular expression that the whole name
// matches).
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "config/properties.h"

namespace kc::config {

// Immutable; any thread.
class ConfigProvider {
 public:
  // Larger files are refused.
  static constexpr size_t file_bytes_max = 1024 * 1024;

  virtual ~ConfigProvider() = default;

  // The value, read anew with each call. Throws Error(fix_config) with the reason and the remedy
  // when there is none; the text never has anything of a file.
  virtual std::string get(const std::string& path, const std::string& key) const = 0;
};

// `settings`: config.providers.NAME.param.*, without that prefix. nullptr for an unknown class;
// throws Error(fix_config) for wrong settings.
std::unique_ptr<ConfigProvider> make_config_provider(std::string_view class_name,
                                                     const Properties& settings);

const std::vector<std::string>& config_provider_classes();

}  // namespace kc::config
