#include "server/expression/expression_tree.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <utility>

namespace kc::server {

namespace {

using Kind = Node::Kind;

// Parentheses, not, minus and calls within each other; and operators in a row.
constexpr int depth_max = 100;
constexpr int operators_max = 500;

NodePtr make(Kind kind, const Token& at, std::string text = {}) {
  return std::make_unique<Node>(Node{.kind = kind, .text = std::move(text), .position = at.begin});
}

template <typename... Parts>
NodePtr make_of(Kind kind, const Token& at, std::string text, Parts... parts) {
  NodePtr node = make(kind, at, std::move(text));
  (node->parts.push_back(std::move(parts)), ...);
  return node;
}

std::string lower(std::string text) {
  std::ranges::transform(text, text.begin(),
                         [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return text;
}

bool is_plain_name(const std::string& name) {
  return !name.empty() && std::ranges::all_of(name, is_word_character) &&
         std::isdigit(static_cast<unsigned char>(name.front())) == 0;
}

class Parser {
 public:
  Parser(Lexer& lexer, const Dialect& dialect) : in_(lexer), dialect_(dialect) {
    if (dialect.type == nullptr) return;
    for (const wire::Column& column : dialect.type->columns()) {
      if (!is_plain_name(column.name)) odd_names_.push_back(column.name);
    }
    // The longest name that fits is meant.
    std::ranges::sort(odd_names_, std::ranges::greater(), &std::string_view::size);
  }

  NodePtr parse() { return parse_chain(Kind::either, "or"); }

 private:
  class Deeper {
   public:
    explicit Deeper(Parser& parser) : parser_(parser) {
      if (++parser_.depth_ > depth_max) parser_.in_.fail("the nesting is too deep");
    }
    ~Deeper() { --parser_.depth_; }
    Deeper(const Deeper&) = delete;
    Deeper& operator=(const Deeper&) = delete;

   private:
    Parser& parser_;
  };

  NodePtr parse_chain(Kind kind, std::string_view word) {
    const auto part = [&] {
      return kind == Kind::both ? parse_not() : parse_chain(Kind::both, "and");
    };
    const Token begin = in_.token();
    NodePtr node = part();
    if (!in_.at(word)) return node;
    NodePtr chain = make_of(kind, begin, "", std::move(node));
    while (in_.skip(word)) chain->parts.push_back(part());
    return chain;
  }

  NodePtr parse_not() {
    const Deeper deeper(*this);
    const Token at = in_.token();
    if (in_.skip("not")) return make_of(Kind::negated, at, "", parse_not());
    return parse_predicate();
  }

  NodePtr parse_predicate() {
    NodePtr left = parse_sum();
    const Token at = in_.token();
    if (const std::string op = comparison(at); !op.empty()) {
      in_.take();
      return make_of(Kind::compared, at, op, std::move(left), parse_sum());
    }
    if (in_.skip("is")) {
      const bool inverted = in_.skip("not");
      in_.expect("null");
      NodePtr node = make_of(Kind::is_null, at, "", std::move(left));
      node->inverted = inverted;
      return node;
    }
    const bool inverted = in_.skip("not");
    NodePtr node = parse_set_predicate(at, std::move(left), inverted);
    if (node) node->inverted = inverted;
    return node;
  }

  // What may follow an operand and "not". The operand itself where nothing does.
  NodePtr parse_set_predicate(const Token& at, NodePtr left, bool must) {
    if (in_.skip("in")) {
      NodePtr node = make_of(Kind::in, at, "", std::move(left));
      in_.expect("(");
      do {
        node->parts.push_back(parse_sum());
      } while (in_.skip(","));
      in_.expect(")");
      return node;
    }
    if (in_.skip("between")) {
      NodePtr low = parse_sum();
      in_.expect("and");
      return make_of(Kind::between, at, "", std::move(left), std::move(low), parse_sum());
    }
    if (in_.skip("like")) return make_of(Kind::like, at, "", std::move(left), parse_sum());
    if (must) in_.fail("`in`, `between` or `like` should be here");
    return left;
  }

  // The operator as the tree writes it; empty when the token is none.
  static std::string comparison(const Token& token) {
    constexpr std::array<std::string_view, 6> known = {"=", "!=", "<", "<=", ">", ">="};
    if (token.kind != Token::Kind::symbol) return {};
    if (token.text == "==") return "=";
    if (token.text == "<>") return "!=";
    return std::ranges::find(known, token.text) == known.end() ? "" : token.text;
  }

  NodePtr parse_sum() {
    NodePtr left = parse_term();
    while (in_.at("+") || in_.at("-")) {
      const Token op = take_operator();
      left = make_of(Kind::arithmetic, op, op.text, std::move(left), parse_term());
    }
    return left;
  }

  NodePtr parse_term() {
    NodePtr left = parse_unary();
    while (in_.at("*") || in_.at("/")) {
      const Token op = take_operator();
      left = make_of(Kind::arithmetic, op, op.text, std::move(left), parse_unary());
    }
    return left;
  }

  Token take_operator() {
    if (++operators_ > operators_max) in_.fail("there are too many operators");
    return in_.take();
  }

  NodePtr parse_unary() {
    const Deeper deeper(*this);
    const Token at = in_.token();
    if (in_.skip("+")) return parse_unary();
    if (in_.skip("-")) return make_of(Kind::minus, at, "", parse_unary());
    return parse_primary();
  }

  NodePtr parse_primary() {
    if (NodePtr odd = parse_odd_name()) return odd;
    const Token at = in_.token();
    switch (at.kind) {
      case Token::Kind::number:
        in_.take();
        return make(Kind::number, at, at.text);
      case Token::Kind::quoted:
        in_.take();
        if (at.quote == '\'' || (at.quote == '"' && !dialect_.double_quotes_name)) {
          return make(Kind::text, at, at.text);
        }
        return parse_column(at);
      case Token::Kind::word:
        return parse_word();
      case Token::Kind::symbol:
        if (in_.skip("(")) {
          NodePtr node = parse();
          in_.expect(")");
          return node;
        }
        if (in_.skip("?")) return make(Kind::parameter, at, std::to_string(parameters_++));
        break;
      case Token::Kind::end:
        break;
    }
    in_.fail("a column, a value or `(` should be here");
  }

  NodePtr parse_word() {
    constexpr std::array<std::string_view, 9> reserved = {"and", "or",   "not",  "in",  "between",
                                                          "is",  "like", "then", "when"};
    const Token at = in_.token();
    const std::string word = lower(at.text);
    if (std::ranges::find(reserved, word) != reserved.end()) {
      in_.fail("a column or a value should be here");
    }
    in_.take();
    if (in_.skip("(")) return parse_call(at, word);
    if (word == "null") return make(Kind::null, at);
    if (word == "true" || word == "false") return make(Kind::truth, at, word);
    return parse_column(at);
  }

  NodePtr parse_call(const Token& at, const std::string& function) {
    NodePtr node = make(function == "is_null" ? Kind::is_null : Kind::call, at, function);
    if (in_.at("*")) {
      node->parts.push_back(make(Kind::star, in_.take()));
    } else if (!in_.at(")")) {
      do {
        node->parts.push_back(parse());
      } while (in_.skip(","));
    }
    in_.expect(")");
    if (node->kind == Kind::is_null && node->parts.size() != 1) {
      in_.fail("is_null takes one column");
    }
    return node;
  }

  // `name` was taken: the column, or the table before its point.
  NodePtr parse_column(const Token& name) {
    NodePtr node = make(Kind::column, name, name.text);
    while (in_.skip(".")) {
      const Token next = in_.take();
      if (next.kind != Token::Kind::word && next.kind != Token::Kind::quoted) {
        in_.fail("a column should be here");
      }
      if (!node->qualifier.empty()) node->qualifier += '.';
      node->qualifier += std::exchange(node->text, next.text);
    }
    return node;
  }

  // A column of a name like `my column`, written without quotes.
  NodePtr parse_odd_name() {
    const Token at = in_.token();
    if (at.kind == Token::Kind::end || at.kind == Token::Kind::quoted) return nullptr;
    const std::string_view rest = in_.source().substr(at.begin);
    for (const std::string_view name : odd_names_) {
      if (name.empty() || !rest.starts_with(name)) continue;
      const bool ends = rest.size() == name.size() || !is_word_character(name.back()) ||
                        !is_word_character(rest[name.size()]);
      if (!ends) continue;
      in_.jump(at.begin + name.size());
      return make(Kind::column, at, std::string(name));
    }
    return nullptr;
  }

  Lexer& in_;
  const Dialect& dialect_;
  std::vector<std::string_view> odd_names_;
  int depth_ = 0;
  int operators_ = 0;
  int parameters_ = 0;
};

}  // namespace

NodePtr parse_expression(Lexer& lexer, const Dialect& dialect) {
  return Parser(lexer, dialect).parse();
}

NodePtr parse_expression(std::string_view text, const Dialect& dialect) {
  Lexer lexer(text);
  NodePtr node = parse_expression(lexer, dialect);
  if (!lexer.at_end()) lexer.fail("the expression should end here");
  return node;
}

NamedExpression parse_named_expression(std::string_view text, const wire::TableType& type) {
  NamedExpression named;
  if (type.find(text)) {
    named.name = text;
    named.tree = std::make_unique<Node>(Node{.kind = Kind::column, .text = named.name});
    return named;
  }
  Lexer lexer(text);
  named.tree = parse_expression(lexer, Dialect{.double_quotes_name = false, .type = &type});
  named.name = text.substr(0, lexer.token().begin);
  named.name.erase(named.name.find_last_not_of(' ') + 1);
  named.has_alias = lexer.skip("as") || !lexer.at_end();
  if (!named.has_alias) return named;
  const Token alias = lexer.take();
  const bool is_name = alias.kind == Token::Kind::word || alias.kind == Token::Kind::quoted;
  if (!is_name || !lexer.at_end()) lexer.fail("an alias should be here, and nothing behind it");
  named.name = alias.text;
  return named;
}

}  // namespace kc::server
