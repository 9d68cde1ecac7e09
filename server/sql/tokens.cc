#include "server/sql/tokens.h"

#include <algorithm>
#include <charconv>
#include <optional>

#include "base/error.h"

namespace kc::server::sql {

namespace {

using base::Error;
using base::Reaction;

constexpr size_t statement_bytes_max = size_t{64} << 20;
constexpr size_t parameters_max = 10'000;

void read_hints(std::string_view comment, Tokens& tokens) {
  const auto hints = [&](std::string_view hint) { return comment.find(hint) != comment.npos; };
  if (hints("KI_HINT_UPDATE_ON_EXISTING_PK")) tokens.update_on_existing_pk = true;
  if (hints("KI_HINT_IGNORE_EXISTING_PK")) tokens.ignore_existing_pk = true;
}

// Comments outside quotes become blanks, so that positions stay.
void blank_comments(Tokens& tokens) {
  std::string& source = tokens.source;
  for (size_t at = 0; at < source.size(); ++at) {
    const char c = source[at];
    if (c == '\'' || c == '"' || c == '`') {
      at = std::min(source.find(c, at + 1), source.size());
      continue;
    }
    const std::string_view rest = std::string_view(source).substr(at);
    size_t length = 0;
    if (rest.starts_with("--")) {
      length = std::min(rest.find('\n'), rest.size());
    } else if (rest.starts_with("/*")) {
      const size_t end = rest.find("*/", 2);
      if (end == rest.npos) fail_at(at, "a comment without its end */");
      length = end + 2;
      read_hints(rest.substr(0, length), tokens);
    }
    std::fill_n(source.begin() + static_cast<std::ptrdiff_t>(at), length, ' ');
    at += length > 0 ? length - 1 : 0;
  }
}

// From 0; nothing for what is no $1.
std::optional<size_t> numbered_parameter(const Token& token) {
  if (token.kind != Token::Kind::word || token.text[0] != '$') return std::nullopt;
  size_t number = 0;
  const char* const end = token.text.data() + token.text.size();
  const auto [last, error] = std::from_chars(token.text.data() + 1, end, number);
  if (error != std::errc() || last != end || number == 0) {
    fail_at(token.begin, "`" + token.text + "`, where parameters begin with $1");
  }
  return number - 1;
}

class ParameterCounter {
 public:
  explicit ParameterCounter(Tokens& tokens) : tokens_(tokens) {}

  void look_at(const Token& token) {
    const bool by_order = token.kind == Token::Kind::symbol && token.text == "?";
    const auto by_number = numbered_parameter(token);
    if (!by_order && !by_number) return;
    (by_order ? has_ordered_ : has_numbered_) = true;
    if (has_ordered_ && has_numbered_) {
      fail_at(token.begin, "the parameters ? and $1 cannot be mixed");
    }
    const size_t index = by_order ? tokens_.parameter_count : *by_number;
    if (index >= parameters_max) fail_at(token.begin, "more than 10000 parameters");
    tokens_.parameters.emplace(token.begin, index);
    tokens_.parameter_count = std::max(tokens_.parameter_count, index + 1);
  }

 private:
  Tokens& tokens_;
  bool has_ordered_ = false;
  bool has_numbered_ = false;
};

}  // namespace

Tokens tokenize(std::string_view statement) {
  if (statement.size() > statement_bytes_max) {
    throw Error(Reaction::fail_task,
                "A SQL statement of {} bytes is too long; at most {} are taken", statement.size(),
                statement_bytes_max);
  }
  Tokens tokens;
  tokens.source = statement;
  blank_comments(tokens);
  ParameterCounter counter(tokens);
  Lexer lexer(tokens.source);
  while (!lexer.at_end()) {
    counter.look_at(lexer.token());
    tokens.list.push_back(lexer.take());
  }
  tokens.list.push_back(lexer.token());
  return tokens;
}

void fail_at(size_t position, std::string_view what) {
  throw Error(Reaction::fail_task, "SQL, character {}: {}", position + 1, what);
}

}  // namespace kc::server::sql
