#include "config/java_regex.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#include <algorithm>
#include <utility>

#include "base/error.h"

namespace kc::config {

using base::Error;
using base::Reaction;

namespace {

constexpr uint32_t steps_max = 1'000'000;
constexpr uint32_t heap_kilobytes_max = 20'000;

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_hexadecimal(char c) {
  return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

// An exception that Connect treats as a DataException where a record is worked on.
template <typename... Args>
[[noreturn]] void fail_as(std::string_view java_class, fmt::format_string<Args...> format,
                          Args&&... args) {
  throw Error(Reaction::skip_record, format, std::forward<Args>(args)...)
      .with_java_class(java_class);
}

[[noreturn]] void refuse(std::string_view pattern, size_t at, std::string_view reason) {
  throw Error(Reaction::fix_config, "{} near index {} of {}", reason, at, pattern);
}

// Writes a pattern of Java as PCRE2 has it.
class Translator {
 public:
  explicit Translator(std::string_view pattern) : pattern_(pattern) {}

  std::string translate() {
    while (at_ < pattern_.size()) {
      const char c = pattern_[at_];
      if (c == '\\') {
        take_escape(false);
      } else if (c == '[') {
        take_class();
      } else if (pattern_.substr(at_).starts_with("(?")) {
        take_group_start();
      } else {
        copy(1);
      }
    }
    return std::move(out_);
  }

 private:
  std::string_view rest() const { return pattern_.substr(at_); }
  void copy(size_t count) {
    out_ += pattern_.substr(at_, count);
    at_ += std::min(count, pattern_.size() - at_);
  }

  void take_escape(bool in_class) {
    const char kind = at_ + 1 < pattern_.size() ? pattern_[at_ + 1] : '\0';
    if (kind == 'Q') {
      const size_t end = pattern_.find("\\E", at_ + 2);
      copy(end == std::string_view::npos ? pattern_.size() - at_ : end + 2 - at_);
    } else if (kind == 'u') {
      const std::string_view digits = rest().substr(2, 4);
      if (digits.size() < 4 || !std::ranges::all_of(digits, is_hexadecimal)) {
        refuse(pattern_, at_, "Illegal Unicode escape sequence");
      }
      out_ += "\\x{" + std::string(digits) + "}";
      at_ += 6;
    } else if ((kind == 'p' || kind == 'P') && rest().substr(2).starts_with('{')) {
      take_property(in_class, kind == 'P');
    } else {
      copy(2);
    }
  }

  // \p{Lower}: Java's names of the POSIX classes, and the prefix Is.
  void take_property(bool in_class, bool negated) {
    static constexpr std::pair<std::string_view, std::string_view> posix[] = {
        {"Lower", "lower"}, {"Upper", "upper"}, {"ASCII", "ascii"}, {"Alpha", "alpha"},
        {"Digit", "digit"}, {"Alnum", "alnum"}, {"Punct", "punct"}, {"Graph", "graph"},
        {"Print", "print"}, {"Blank", "blank"}, {"Cntrl", "cntrl"}, {"XDigit", "xdigit"},
        {"Space", "space"}};
    const size_t end = pattern_.find('}', at_);
    if (end == std::string_view::npos) refuse(pattern_, at_, "Unclosed character family");
    std::string_view name = pattern_.substr(at_ + 3, end - at_ - 3);
    if (name.starts_with("java") || name.starts_with("In")) {
      refuse(pattern_, at_, "Character families of Java's own and blocks are not supported");
    }
    at_ = end + 1;
    const auto* const found = std::ranges::find(posix, name, [](const auto& p) { return p.first; });
    if (found != std::end(posix)) {
      const std::string item = (negated ? "[:^" : "[:") + std::string(found->second) + ":]";
      out_ += in_class ? item : "[" + item + "]";
      return;
    }
    if (name.starts_with("Is")) name.remove_prefix(2);
    out_ += (negated ? "\\P{" : "\\p{") + std::string(name) + "}";
  }

  void take_class() {
    const size_t start = at_;
    copy(1);
    if (rest().starts_with('^')) copy(1);
    // A bracket that comes first is a character for PCRE2, as for Java.
    if (rest().starts_with(']')) {
      out_ += "\\]";
      ++at_;
    }
    while (true) {
      if (at_ >= pattern_.size()) refuse(pattern_, start, "Unclosed character class");
      const char c = pattern_[at_];
      if (c == ']') {
        copy(1);
        return;
      }
      if (c == '\\') {
        take_escape(true);
      } else if (c == '[' || rest().starts_with("&&")) {
        refuse(pattern_, at_, "Classes within classes and && are not supported");
      } else {
        copy(1);
      }
    }
  }

  // (?ud) and the like; groups and look-arounds are written alike.
  void take_group_start() {
    copy(2);
    const size_t end = rest().find_first_not_of("idmsuxU-");
    if (end == 0 || end == std::string_view::npos) return;
    if (rest()[end] != ')' && rest()[end] != ':') return;
    for (const char flag : rest().substr(0, end)) {
      if (flag == 'U') refuse(pattern_, at_, "The flag U is not supported");
      if (flag != 'u' && flag != 'd') out_ += flag;
    }
    at_ += end;
  }

  std::string_view pattern_;
  size_t at_ = 0;
  std::string out_;
};

PCRE2_SPTR units(std::string_view text) { return reinterpret_cast<PCRE2_SPTR>(text.data()); }

}  // namespace

struct JavaRegex::Impl {
  explicit Impl(std::string_view pattern) {
    const std::string translated = Translator(pattern).translate();
    const std::unique_ptr<pcre2_compile_context, decltype(&pcre2_compile_context_free)> compile(
        pcre2_compile_context_create(nullptr), &pcre2_compile_context_free);
    pcre2_set_newline(compile.get(), PCRE2_NEWLINE_ANY);
    int reason = 0;
    size_t place = 0;
    code = pcre2_compile(units(translated), translated.size(), PCRE2_UTF, &reason, &place,
                         compile.get());
    if (code == nullptr) {
      char text[256];
      pcre2_get_error_message(reason, reinterpret_cast<PCRE2_UCHAR*>(text), sizeof text);
      refuse(pattern, place, text);
    }
    data = pcre2_match_data_create_from_pattern(code, nullptr);
    limits = pcre2_match_context_create(nullptr);
    pcre2_set_match_limit(limits, steps_max);
    pcre2_set_heap_limit(limits, heap_kilobytes_max);
  }
  ~Impl() {
    pcre2_match_context_free(limits);
    pcre2_match_data_free(data);
    pcre2_code_free(code);
  }
  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;

  bool match(std::string_view text, uint32_t options) const {
    const int result = pcre2_match(code, units(text), text.size(), 0, options, data, limits);
    if (result >= 0) return true;
    if (result == PCRE2_ERROR_NOMATCH) return false;
    char reason[256];
    pcre2_get_error_message(result, reinterpret_cast<PCRE2_UCHAR*>(reason), sizeof reason);
    throw Error(Reaction::skip_record, "The regular expression cannot be matched against {}: {}",
                text, reason);
  }

  // Of the latest match; empty when the group took no part.
  std::string_view group(std::string_view text, uint32_t index) const {
    const size_t* const places = pcre2_get_ovector_pointer(data);
    if (places[2 * index] == PCRE2_UNSET) return {};
    return text.substr(places[2 * index], places[2 * index + 1] - places[2 * index]);
  }

  uint32_t group_count() const { return pcre2_get_ovector_count(data) - 1; }

  pcre2_code* code = nullptr;
  pcre2_match_data* data = nullptr;
  pcre2_match_context* limits = nullptr;
};

namespace {

constexpr std::string_view illegal_argument = "java.lang.IllegalArgumentException";

// Reads a replacement from left to right.
class Replacement {
 public:
  Replacement(std::string_view text, uint32_t group_count, const pcre2_code* code)
      : text_(text), group_count_(group_count), code_(code) {}

  bool at_end() const { return at_ == text_.size(); }

  // A character to be taken as it is into `out`, or the number of a group.
  int next(std::string& out) {
    const char c = text_[at_++];
    if (c == '\\') {
      if (at_end()) fail_as(illegal_argument, "character to be escaped is missing");
      out += text_[at_++];
      return -1;
    }
    if (c != '$') {
      out += c;
      return -1;
    }
    if (at_end()) {
      fail_as(illegal_argument, "Illegal group reference: group index is missing");
    }
    return text_[at_] == '{' ? named_group() : numbered_group();
  }

 private:
  int named_group() {
    const size_t end = text_.find('}', at_);
    if (end == std::string_view::npos) {
      fail_as(illegal_argument, "named capturing group is missing trailing '}}'");
    }
    const std::string name(text_.substr(at_ + 1, end - at_ - 1));
    at_ = end + 1;
    const int number =
        pcre2_substring_number_from_name(code_, reinterpret_cast<PCRE2_SPTR>(name.c_str()));
    if (number < 0) fail_as(illegal_argument, "No group with name {{{}}}", name);
    return number;
  }

  // As many digits as there are groups for.
  int numbered_group() {
    if (!is_digit(text_[at_])) fail_as(illegal_argument, "Illegal group reference");
    uint32_t number = static_cast<uint32_t>(text_[at_++] - '0');
    if (number > group_count_) {
      fail_as("java.lang.IndexOutOfBoundsException", "No group {}", number);
    }
    while (!at_end() && is_digit(text_[at_])) {
      const uint32_t longer = number * 10 + static_cast<uint32_t>(text_[at_] - '0');
      if (longer > group_count_) break;
      number = longer;
      ++at_;
    }
    return static_cast<int>(number);
  }

  std::string_view text_;
  uint32_t group_count_;
  const pcre2_code* code_;
  size_t at_ = 0;
};

}  // namespace

JavaRegex::JavaRegex(std::string_view pattern) : impl_(std::make_unique<Impl>(pattern)) {}
JavaRegex::~JavaRegex() = default;
JavaRegex::JavaRegex(JavaRegex&&) noexcept = default;
JavaRegex& JavaRegex::operator=(JavaRegex&&) noexcept = default;

bool JavaRegex::matches(std::string_view text) const {
  return impl_->match(text, PCRE2_ANCHORED | PCRE2_ENDANCHORED);
}

std::string JavaRegex::replace_first(std::string_view text, std::string_view replacement) const {
  if (!impl_->match(text, 0)) return std::string(text);
  const size_t* const places = pcre2_get_ovector_pointer(impl_->data);
  std::string out(text.substr(0, places[0]));
  Replacement reader(replacement, impl_->group_count(), impl_->code);
  while (!reader.at_end()) {
    const int group = reader.next(out);
    if (group >= 0) out += impl_->group(text, static_cast<uint32_t>(group));
  }
  out += text.substr(places[1]);
  return out;
}

}  // namespace kc::config
