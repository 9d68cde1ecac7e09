// SQL statements, as Kinetica's clients and their users write them. By hand, because the language
// is small and each error is to name its place: docs/internals/decisions/2026-11-23-sql-parser.md.
//
//   SELECT [DISTINCT] item, ... [FROM table [[AS] alias]] [WHERE expression]
//          [GROUP BY expression|place, ...] [HAVING expression]
//          [ORDER BY expression|place [ASC|DESC] [NULLS FIRST|LAST], ...]
//          [LIMIT n] [OFFSET n]                             item = * | expression [[AS] header]
//   INSERT INTO table [(column, ...)] VALUES (constant, ...), ...
//   UPDATE table SET column = constant, ... [WHERE expression]
//   DELETE FROM table [WHERE expression]                    TRUNCATE TABLE table
//   CREATE [OR REPLACE] TABLE [IF NOT EXISTS] table (column type [NOT NULL | NULL], ...,
//          [PRIMARY KEY (column, ...)], [SHARD KEY (column, ...)])
//   CREATE SCHEMA [IF NOT EXISTS] name                      DROP TABLE [IF EXISTS] table
//   DROP SCHEMA [IF EXISTS] name [CASCADE]
//
// Expressions are those of server/expression/expression_tree.h; column types stand in
// column_types.h. Anything else is an error that names the place, never a guess.
#pragma once

#include "server/sql/statement.h"
#include "server/sql/tokens.h"

namespace kc::server::sql {

// One statement; a semicolon may follow. Throws Error(fail_task).
Statement parse(const Tokens& tokens);

}  // namespace kc::server::sql
