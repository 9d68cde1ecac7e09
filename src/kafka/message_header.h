// A header of a Kafka message: bytes as they stand in the message. Views.
#pragma once

#include <optional>
#include <string_view>

namespace kc::kafka {

struct MessageHeader {
  std::string_view name;
  std::optional<std::string_view> value;  // nothing: null
};

}  // namespace kc::kafka
