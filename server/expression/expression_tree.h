// An expression as it is written, before its names mean anything: what the parser makes of it and
// what server/expression/expression.h (or SQL) compiles.
//
//   or        = and { "or" and }                  and = not { "and" not }
//   not       = "not" not | predicate
//   predicate = sum [ compare sum
//                   | ["not"] "in" "(" or { "," or } ")"
//                   | ["not"] "between" sum "and" sum
//                   | ["not"] "like" sum
//                   | "is" ["not"] "null" ]
//   compare   = "=" | "==" | "!=" | "<>" | "<" | "<=" | ">" | ">="
//   sum       = term { ("+" | "-") term }         term = unary { ("*" | "/") unary }
//   unary     = "-" unary | "+" unary | primary
//   primary   = "(" or ")" | number | text | "null" | "true" | "false" | "?" | column
//             | name "(" [ "*" | or { "," or } ] ")"
//   column    = word | `x` | [x]                  text = 'x'
//
// "x" is a text in Kinetica's expressions and a column in SQL. A column may be written as
// table.column; the table is kept as `qualifier`.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "server/expression/expression_lexer.h"
#include "wire/table_type.h"

namespace kc::server {

struct Node {
  enum class Kind {
    column,  // text: its name; qualifier: what stood before the point
    null,
    truth,       // text: "true" or "false"
    number,      // text: as written
    text,        // text: without quotes
    parameter,   // text: "0" for the first ? of the source, and so on
    star,        // the * of count(*)
    call,        // text: the function's name in lower case; parts: its arguments
    both,        // and; two parts or more
    either,      // or; two parts or more
    negated,     // not; one part
    compared,    // text: = != < <= > >=; two parts
    in,          // parts: the operand, then the list
    between,     // parts: the operand, the lower and the upper bound
    like,        // parts: the operand and the pattern
    is_null,     // one part
    arithmetic,  // text: + - * /; two parts
    minus,       // one part
  };
  Kind kind;
  std::string text{};
  std::string qualifier{};
  bool inverted = false;  // not in, not between, not like, is not null
  size_t position = 0;    // in the source
  std::vector<std::unique_ptr<Node>> parts{};
};
using NodePtr = std::unique_ptr<Node>;

struct Dialect {
  bool double_quotes_name = false;  // "x" is a column
  // Columns whose names are no words (`my column`) are found as they stand, which is how Kinetica's
  // clients write them.
  const wire::TableType* type = nullptr;
};

// Reads an expression from the lexer's token on, and stops at the first token that does not belong
// to it. Throws Error(fail_task) with the position.
NodePtr parse_expression(Lexer& lexer, const Dialect& dialect);
// The whole text is one expression.
NodePtr parse_expression(std::string_view text, const Dialect& dialect);

// A column of a result, as clients ask for it: the name of a column of `type`, which may be
// anything, or an expression, with or without an alias behind it (`x + 1 as y`).
struct NamedExpression {
  NodePtr tree;
  std::string name;  // the alias, else the text itself
  bool has_alias = false;
};
NamedExpression parse_named_expression(std::string_view text, const wire::TableType& type);

}  // namespace kc::server
