// UTF-8 as Java's decoder and encoder treat it.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/arena.h"
#include "convert/scan.h"

namespace kc::convert {

bool is_valid_utf8(std::string_view text);

// `text` itself when it is valid, else a copy in which each malformed part is U+FFFD, as new
// String(bytes, UTF_8) has it.
std::string_view repaired_long_utf8(std::string_view text, base::Arena& arena);
inline std::string_view repaired_utf8(std::string_view text, base::Arena& arena) {
  // A short text is mostly ASCII, and looked at sooner than a function is called.
  constexpr size_t short_max = 64;
  return text.size() <= short_max && is_ascii(text) ? text : repaired_long_utf8(text, arena);
}

// Decodes the first character of `text` (not empty) and removes it. A malformed part gives U+FFFD.
char32_t take_character(std::string_view& text);

// Writes 1 to 4 bytes to `out` and returns the end. A lone surrogate becomes '?', as
// String.getBytes has it.
char* put_character(char32_t character, char* out);

}  // namespace kc::convert
