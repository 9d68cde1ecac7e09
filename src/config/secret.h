// Text that must never be seen: passwords, keys, JAAS strings. Prints as Connect prints a PASSWORD,
// `[hidden]`.
#pragma once

#include <fmt/format.h>

#include <string>
#include <string_view>
#include <utility>

namespace kc::config {

class Secret {
 public:
  Secret() = default;
  explicit Secret(std::string text) : text_(std::move(text)) {}

  // The text itself: only for handing to the party that it authenticates with.
  const std::string& reveal() const { return text_; }
  bool empty() const { return text_.empty(); }

  static constexpr const char* hidden = "[hidden]";

 private:
  std::string text_;
};

}  // namespace kc::config

template <>
struct fmt::formatter<kc::config::Secret> : formatter<std::string_view> {
  auto format(const kc::config::Secret&, format_context& context) const {
    return formatter<std::string_view>::format(kc::config::Secret::hidden, context);
  }
};
