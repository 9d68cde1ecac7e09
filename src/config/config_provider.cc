#include "config/config_provider.h"

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>
#include <regex>

#include "base/error.h"
#include "config/config_def.h"

namespace kc::config {
namespace {

using base::Error;
using base::Reaction;
using std::filesystem::path;

// As Kafka's AllowedPaths: names are compared, symbolic links are followed.
class AllowedPaths {
 public:
  explicit AllowedPaths(const std::string& list) {
    for (const std::string& item : split_list(list)) {
      const path allowed(item);
      if (!allowed.is_absolute()) {
        throw Error(Reaction::fix_config, "allowed.paths: Path {} is not absolute. Name it from /",
                    item);
      }
      if (std::error_code code; !std::filesystem::exists(allowed, code)) {
        throw Error(Reaction::fix_config,
                    "allowed.paths: Path {} does not exist. Create it or leave it out", item);
      }
      paths_.push_back(normalized(allowed));
    }
  }

  void check(const path& given) const {
    if (given.empty()) {
      throw Error(Reaction::fix_config, "it names no path. Write ${{provider:/path:key}}");
    }
    const path name = normalized(given);
    const auto contains = [&](const path& allowed) {
      return std::mismatch(allowed.begin(), allowed.end(), name.begin(), name.end()).first ==
             allowed.end();
    };
    if (!paths_.empty() && std::ranges::none_of(paths_, contains)) {
      throw Error(Reaction::fix_config,
                  "the path {} is not within allowed.paths. Move the file or allow its path",
                  given.string());
    }
  }

 private:
  // Without a slash at the end, which would be an element of its own.
  static path normalized(const path& given) {
    const path name = given.lexically_normal();
    return name.has_filename() || name == name.root_path() ? name : name.parent_path();
  }

  std::vector<path> paths_;
};

// So that neither a device nor a pipe is waited for, and memory has a limit.
void check_file(const path& file) {
  std::error_code code;
  if (!std::filesystem::is_regular_file(file, code)) {
    throw Error(Reaction::fix_config, "{} is not a file that can be read. Check path and rights",
                file.string());
  }
  if (std::filesystem::file_size(file, code) > ConfigProvider::file_bytes_max) {
    throw Error(Reaction::fix_config, "{} has more than the {} bytes that are read of such a file",
                file.string(), ConfigProvider::file_bytes_max);
  }
}

class FileConfigProvider : public ConfigProvider {
 public:
  explicit FileConfigProvider(const Properties& settings)
      : allowed_(settings.get("allowed.paths")) {}

  std::string get(const std::string& file, const std::string& key) const override {
    allowed_.check(file);
    check_file(file);
    const Properties properties = read_properties(file);
    const std::string* const value = properties.find(key);
    if (value == nullptr) {
      throw Error(Reaction::fix_config, "{} has no key {}. Add a line {}=VALUE or correct the key",
                  file, key, key);
    }
    return *value;
  }

 private:
  AllowedPaths allowed_;
};

class DirectoryConfigProvider : public ConfigProvider {
 public:
  explicit DirectoryConfigProvider(const Properties& settings)
      : allowed_(settings.get("allowed.paths")) {}

  std::string get(const std::string& directory, const std::string& key) const override {
    allowed_.check(directory);
    if (key.empty() || key == "." || key == ".." || key.find('/') != std::string::npos) {
      throw Error(Reaction::fix_config,
                  "{} is not the name of a file directly in {}. Name the file's directory as path",
                  key.empty() ? "an empty text" : key, directory);
    }
    const path name = path(directory) / key;
    check_file(name);
    std::ifstream file(name, std::ios::binary);
    std::string text{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
    if (!file.is_open() || file.bad()) {
      throw Error(Reaction::fix_config, "{} cannot be read. Check its rights", name.string());
    }
    return text;
  }

 private:
  AllowedPaths allowed_;
};

class EnvVarConfigProvider : public ConfigProvider {
 public:
  explicit EnvVarConfigProvider(const Properties& settings) {
    const std::string pattern = settings.get("allowlist.pattern");
    if (pattern.empty()) return;
    try {
      allowed_.emplace(pattern);
    } catch (const std::regex_error&) {
      throw Error(Reaction::fix_config,
                  "allowlist.pattern = {} is not a regular expression. Correct it, as in "
                  "CONNECT_.*",
                  pattern);
    }
  }

  std::string get(const std::string& given, const std::string& key) const override {
    if (!given.empty()) {
      throw Error(Reaction::fix_config,
                  "Path is not supported for EnvVarConfigProvider, invalid value '{}'. Write "
                  "${{provider:NAME}}",
                  given);
    }
    if (allowed_ && !std::regex_match(key, *allowed_)) {
      throw Error(Reaction::fix_config,
                  "the variable {} does not match allowlist.pattern. Rename it or allow it", key);
    }
    const char* const value = std::getenv(key.c_str());
    if (value == nullptr) {
      throw Error(Reaction::fix_config,
                  "the environment variable {} is not set. Set it where the worker is started",
                  key);
    }
    return value;
  }

 private:
  std::optional<std::regex> allowed_;
};

}  // namespace

const std::vector<std::string>& config_provider_classes() {
  static const std::vector<std::string> classes{
      "org.apache.kafka.common.config.provider.FileConfigProvider",
      "org.apache.kafka.common.config.provider.DirectoryConfigProvider",
      "org.apache.kafka.common.config.provider.EnvVarConfigProvider"};
  return classes;
}

std::unique_ptr<ConfigProvider> make_config_provider(std::string_view class_name,
                                                     const Properties& settings) {
  const auto& classes = config_provider_classes();
  if (class_name == classes[0]) return std::make_unique<FileConfigProvider>(settings);
  if (class_name == classes[1]) return std::make_unique<DirectoryConfigProvider>(settings);
  if (class_name == classes[2]) return std::make_unique<EnvVarConfigProvider>(settings);
  return nullptr;
}

}  // namespace kc::config
