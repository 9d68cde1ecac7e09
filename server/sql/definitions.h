// Statements that create and drop tables and schemas.
#pragma once

#include "server/sql/changes.h"
#include "server/sql/statement.h"

namespace kc::server::sql {

// Nothing is done when the run has no parameters, not even an empty list: the statement is only
// checked. 0, always: no rows are affected. Throw Error(fail_task).
int64_t execute(const Run& run, const CreateTable& create);
int64_t execute(const Run& run, const DropTable& drop);
int64_t execute(const Run& run, const CreateSchema& create);
int64_t execute(const Run& run, const DropSchema& drop);

}  // namespace kc::server::sql
