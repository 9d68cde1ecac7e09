#include "kafka/java_values.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <charconv>

#include "base/error.h"

namespace kc::kafka {

using base::Error;
using base::Reaction;

std::string JavaValues::text(std::string_view name, std::string_view otherwise) const {
  const auto* value = properties_.find(name);
  if (value == nullptr) return std::string(otherwise);
  const size_t first = value->find_first_not_of(" \t");
  if (first == value->npos) return {};
  return value->substr(first, value->find_last_not_of(" \t") - first + 1);
}

int64_t JavaValues::number(std::string_view name, int64_t otherwise) const {
  if (!given(name)) return otherwise;
  const std::string value = text(name, "");
  const char* const begin = value.data() + (value.starts_with('+') ? 1 : 0);
  const char* const last = value.data() + value.size();
  int64_t number = 0;
  const auto [end, error] = std::from_chars(begin, last, number);
  if (error != std::errc() || end != last) {
    throw Error(Reaction::fix_config,
                "Invalid value {} for configuration {}: Not a number of type LONG", value, name);
  }
  return number;
}

int64_t JavaValues::clamped(std::string_view name, int64_t otherwise, int64_t minimum,
                            int64_t maximum) const {
  const int64_t value = number(name, otherwise);
  const int64_t result = std::clamp(value, minimum, maximum);
  // -1 and 0 are Java's and librdkafka's words for the same thing, infinity is infinity.
  const bool same_meaning = (value < 0 && minimum == 0) || maximum == int_max;
  if (result != value && given(name) && !same_meaning) {
    warnings_.push_back(
        fmt::format("{} = {} is out of librdkafka's range: {} is used", name, value, result));
  }
  return result;
}

bool JavaValues::boolean(std::string_view name, bool otherwise) const {
  if (!given(name)) return otherwise;
  std::string value = text(name, "");
  std::transform(value.begin(), value.end(), value.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  if (value == "true") return true;
  if (value == "false") return false;
  throw Error(Reaction::fix_config,
              "Invalid value {} for configuration {}: Expected value to be either true or false",
              text(name, ""), name);
}

std::string JavaValues::choice(std::string_view name, std::string_view otherwise,
                               std::initializer_list<std::string_view> choices) const {
  std::string value = text(name, otherwise);
  std::transform(value.begin(), value.end(), value.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  if (std::find(choices.begin(), choices.end(), value) == choices.end()) {
    throw Error(Reaction::fix_config, "Invalid value {} for configuration {}: must be one of {}",
                value, name, fmt::join(choices, ", "));
  }
  return value;
}

}  // namespace kc::kafka
