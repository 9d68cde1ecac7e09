// Record ids: option return_record_ids of /insert/records, and what /delete/records and
// /update/records take as record_id. A record of a table with a primary key is named by its key, so
// that the id outlives updates; any other by its bytes, so that the id of one of several equal
// records means the first of them. (Kinetica says only that ids are opaque.)
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "wire/table_type.h"

namespace kc::server {

// `key`: as RowProgram makes it; empty without a primary key.
std::string record_id(std::string_view key, std::string_view row);

// True for the first row of that id, and no other. Not thread-safe; `type` outlives it. Throws
// Error(fail_task) for what is no record id.
std::function<bool(std::string_view row)> is_record(std::string_view id,
                                                    const wire::TableType& type);

}  // namespace kc::server
