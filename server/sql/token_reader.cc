#include "server/sql/token_reader.h"

#include <algorithm>
#include <cctype>
#include <charconv>

namespace kc::server::sql {

using Kind = Token::Kind;

namespace {

bool is_quoted(const Token& token, char quote) {
  return token.kind == Kind::quoted && token.quote == quote;
}

std::string bytes_of(const Token& digits) {
  const std::string& text = digits.text;
  std::string bytes;
  for (size_t i = 0; i < text.size(); i += 2) {
    uint8_t byte = 0;
    const char* const end = text.data() + std::min(i + 2, text.size());
    const auto [last, error] = std::from_chars(text.data() + i, end, byte, 16);
    if (error != std::errc() || last != text.data() + i + 2) {
      fail_at(digits.begin, "bytes are pairs of hexadecimal digits");
    }
    bytes += static_cast<char>(byte);
  }
  return bytes;
}

}  // namespace

bool TokenReader::is(const Token& token, std::string_view word) {
  if (token.kind == Kind::symbol) return token.text == word;
  return token.kind == Kind::word && std::ranges::equal(token.text, word, {}, [](char c) {
           return static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
         });
}

bool TokenReader::at_name() const {
  if (next_->kind == Kind::word) return next_->text[0] != '$';
  return next_->kind == Kind::quoted && next_->quote != '\'' && !next_->text.empty();
}

bool TokenReader::skip(std::initializer_list<std::string_view> words) {
  const Token* token = next_;
  for (const std::string_view word : words) {
    if (!is(*token, word)) return false;  // the end is no word
    ++token;
  }
  next_ = token;
  return true;
}

void TokenReader::expect(std::string_view word) {
  if (!skip(word)) fail_expecting("`" + std::string(word) + "`");
}

void TokenReader::fail_expecting(std::string_view what) const {
  constexpr size_t shown_max = 60;
  const std::string shown = at_end() ? "the end" : "`" + next_->text.substr(0, shown_max) + "`";
  fail_at(next_->begin, shown + " where " + std::string(what) + " should be");
}

std::string TokenReader::name(std::string_view what) {
  if (!at_name()) fail_expecting(what);
  return take().text;
}

TableName TokenReader::table_name() {
  TableName table{"", next_->begin};
  table.name = name("a table's name");
  while (skip(".")) table.name += "." + name("a table's name");
  return table;
}

// x'0aff', nothing between.
bool TokenReader::at_bytes() const {
  return at("X") && is_quoted(peek_second(), '\'') && peek_second().begin == next_->end;
}

bool TokenReader::at_literal() const {
  if (next_->kind == Kind::number || is_quoted(*next_, '\'') || at_bytes()) return true;
  if (tokens_->parameters.contains(next_->begin)) return true;
  if (at("-") || at("+")) return peek_second().kind == Kind::number;
  if (at("NULL") || at("TRUE") || at("FALSE")) return true;
  const bool typed = at("DATE") || at("TIME") || at("TIMESTAMP") || at("DATETIME");
  return typed && is_quoted(peek_second(), '\'');  // DATE '2024-02-29'
}

Literal TokenReader::literal() {
  if (!at_literal()) fail_expecting("a constant");
  Literal literal{.position = next_->begin};
  if (const auto found = tokens_->parameters.find(next_->begin);
      found != tokens_->parameters.end()) {
    take();
    literal.kind = Literal::Kind::parameter;
    literal.parameter = found->second;
  } else if (at_bytes()) {
    take();
    literal.kind = Literal::Kind::bytes;
    literal.text = bytes_of(take());
  } else if (skip("NULL")) {
    literal.kind = Literal::Kind::null;
  } else if (at("TRUE") || at("FALSE")) {
    literal.kind = Literal::Kind::boolean;
    literal.text = at("TRUE") ? "true" : "false";
    take();
  } else if (at("-") || at("+") || next_->kind == Kind::number) {
    literal.kind = Literal::Kind::number;
    if (skip("-")) literal.text = "-";
    skip("+");
    literal.text += take().text;
  } else {
    if (next_->kind == Kind::word) take();
    literal.kind = Literal::Kind::text;
    literal.text = take().text;
  }
  return literal;
}

int64_t TokenReader::integer(std::string_view what) {
  int64_t value = 0;
  const std::string& text = next_->text;
  const char* const end = text.data() + text.size();
  if (next_->kind != Kind::number || std::from_chars(text.data(), end, value).ptr != end) {
    fail_expecting(what);
  }
  take();
  return value;
}

NodePtr TokenReader::expression() {
  Lexer lexer(tokens_->source);
  lexer.jump(next_->begin);
  NodePtr tree = parse_expression(lexer, {.double_quotes_name = true});
  while (!at_end() && next_->begin < lexer.token().begin) ++next_;
  return tree;
}

}  // namespace kc::server::sql
