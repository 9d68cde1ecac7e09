// The values of a statement's ? and $1, as the official clients send them: JDBC and Java as Avro
// records (request_schema_str and data), Python as the option query_parameters, a JSON list or a
// list of lists. A statement runs once for each list.
#pragma once

#include <vector>

#include "server/sql/statement.h"
#include "wire/messages.h"

namespace kc::server::sql {

using Parameters = std::vector<Literal>;

// At least one list, each of at least `count` literals (an empty one where the statement needs
// none). Throws Error(fail_task) when there are fewer, or what came is not understood.
std::vector<Parameters> read_parameters(const wire::ExecuteSqlRequest& request, size_t count);

// The literal itself, or the parameter that it stands for.
const Literal& resolve(const Literal& literal, const Parameters& parameters);

}  // namespace kc::server::sql
