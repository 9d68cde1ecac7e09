#include "server/sql/create_table_parser.h"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <string>
#include <utility>

#include "server/sql/column_types.h"

namespace kc::server::sql {

namespace {

using Kind = Token::Kind;

std::string to_case(std::string text, int (*convert)(int)) {
  std::ranges::transform(text, text.begin(), [&](char c) {
    return static_cast<char>(convert(static_cast<unsigned char>(c)));
  });
  return text;
}

// [] or [5] behind a type, which the lexer takes for a quoted name.
void parse_array(TokenReader& in, TypeName& type) {
  if (in.peek().kind != Kind::quoted || in.peek().quote != '[') return;
  const Token& brackets = in.take();
  type.array = true;
  if (brackets.text.empty()) return;
  const char* const end = brackets.text.data() + brackets.text.size();
  const auto [last, error] = std::from_chars(brackets.text.data(), end, type.array_size);
  if (error != std::errc() || last != end || type.array_size < 1) {
    fail_at(brackets.begin, "`" + brackets.text + "` is not the size of an array");
  }
}

TypeName parse_type(TokenReader& in) {
  TypeName type;
  type.position = in.peek().begin;
  type.name = to_case(in.name("a column type"), std::toupper);
  if (type.name == "UNSIGNED") type.name += " " + to_case(in.name("BIGINT"), std::toupper);
  if (type.name == "DOUBLE") in.skip("PRECISION");
  if (in.skip("(")) {
    do {
      if (in.peek().kind == Kind::number) {
        type.sizes.push_back(in.integer("a size"));
      } else {
        type.properties.push_back(to_case(in.name("a size or a property"), std::tolower));
      }
    } while (in.skip(","));
    in.expect(")");
  }
  parse_array(in, type);
  return type;
}

wire::Column parse_column(TokenReader& in) {
  std::string name = in.name("a column's name");
  wire::Column column = make_column(std::move(name), parse_type(in));
  bool nullable = !column.primary_key();
  while (true) {
    if (in.skip({"NOT", "NULL"})) {
      nullable = false;
    } else if (in.skip({"PRIMARY", "KEY"})) {
      column.properties.emplace_back("primary_key");
      nullable = false;
    } else if (in.at("NULL") && !column.primary_key()) {
      in.take();
      nullable = true;
    } else {
      break;
    }
  }
  if (nullable) column.properties.emplace_back("nullable");
  return column;
}

// PRIMARY KEY (a, b), SHARD KEY (a)
void parse_key(TokenReader& in, const std::string& property, std::vector<wire::Column>& columns) {
  in.expect("(");
  do {
    const size_t position = in.peek().begin;
    const std::string name = in.name("a column");
    const auto column = std::ranges::find(columns, name, &wire::Column::name);
    if (column == columns.end()) fail_at(position, "there is no column `" + name + "`");
    if (!column->has(property)) column->properties.push_back(property);
    // A primary key is never null.
    if (property == "primary_key") std::erase(column->properties, "nullable");
  } while (in.skip(","));
  in.expect(")");
}

}  // namespace

CreateTable parse_create_table(TokenReader& in) {
  CreateTable create;
  create.or_replace = in.skip({"OR", "REPLACE"});
  in.expect("TABLE");
  create.if_not_exists = in.skip({"IF", "NOT", "EXISTS"});
  create.table = in.table_name();
  in.expect("(");
  do {
    if (in.skip({"PRIMARY", "KEY"})) {
      parse_key(in, "primary_key", create.columns);
    } else if (in.skip({"SOFT", "PRIMARY", "KEY"})) {
      parse_key(in, "soft_primary_key", create.columns);
    } else if (in.skip({"SHARD", "KEY"})) {
      parse_key(in, "shard_key", create.columns);
    } else {
      create.columns.push_back(parse_column(in));
    }
  } while (in.skip(","));
  in.expect(")");
  return create;
}

}  // namespace kc::server::sql
