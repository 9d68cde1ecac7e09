// What the parsers of statements share: tokens one after the other, and the smallest pieces.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>

#include "server/sql/statement.h"
#include "server/sql/tokens.h"

namespace kc::server::sql {

class TokenReader {
 public:
  // `tokens` outlives the reader.
  explicit TokenReader(const Tokens& tokens) : tokens_(&tokens), next_(tokens.list.data()) {}

  // Stays at the end when it is there.
  const Token& peek() const { return *next_; }
  const Token& peek_second() const { return at_end() ? *next_ : next_[1]; }
  const Token& take() { return at_end() ? *next_ : *next_++; }

  bool at_end() const { return next_->kind == Token::Kind::end; }
  // Does this keyword (in upper case) or symbol come next?
  bool at(std::string_view word) const { return is(*next_, word); }
  bool at_name() const;
  bool at_literal() const;

  // True, and past it, when these keywords or symbols come next, all of them.
  bool skip(std::initializer_list<std::string_view> words);
  bool skip(std::string_view word) { return skip({word}); }
  // Throws unless it comes next.
  void expect(std::string_view word);
  // Throws: `what` should be where the next token is.
  [[noreturn]] void fail_expecting(std::string_view what) const;

  // A column, schema or alias; throws, naming `what` it should be.
  std::string name(std::string_view what);
  // Names with points between them.
  TableName table_name();
  // Throws unless a constant or a parameter comes next.
  Literal literal();
  int64_t integer(std::string_view what);
  NodePtr expression();

  static bool is(const Token& token, std::string_view word);

 private:
  bool at_bytes() const;

  const Tokens* tokens_;
  const Token* next_;
};

}  // namespace kc::server::sql
