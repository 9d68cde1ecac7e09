// The words of an expression, shared by Kinetica's own expressions and SQL.
//
//   word    letters, digits and _, $, not beginning with a digit (or any byte above 0x7f)
//   number  123  1.5  .5  1e-5           (a sign is a symbol of its own)
//   quoted  "x" 'x' `x` [x]              (a closing quote within is doubled; a backslash is itself)
//   symbol  = == != <> < <= > >= + - * / % ( ) , . ? ; and any other single character
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace kc::server {

struct Token {
  enum class Kind { end, word, number, quoted, symbol };
  Kind kind = Kind::end;
  std::string text;  // without quotes
  char quote = 0;    // the opening one
  size_t begin = 0;  // in the source
  size_t end = 0;
};

class Lexer {
 public:
  // `source` outlives the lexer. Throws Error(fail_task) when its first word is unfinished, as
  // every call does that moves on.
  explicit Lexer(std::string_view source) : source_(source) { jump(0); }

  const Token& token() const { return token_; }
  std::string_view source() const { return source_; }
  bool at_end() const { return token_.kind == Token::Kind::end; }

  // The token, and moves on.
  Token take();
  // Is the token this word (in any case) or symbol?
  bool at(std::string_view text) const;
  // If so, moves on.
  bool skip(std::string_view text);
  // Throws Error(fail_task) when it is not.
  void expect(std::string_view text);
  // Goes on from a position of the source.
  void jump(size_t position);

  // Throws Error(fail_task) with the source, the token's position and its text.
  [[noreturn]] void fail(std::string_view what) const;

 private:
  void read_quoted(char closing);

  std::string_view source_;
  Token token_;
};

bool is_word_character(char c);

}  // namespace kc::server
