#include "server/expression/expression_lexer.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <utility>

#include "base/error.h"

namespace kc::server {

namespace {

bool is_space(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }
bool is_digit(char c) { return c >= '0' && c <= '9'; }

// The end of the number that begins at `at`.
size_t number_end(std::string_view source, size_t at) {
  while (at < source.size()) {
    const char c = source[at];
    const bool exponent_sign =
        (c == '-' || c == '+') && (source[at - 1] == 'e' || source[at - 1] == 'E');
    if (!is_word_character(c) && c != '.' && !exponent_sign) break;
    ++at;
  }
  return at;
}

bool same_ignoring_case(std::string_view left, std::string_view right) {
  return std::ranges::equal(left, right, [](char a, char b) {
    return std::tolower(static_cast<unsigned char>(a)) ==
           std::tolower(static_cast<unsigned char>(b));
  });
}

}  // namespace

bool is_word_character(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return std::isalnum(byte) != 0 || c == '_' || c == '$' || byte >= 0x80;
}

Token Lexer::take() {
  Token taken = std::exchange(token_, {});
  jump(taken.end);
  return taken;
}

bool Lexer::at(std::string_view text) const {
  const bool plain = token_.kind == Token::Kind::word || token_.kind == Token::Kind::symbol;
  return plain && same_ignoring_case(token_.text, text);
}

bool Lexer::skip(std::string_view text) {
  if (!at(text)) return false;
  jump(token_.end);
  return true;
}

void Lexer::expect(std::string_view text) {
  if (!skip(text)) fail("`" + std::string(text) + "` should be here");
}

void Lexer::jump(size_t position) {
  size_t at = position;
  while (at < source_.size() && is_space(source_[at])) ++at;
  token_ = {Token::Kind::end, "", 0, at, at};
  if (at == source_.size()) return;
  const char first = source_[at];
  if (first == '"' || first == '\'' || first == '`') return read_quoted(first);
  if (first == '[') return read_quoted(']');
  const bool point_and_digit = first == '.' && at + 1 < source_.size() && is_digit(source_[at + 1]);
  if (is_digit(first) || point_and_digit) {
    token_.kind = Token::Kind::number;
    token_.end = number_end(source_, at);
  } else if (is_word_character(first)) {
    token_.kind = Token::Kind::word;
    while (token_.end < source_.size() && is_word_character(source_[token_.end])) ++token_.end;
  } else {
    constexpr std::array<std::string_view, 5> two = {"==", "!=", "<>", "<=", ">="};
    token_.kind = Token::Kind::symbol;
    token_.end = at + (std::ranges::find(two, source_.substr(at, 2)) != two.end() ? 2 : 1);
  }
  token_.text = source_.substr(at, token_.end - at);
}

void Lexer::read_quoted(char closing) {
  token_.kind = Token::Kind::quoted;
  token_.quote = source_[token_.begin];
  for (size_t at = token_.begin + 1; at < source_.size(); ++at) {
    if (source_[at] == closing) {
      if (at + 1 == source_.size() || source_[at + 1] != closing) {
        token_.end = at + 1;
        return;
      }
      ++at;
    }
    token_.text += source_[at];
  }
  fail(std::string("the closing ") + closing + " is missing");
}

void Lexer::fail(std::string_view what) const {
  constexpr size_t shown_max = 500;
  const std::string shown(source_.substr(0, shown_max));
  const std::string where = at_end() ? "its end" : "`" + token_.text.substr(0, 100) + "`";
  throw base::Error(base::Reaction::fail_task, "Expression `{}{}`, position {}, at {}: {}", shown,
                    source_.size() > shown_max ? "..." : "", token_.begin + 1, where, what);
}

}  // namespace kc::server
