#include "security/jaas.h"

#include <algorithm>
#include <cctype>
#include <cstdlib>
#include <fstream>
#include <optional>

#include "base/error.h"

namespace kc::security {
namespace {

using base::Error;
using base::Reaction;

// java.io.StreamTokenizer in the state that Kafka's JaasConfig puts it into.
class Tokenizer {
 public:
  enum class Kind { end, word, number, quoted, symbol };
  struct Token {
    Kind kind = Kind::end;
    std::string text;  // of words, quoted text and symbols
    bool is(char symbol) const { return kind == Kind::symbol && text[0] == symbol; }
    bool is_text() const { return kind == Kind::word || kind == Kind::quoted; }
  };

  explicit Tokenizer(std::string_view text) : text_(text) {}

  Token next() {
    skip_blanks_and_comments();
    if (position_ == text_.size()) return {};
    const char c = text_[position_];
    if (c == '"' || c == '\'') return {Kind::quoted, quoted(c)};
    if (starts_number()) return number();
    if (is_word_start(c)) return {Kind::word, word()};
    ++position_;
    return {Kind::symbol, std::string(1, c)};
  }

 private:
  static bool is_word_start(char c) {
    const auto byte = static_cast<unsigned char>(c);
    return std::isalpha(byte) || byte >= 0x80 || c == '-' || c == '_' || c == '$';
  }
  static bool is_word(char c) {
    return is_word_start(c) || std::isdigit(static_cast<unsigned char>(c)) || c == '.';
  }
  char at(size_t offset) const {
    return position_ + offset < text_.size() ? text_[position_ + offset] : '\0';
  }

  void skip_blanks_and_comments() {
    while (position_ < text_.size()) {
      if (static_cast<unsigned char>(text_[position_]) <= ' ') {
        ++position_;
      } else if (text_[position_] != '/') {
        return;
      } else if (at(1) == '*') {
        const size_t end = text_.find("*/", position_ + 2);
        position_ = end == text_.npos ? text_.size() : end + 2;
      } else {
        position_ = std::min(text_.find_first_of("\r\n", position_), text_.size());
      }
    }
  }

  // A number's first character is a digit, a dot or a minus; "-" and "." alone are not numbers.
  bool starts_number() const {
    const char c = at(0);
    return std::isdigit(static_cast<unsigned char>(c)) || c == '.' || c == '-';
  }

  Token number() {
    const size_t start = position_;
    if (at(0) == '-') {
      ++position_;
      if (at(0) != '.' && !std::isdigit(static_cast<unsigned char>(at(0)))) {
        return {Kind::symbol, "-"};
      }
    }
    bool dotted = false;
    while (std::isdigit(static_cast<unsigned char>(at(0))) || (at(0) == '.' && !dotted)) {
      dotted = dotted || at(0) == '.';
      ++position_;
    }
    return {Kind::number, std::string(text_.substr(start, position_ - start))};
  }

  std::string word() {
    const size_t start = position_;
    while (position_ < text_.size() && is_word(text_[position_])) ++position_;
    return std::string(text_.substr(start, position_ - start));
  }

  std::string quoted(char quote) {
    std::string result;
    for (++position_; position_ < text_.size(); ++position_) {
      const char c = text_[position_];
      if (c == quote) {
        ++position_;
        break;
      }
      if (c == '\n' || c == '\r') break;
      if (c == '\\' && position_ + 1 < text_.size()) {
        ++position_;
        result += escape();
      } else {
        result += c;
      }
    }
    return result;
  }

  // At the character after the backslash; leaves the position at the escape's last character.
  std::string escape() {
    const char c = text_[position_];
    switch (c) {
      case 'a':
        return "\a";
      case 'b':
        return "\b";
      case 'f':
        return "\f";
      case 'n':
        return "\n";
      case 'r':
        return "\r";
      case 't':
        return "\t";
      case 'v':
        return "\v";
      default:
        break;
    }
    if (c < '0' || c > '7') return std::string(1, c);
    int code = c - '0';
    const size_t digits_max = c <= '3' ? 3 : 2;
    for (size_t digits = 1; digits < digits_max && at(1) >= '0' && at(1) <= '7'; ++digits) {
      code = code * 8 + (at(1) - '0');
      ++position_;
    }
    return utf8(code);
  }

  static std::string utf8(int code) {
    if (code < 0x80) return std::string(1, static_cast<char>(code));
    return {static_cast<char>(0xC0 | (code >> 6)), static_cast<char>(0x80 | (code & 0x3F))};
  }

  std::string_view text_;
  size_t position_ = 0;
};

using Kind = Tokenizer::Kind;

[[noreturn]] void fail(std::string_view source, const std::string& what) {
  throw Error(Reaction::fix_config,
              "Invalid value {} for configuration {}: {}. Expected: <LoginModule class> required "
              "key=\"value\" ... ;",
              config::Secret::hidden, source, what);
}

std::string lower(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return text;
}

LoginModule parse_module(Tokenizer& tokens, const Tokenizer::Token& first,
                         std::string_view property) {
  LoginModule module;
  if (!first.is_text()) fail(property, "Login module not specified in JAAS config");
  module.class_name = first.text;
  auto token = tokens.next();
  if (!token.is_text()) fail(property, "Login module control flag not specified in JAAS config");
  module.control_flag = lower(token.text);
  static constexpr std::string_view flags[] = {"required", "requisite", "sufficient", "optional"};
  if (std::find(std::begin(flags), std::end(flags), module.control_flag) == std::end(flags)) {
    fail(property,
         fmt::format("Invalid login module control flag '{}' in JAAS config", token.text));
  }
  for (token = tokens.next(); !token.is(';'); token = tokens.next()) {
    if (token.kind == Kind::end) fail(property, "JAAS config entry not terminated by semi-colon");
    const std::string key = token.text;
    // Text that ends up in a key's place may be a piece of an unquoted password: not shown.
    if (!token.is_text() || !tokens.next().is('=')) {
      fail(property,
           "Value not specified for key in JAAS config (option " +
               std::to_string(module.options.size() + 1) +
               "; values with other characters than letters, digits, '-', '_', '$' and '.' need "
               "quotes)");
    }
    token = tokens.next();
    if (!token.is_text()) {
      fail(property, fmt::format("Value not specified for key '{}' in JAAS config (numbers and "
                                 "values with symbols need quotes)",
                                 key));
    }
    module.options.emplace_back(key, config::Secret(token.text));
  }
  return module;
}

}  // namespace

const config::Secret* LoginModule::find(std::string_view option) const {
  const auto found = std::find_if(options.rbegin(), options.rend(),
                                  [&](const auto& entry) { return entry.first == option; });
  return found == options.rend() ? nullptr : &found->second;
}

LoginModule parse_jaas(std::string_view text, std::string_view property) {
  Tokenizer tokens(text);
  LoginModule module = parse_module(tokens, tokens.next(), property);
  int modules = 1;
  for (auto token = tokens.next(); token.kind != Kind::end; token = tokens.next()) {
    parse_module(tokens, token, property);
    ++modules;
  }
  if (modules > 1) {
    fail(property, fmt::format("JAAS config property contains {} login modules, should be 1 module",
                               modules));
  }
  return module;
}

std::optional<LoginModule> find_jaas_entry(const std::string& path, std::string_view entry) {
  std::ifstream file(path, std::ios::binary);
  constexpr size_t file_bytes_max = 1024 * 1024;
  std::string text(file_bytes_max + 1, '\0');
  file.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<size_t>(file.gcount()));
  if (file.bad() || text.empty() || text.size() > file_bytes_max) {
    throw Error(Reaction::fix_config,
                "java.security.auth.login.config = {}: the file is empty, cannot be read by this "
                "user or is larger than 1 MiB",
                path);
  }
  return parse_jaas_file(text, entry, path);
}

std::optional<LoginModule> parse_jaas_file(std::string_view text, std::string_view entry,
                                           std::string_view path) {
  const std::string source = fmt::format("java.security.auth.login.config ({})", path);
  Tokenizer tokens(text);
  std::optional<LoginModule> found;
  for (auto token = tokens.next(); token.kind != Kind::end; token = tokens.next()) {
    const bool wanted = token.text == entry;
    if (!token.is_text() || !tokens.next().is('{')) {
      fail(source, "Expected: NAME { <LoginModule> };");
    }
    for (token = tokens.next(); !token.is('}'); token = tokens.next()) {
      LoginModule module = parse_module(tokens, token, source);
      if (wanted && !found) found = std::move(module);
    }
    if (!tokens.next().is(';')) fail(source, "An entry is not terminated by semi-colon");
  }
  return found;
}

std::string jaas_file_of(std::string_view java_options) {
  constexpr std::string_view option = "-Djava.security.auth.login.config=";
  const size_t at = java_options.rfind(option);
  if (at == java_options.npos) return {};
  std::string_view path = java_options.substr(at + option.size());
  path = path.substr(0, path.find_first_of(" \t\r\n"));
  // "==" replaces what java.security names, "=" adds to it.
  if (path.starts_with('=')) path.remove_prefix(1);
  if (path.starts_with("file:")) {
    path.remove_prefix(5);
    while (path.starts_with("//")) path.remove_prefix(1);
  }
  return std::string(path);
}

std::string jaas_file_of_environment() {
  const char* options = std::getenv("KAFKA_OPTS");
  return options == nullptr ? "" : jaas_file_of(options);
}

}  // namespace kc::security
