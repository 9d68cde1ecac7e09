// RFC 4648 base64, standard alphabet with padding, as java.util.Base64 and Jackson write it.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace kc::base {

constexpr size_t base64_encoded_size(size_t bytes) { return (bytes + 2) / 3 * 4; }

// Writes base64_encoded_size(bytes.size()) characters to `out` and returns the end.
char* base64_encode(std::string_view bytes, char* out);
std::string base64_encode(std::string_view bytes);

// Writes at most text.size() / 4 * 3 bytes to `out`; the number written, or nothing when `text` is
// not valid base64.
std::optional<size_t> base64_decode(std::string_view text, char* out);

}  // namespace kc::base
