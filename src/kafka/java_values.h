// Typed reading of a Java client's properties, as org.apache.kafka.common.config.ConfigDef parses.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

#include "config/properties.h"

namespace kc::kafka {

// Does not own what it is made of. Every getter throws Error(fix_config) naming property and value.
class JavaValues {
 public:
  static constexpr int64_t int_max = 2147483647;

  JavaValues(const config::Properties& properties, std::vector<std::string>& warnings)
      : properties_(properties), warnings_(warnings) {}

  bool given(std::string_view name) const { return properties_.contains(name); }
  std::string text(std::string_view name, std::string_view otherwise) const;  // trimmed
  int64_t number(std::string_view name, int64_t otherwise) const;
  // Into librdkafka's range; a value that has to be changed gives a warning, not an error, because
  // it is valid in Java.
  int64_t clamped(std::string_view name, int64_t otherwise, int64_t minimum, int64_t maximum) const;
  bool boolean(std::string_view name, bool otherwise) const;
  // Lower case.
  std::string choice(std::string_view name, std::string_view otherwise,
                     std::initializer_list<std::string_view> choices) const;

 private:
  const config::Properties& properties_;
  std::vector<std::string>& warnings_;
};

}  // namespace kc::kafka
