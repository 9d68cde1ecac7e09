#pragma once

#include <span>
#include <string>
#include <string_view>

namespace kc::kinetica {

// Replaces `out` with the parts, one after the other, as one raw Snappy block.
void snappy_compress(std::span<const std::string_view> parts, std::string& out);

}  // namespace kc::kinetica
