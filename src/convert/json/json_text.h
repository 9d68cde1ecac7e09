// Strings as Jackson writes them in JSON.
#pragma once

#include <string_view>

#include "convert/scan.h"
#include "convert/text_buffer.h"

namespace kc::convert {

void append_escaped_json_string(std::string_view text, TextBuffer& out);

// Appends `text` in quotes. Short escapes, \u001F for other control characters, \uD83D\uDE00 for
// characters above U+FFFF, other text as it is; a malformed part of UTF-8 becomes U+FFFD.
inline void append_json_string(std::string_view text, TextBuffer& out) {
  if (!is_plain_ascii(text)) [[unlikely]] {
    append_escaped_json_string(text, out);
    return;
  }
  char* const to = out.room(text.size() + 2);
  *to = '"';
  if (!text.empty()) std::memcpy(to + 1, text.data(), text.size());
  to[text.size() + 1] = '"';
  out.advance_to(to + text.size() + 2);
}

}  // namespace kc::convert
