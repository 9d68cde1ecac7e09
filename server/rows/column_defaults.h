// What the server itself puts into a column: default(...) where an insert leaves the column out,
// init_with_now and init_with_uuid for what is no value of the column, update_with_now and
// update_with_user always. (Kinetica documentation, /create/type.)
#pragma once

#include <deque>
#include <string>
#include <string_view>
#include <vector>

#include "data/value.h"
#include "wire/table_type.h"

namespace kc::server {

// For a column that a record does not name: its default, or what the server fills it in with on an
// insert (a user's name is written later), else null. Throws Error(skip_record) naming the column
// for a default that this server cannot evaluate.
data::Value missing_value(const wire::Column& column, std::deque<std::string>& texts);

// Does the server fill in the column on an insert where the value is not of the column's form?
bool is_filled_on_insert(const wire::Column& column);
// Does the server write the column whenever a row is written?
bool is_written_on_update(const wire::Column& column);
bool has_written_columns(const wire::TableType& type);

// The present time, a new UUID or `user`, in the column's form.
data::Value generated_value(const wire::Column& column, std::string_view user,
                            std::deque<std::string>& texts);

// Replaces the columns that the server writes on every update.
void write_updated_columns(const wire::TableType& type, std::string_view user,
                           std::vector<data::Value>& values, std::deque<std::string>& texts);

}  // namespace kc::server
