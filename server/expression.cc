#include "server/expression.h"

#include <algorithm>
#include <charconv>
#include <compare>
#include <optional>
#include <string>
#include <variant>

#include "base/error.h"
#include "wire/row_codec.h"

namespace kc::server {

namespace {

using base::Error;
using base::Reaction;
using data::Kind;
using data::Value;

constexpr int depth_max = 100;

using Truth = std::optional<bool>;  // nothing: unknown, because of a null

struct Column {
  size_t index;
};
using Operand = std::variant<Column, int64_t, double, std::string>;

}  // namespace

struct Expression::Node {
  enum class Kind { both, either, negated, is_null, compared } kind;
  std::vector<std::unique_ptr<Node>> parts;
  std::string op;
  std::vector<Operand> operands;

  Truth holds(const std::vector<Value>& row) const;
};

namespace {

using Node = Expression::Node;
using NodePtr = std::unique_ptr<Node>;

struct Token {
  enum class Kind { end, word, number, text, symbol } kind = Kind::end;
  std::string text;
};

bool is_word_char(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_'; }

class Parser {
 public:
  Parser(std::string_view text, const wire::TableType& type) : text_(text), type_(type) { next(); }

  NodePtr parse() {
    NodePtr node = parse_chain(Node::Kind::either, "or");
    if (token_.kind != Token::Kind::end) fail("what begins with `" + token_.text + "`");
    return node;
  }

 private:
  [[noreturn]] void fail(const std::string& what) const {
    throw Error(Reaction::fail_task,
                "Expression `{}`: this server does not understand {}. It knows comparisons, "
                "is_null(column), and, or, not and parentheses",
                text_, what);
  }

  void next() {
    while (at_ < text_.size() && text_[at_] == ' ') ++at_;
    if (at_ == text_.size()) {
      token_ = {};
      return;
    }
    const size_t begin = at_;
    const char first = text_[at_];
    if (first == '"' || first == '\'') return next_text(first);
    const bool negative = first == '-' && at_ + 1 < text_.size();
    if (std::isdigit(static_cast<unsigned char>(first)) != 0 || negative) {
      ++at_;
      while (at_ < text_.size() && (is_word_char(text_[at_]) || text_[at_] == '.' ||
                                    ((text_[at_] == '-' || text_[at_] == '+') &&
                                     (text_[at_ - 1] == 'e' || text_[at_ - 1] == 'E')))) {
        ++at_;
      }
      token_ = {Token::Kind::number, std::string(text_.substr(begin, at_ - begin))};
    } else if (is_word_char(first)) {
      while (at_ < text_.size() && is_word_char(text_[at_])) ++at_;
      token_ = {Token::Kind::word, std::string(text_.substr(begin, at_ - begin))};
    } else {
      constexpr std::string_view two[] = {"==", "!=", "<>", "<=", ">="};
      const bool is_two = std::ranges::find(two, text_.substr(at_, 2)) != std::end(two);
      at_ += is_two ? 2 : 1;
      token_ = {Token::Kind::symbol, std::string(text_.substr(begin, at_ - begin))};
    }
  }

  // A quote within is doubled or follows a backslash.
  void next_text(char quote) {
    token_ = {Token::Kind::text, ""};
    for (++at_; at_ < text_.size(); ++at_) {
      const bool more = at_ + 1 < text_.size();
      if (more && (text_[at_] == '\\' || (text_[at_] == quote && text_[at_ + 1] == quote))) {
        ++at_;
      } else if (text_[at_] == quote) {
        ++at_;
        return;
      }
      token_.text += text_[at_];
    }
    fail("a text without its closing quote");
  }

  bool skip(std::string_view text) {
    const bool plain = token_.kind == Token::Kind::word || token_.kind == Token::Kind::symbol;
    if (!plain || !std::ranges::equal(token_.text, text, {}, [](char c) {
          return static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
        })) {
      return false;
    }
    next();
    return true;
  }
  void expect(std::string_view symbol) {
    if (!skip(symbol)) fail("`" + token_.text + "` where `" + std::string(symbol) + "` should be");
  }

  NodePtr parse_chain(Node::Kind kind, std::string_view word) {
    const bool inner = kind == Node::Kind::both;
    auto part = [&] { return inner ? parse_unary() : parse_chain(Node::Kind::both, "and"); };
    NodePtr node = part();
    if (!skip(word)) return node;
    auto chain = std::make_unique<Node>(Node{kind, {}, {}, {}});
    chain->parts.push_back(std::move(node));
    do {
      chain->parts.push_back(part());
    } while (skip(word));
    return chain;
  }

  NodePtr parse_unary() {
    if (++depth_ > depth_max) fail("so deep a nesting");
    NodePtr node;
    if (skip("not")) {
      node = std::make_unique<Node>(Node{Node::Kind::negated, {}, {}, {}});
      node->parts.push_back(parse_unary());
    } else if (skip("(")) {
      node = parse_chain(Node::Kind::either, "or");
      expect(")");
    } else if (skip("is_null")) {
      expect("(");
      node = std::make_unique<Node>(Node{Node::Kind::is_null, {}, {}, {}});
      node->operands.push_back(parse_operand());
      expect(")");
    } else {
      node = parse_comparison();
    }
    --depth_;
    return node;
  }

  NodePtr parse_comparison() {
    constexpr std::string_view ops[] = {"=", "==", "!=", "<>", "<", "<=", ">", ">="};
    auto node = std::make_unique<Node>(Node{Node::Kind::compared, {}, {}, {}});
    node->operands.push_back(parse_operand());
    if (std::ranges::find(ops, token_.text) == std::end(ops)) {
      fail("`" + token_.text + "` where a comparison should be");
    }
    node->op = token_.text;
    next();
    node->operands.push_back(parse_operand());
    return node;
  }

  Operand parse_operand() {
    const Token token = token_;
    next();
    if (token.kind == Token::Kind::text) return token.text;
    if (token.kind == Token::Kind::word) {
      const auto column = type_.find(token.text);
      if (!column) fail("`" + token.text + "`, which is not a column");
      return Column{*column};
    }
    const char* const end = token.text.data() + token.text.size();
    int64_t integer = 0;
    double real = 0;
    if (token.kind == Token::Kind::number) {
      if (std::from_chars(token.text.data(), end, integer).ptr == end) return integer;
      if (std::from_chars(token.text.data(), end, real).ptr == end) return real;
    }
    fail("`" + token.text + "` where a column or a value should be");
  }

  std::string_view text_;
  const wire::TableType& type_;
  size_t at_ = 0;
  Token token_;
  int depth_ = 0;
};

Value value_of(const Operand& operand, const std::vector<Value>& row) {
  if (const auto* column = std::get_if<Column>(&operand)) return row[column->index];
  if (const auto* integer = std::get_if<int64_t>(&operand)) return Value::int64(*integer);
  if (const auto* real = std::get_if<double>(&operand)) return Value::float64(*real);
  return Value::string(std::get<std::string>(operand));
}

double to_real(const Value& value) {
  return value.is_integer() ? static_cast<double>(value.as_integer()) : value.as_real();
}

std::partial_ordering compare(const Value& left, const Value& right) {
  const auto is_text = [](const Value& value) {
    return value.kind() == Kind::string || value.kind() == Kind::bytes;
  };
  if (is_text(left) != is_text(right)) {
    throw Error(Reaction::fail_task, "An expression compares a text with a number");
  }
  if (is_text(left)) return left.as_text() <=> right.as_text();
  if (left.is_integer() && right.is_integer()) return left.as_integer() <=> right.as_integer();
  return to_real(left) <=> to_real(right);
}

bool matches(std::partial_ordering order, const std::string& op) {
  if (op == "=" || op == "==") return order == 0;
  if (op == "!=" || op == "<>") return order != 0;
  if (op == "<") return order < 0;
  if (op == "<=") return order <= 0;
  return op == ">" ? order > 0 : order >= 0;
}

}  // namespace

Truth Expression::Node::holds(const std::vector<Value>& row) const {
  switch (kind) {
    case Kind::is_null:
      return value_of(operands[0], row).is_null();
    case Kind::compared: {
      const Value left = value_of(operands[0], row);
      const Value right = value_of(operands[1], row);
      if (left.is_null() || right.is_null()) return std::nullopt;
      return matches(compare(left, right), op);
    }
    case Kind::negated: {
      const Truth truth = parts[0]->holds(row);
      return truth ? Truth(!*truth) : truth;
    }
    case Kind::both:
    case Kind::either:
      break;
  }
  // The value that decides; unknown where none does and one is unknown.
  const bool decisive = kind == Kind::either;
  Truth result = !decisive;
  for (const auto& part : parts) {
    const Truth truth = part->holds(row);
    if (truth == decisive) return decisive;
    if (!truth) result = truth;
  }
  return result;
}

Expression::Expression(std::string_view text, const wire::TableType& type)
    : type_(type), root_(Parser(text, type).parse()) {}
Expression::~Expression() = default;
Expression::Expression(Expression&&) noexcept = default;

bool Expression::chooses(std::string_view row) {
  wire::decode_row(type_, row, values_);
  return root_->holds(values_) == true;
}

}  // namespace kc::server
