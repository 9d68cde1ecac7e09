// java.text.SimpleDateFormat in UTC, English, with lenient parsing, in the calendar that Java uses:
// Gregorian, Julian before 1582-10-15. Of time zones it reads UTC, GMT and offsets, no other names.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace kc::transform {

// Immutable and safe to share.
class JavaDateFormat {
 public:
  // Letters G y Y M L w W D d F E u a H k K h m s S z Z X, text between apostrophes. Throws
  // Error(fix_config) for another letter or an apostrophe without its partner. `now`: milliseconds
  // since 1970; years of two digits are read as within 80 years before and 20 after it.
  explicit JavaDateFormat(std::string_view pattern, int64_t now = 0);

  const std::string& pattern() const { return pattern_; }

  // Appends the text of an instant, in milliseconds since 1970.
  void format(int64_t milliseconds, std::string& out) const;

  // Reads the beginning of `text`, as DateFormat.parse does; nothing when it does not fit the
  // pattern. Out of range parts roll over: 32 January is 1 February.
  std::optional<int64_t> parse(std::string_view text) const;

 private:
  friend class DateReader;
  // A run of one letter, or literal text (letter 0).
  struct Part {
    char letter;
    int count;
    std::string text;
  };

  std::string pattern_;
  std::vector<Part> parts_;
  int64_t century_start_;  // milliseconds: the first instant that two digits may mean
};

}  // namespace kc::transform
