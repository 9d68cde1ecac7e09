// Statements that change rows: INSERT, UPDATE, DELETE, TRUNCATE.
#pragma once

#include <cstdint>
#include <span>

#include "server/endpoint.h"
#include "server/sql/parameters.h"
#include "server/sql/statement.h"
#include "server/sql/tokens.h"

namespace kc::server::sql {

// One statement on its way.
struct Run {
  Call& call;
  const wire::Options& options;
  const Tokens& tokens;
  // The statement's lists of parameters; empty: it is only checked, nothing is changed.
  std::span<const Parameters> parameters;
};

// `current_schema`, an option, is where a name without a schema is looked for first. Throws
// Error(fail_task) naming the place when there is none.
std::shared_ptr<Table> find_table(const Run& run, const TableName& name);

// The number of rows inserted and updated, updated, or deleted. Throw Error(fail_task); then no row
// of the failing list of parameters was changed, and for INSERT none at all.
int64_t execute(const Run& run, const Insert& insert);
int64_t execute(const Run& run, const Update& update);
int64_t execute(const Run& run, const Delete& statement);
int64_t execute(const Run& run, const Truncate& truncate);

}  // namespace kc::server::sql
