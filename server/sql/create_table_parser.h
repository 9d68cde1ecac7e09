// CREATE TABLE, behind the word CREATE; part of parser.h.
#pragma once

#include "server/sql/statement.h"
#include "server/sql/token_reader.h"

namespace kc::server::sql {

CreateTable parse_create_table(TokenReader& in);

}  // namespace kc::server::sql
