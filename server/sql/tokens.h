// A SQL statement in tokens: those of server/expression/expression_lexer.h, without comments. "x"
// is a name, 'x' a text, x'0aff' bytes; ? (by order) and $1 (by number) stand for parameters, not
// both in one statement.
#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "server/expression/expression_lexer.h"

namespace kc::server::sql {

struct Tokens {
  std::string source;                   // blanks where the comments were
  std::vector<Token> list;              // the last one is the end
  std::map<size_t, size_t> parameters;  // by where they begin in the source: their index from 0
  size_t parameter_count = 0;           // how many the statement needs
  bool update_on_existing_pk = false;   // /* KI_HINT_UPDATE_ON_EXISTING_PK */
  bool ignore_existing_pk = false;      // /* KI_HINT_IGNORE_EXISTING_PK */
};

// Throws Error(fail_task) with the position of what is no token, and for a statement of more than
// 64 MiB or 10,000 parameters.
Tokens tokenize(std::string_view statement);

// "SQL, character 12: <what>" for position 11.
[[noreturn]] void fail_at(size_t position, std::string_view what);

}  // namespace kc::server::sql
