#include "server/sql/parser.h"

#include <algorithm>
#include <string_view>
#include <utility>

#include "server/sql/create_table_parser.h"
#include "server/sql/token_reader.h"

namespace kc::server::sql {

namespace {

using Kind = Token::Kind;

// What cannot be an alias, since it begins something else.
bool at_clause(const TokenReader& in) {
  constexpr std::string_view words[] = {"FROM",   "WHERE", "GROUP", "HAVING",    "ORDER",  "LIMIT",
                                        "OFFSET", "FETCH", "UNION", "INTERSECT", "EXCEPT", "JOIN",
                                        "INNER",  "LEFT",  "RIGHT", "FULL",      "CROSS",  "WINDOW",
                                        "ON",     "SET",   "AS",    "NATURAL"};
  return std::ranges::any_of(words, [&](std::string_view word) { return in.at(word); });
}

// [AS] alias
std::string parse_alias(TokenReader& in) {
  if (in.skip("AS") || (in.at_name() && !at_clause(in))) return in.name("an alias");
  return "";
}

NodePtr parse_where(TokenReader& in) { return in.skip("WHERE") ? in.expression() : nullptr; }

// *, or the table's name with .* behind it.
bool skip_all(TokenReader& in) {
  TokenReader ahead = in;
  while (ahead.at_name() && TokenReader::is(ahead.peek_second(), ".")) {
    ahead.take();
    ahead.take();
  }
  if (!ahead.skip("*")) return false;
  in = ahead;
  return true;
}

SelectItem parse_item(TokenReader& in) {
  SelectItem item{nullptr, "", in.peek().begin};
  if (skip_all(in)) return item;
  item.value = in.expression();
  item.header = parse_alias(in);
  return item;
}

ItemReference parse_item_reference(TokenReader& in) {
  ItemReference item;
  item.position = in.peek().begin;
  if (in.peek().kind == Kind::number) {
    const int64_t place = in.integer("the place of a column");
    if (place < 1) fail_at(item.position, "places of the select list begin with 1");
    item.place = static_cast<size_t>(place) - 1;
  } else {
    item.value = in.expression();
  }
  return item;
}

OrderItem parse_order_item(TokenReader& in) {
  OrderItem item{parse_item_reference(in)};
  if (in.skip("DESC")) {
    item.descending = true;
  } else {
    in.skip("ASC");
  }
  if (in.skip({"NULLS", "LAST"})) {
    item.nulls_last = true;
  } else if (in.skip({"NULLS", "FIRST"})) {
    item.nulls_last = false;
  }
  return item;
}

void parse_range(TokenReader& in, Select& select) {
  while (true) {
    if (!select.limit && in.skip("LIMIT")) {
      if (!in.skip("ALL")) select.limit = in.literal();
    } else if (!select.offset && in.skip("OFFSET")) {
      select.offset = in.literal();
      if (!in.skip("ROWS")) in.skip("ROW");
    } else {
      return;
    }
  }
}

// Of a query; what is wanted of its rows is looked for item by item.
template <typename Item>
void parse_list(TokenReader& in, std::vector<Item>& items, Item (*parse)(TokenReader&)) {
  constexpr size_t items_max = 4096;
  do {
    if (items.size() == items_max) fail_at(in.peek().begin, "a list has at most 4096 items");
    items.push_back(parse(in));
  } while (in.skip(","));
}

Select parse_select(TokenReader& in) {
  Select select;
  select.distinct = in.skip("DISTINCT");
  if (!select.distinct) in.skip("ALL");
  parse_list(in, select.items, parse_item);
  if (in.skip("FROM")) {
    if (in.at("(")) in.fail_expecting("a table (queries within queries are not known here)");
    select.table = in.table_name();
    select.alias = parse_alias(in);
    if (in.at(",")) in.fail_expecting("WHERE (only one table at a time is known here)");
    select.where = parse_where(in);
    if (in.skip({"GROUP", "BY"})) {
      parse_list(in, select.group, parse_item_reference);
    }
    if (in.skip("HAVING")) select.having = in.expression();
  }
  if (in.skip({"ORDER", "BY"})) {
    parse_list(in, select.order, parse_order_item);
  }
  parse_range(in, select);
  return select;
}

Insert parse_insert(TokenReader& in) {
  in.expect("INTO");
  Insert insert;
  insert.table = in.table_name();
  if (in.skip("(")) {
    do {
      insert.columns.push_back(in.name("a column"));
    } while (in.skip(","));
    in.expect(")");
  }
  in.expect("VALUES");
  do {
    in.expect("(");
    auto& row = insert.rows.emplace_back();
    do {
      row.push_back(in.literal());
    } while (in.skip(","));
    in.expect(")");
  } while (in.skip(","));
  return insert;
}

Update parse_update(TokenReader& in) {
  Update update;
  update.table = in.table_name();
  in.expect("SET");
  do {
    Assignment assignment;
    assignment.position = in.peek().begin;
    assignment.column = in.name("a column");
    in.expect("=");
    assignment.value = in.literal();
    update.assignments.push_back(std::move(assignment));
  } while (in.skip(","));
  update.where = parse_where(in);
  return update;
}

Delete parse_delete(TokenReader& in) {
  in.expect("FROM");
  Delete statement;
  statement.table = in.table_name();
  statement.where = parse_where(in);
  return statement;
}

Statement parse_create(TokenReader& in) {
  if (in.skip("SCHEMA")) {
    const bool if_not_exists = in.skip({"IF", "NOT", "EXISTS"});
    return CreateSchema{in.name("a schema's name"), if_not_exists};
  }
  return parse_create_table(in);
}

Statement parse_drop(TokenReader& in) {
  if (in.skip("SCHEMA")) {
    const bool if_exists = in.skip({"IF", "EXISTS"});
    std::string name = in.name("a schema's name");
    return DropSchema{std::move(name), if_exists, in.skip("CASCADE")};
  }
  in.expect("TABLE");
  const bool if_exists = in.skip({"IF", "EXISTS"});
  return DropTable{in.table_name(), if_exists};
}

Statement parse_statement(TokenReader& in) {
  if (in.skip("SELECT")) return parse_select(in);
  if (in.skip("INSERT")) return parse_insert(in);
  if (in.skip("UPDATE")) return parse_update(in);
  if (in.skip("DELETE")) return parse_delete(in);
  if (in.skip("TRUNCATE")) {
    in.skip("TABLE");
    return Truncate{in.table_name()};
  }
  if (in.skip("CREATE")) return parse_create(in);
  if (in.skip("DROP")) return parse_drop(in);
  in.fail_expecting("SELECT, INSERT, UPDATE, DELETE, TRUNCATE, CREATE or DROP");
}

}  // namespace

Statement parse(const Tokens& tokens) {
  TokenReader in(tokens);
  Statement statement = parse_statement(in);
  while (in.skip(";")) {
  }
  if (!in.at_end()) in.fail_expecting("the end of the statement");
  return statement;
}

}  // namespace kc::server::sql
