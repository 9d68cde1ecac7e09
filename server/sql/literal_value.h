// A constant of SQL as the value of a column.
//
//   int, long     integers, 5.0, '5', TRUE; timestamp: milliseconds, 'YYYY-MM-DD [HH:MM:SS[.mmm]]'
//   float, double numbers, '1.5'
//   string        texts and numbers as they are written; whether the text is a date, an address
//                 ... is checked when the row is inserted
//   bytes         x'0aff'; a vector: '[1, 2.5]'
#pragma once

#include <deque>
#include <string>

#include "data/value.h"
#include "server/sql/statement.h"
#include "wire/table_type.h"

namespace kc::server::sql {

// No parameter. What the value points to is the literal's or kept in `texts`. Throws
// Error(fail_task) naming the column for a constant that it cannot take.
data::Value column_value(const wire::Column& column, const Literal& literal,
                         std::deque<std::string>& texts);

}  // namespace kc::server::sql
