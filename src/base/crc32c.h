// CRC-32C (Castagnoli, RFC 3720 appendix B.4): the checksum of what lies in files.
#pragma once

#include <cstdint>
#include <string_view>

namespace kc::base {

// `crc` is the checksum of the bytes before, so that parts can be taken one after the other.
uint32_t crc32c(std::string_view bytes, uint32_t crc = 0);

}  // namespace kc::base
