// java.util.regex.Pattern, on PCRE2.
//
// What the two write differently is translated: \uXXXX, \p{Lower} and the other POSIX classes,
// \p{IsLatin}, the flags u and d. What PCRE2 cannot do is refused: intersections and unions in
// classes ([a-z&&[^b]]), \p{java...}, the flag U.
#pragma once

#include <memory>
#include <string>
#include <string_view>

namespace kc::config {

// Immutable; const, and yet not safe to share: matching uses memory of its own.
class JavaRegex {
 public:
  // Throws Error(fix_config) with the reason and the place in the pattern.
  explicit JavaRegex(std::string_view pattern);
  ~JavaRegex();
  JavaRegex(JavaRegex&&) noexcept;
  JavaRegex& operator=(JavaRegex&&) noexcept;

  // Matcher.matches(): the whole text. Throws Error(skip_record) when a match would take more than
  // a million steps, or when the text is not UTF-8; so does replace_first.
  bool matches(std::string_view text) const;

  // Matcher.replaceFirst(): `replacement` may hold $1, ${name} and \ before a character that is
  // meant as it is. Throws Error(skip_record) for a group that the pattern does not have.
  std::string replace_first(std::string_view text, std::string_view replacement) const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace kc::config
