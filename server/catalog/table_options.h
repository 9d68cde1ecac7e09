// The options of /create/table and /alter/table that describe a table.
#pragma once

#include <cstdint>
#include <string>

#include "server/catalog/table_description.h"

namespace kc::server {

// From the options of /create/table; names are left empty. Options that it does not know are passed
// over, as clients of other versions send them. Throws Error(fail_task) naming the option.
TableDescription read_description(const wire::Options& options);

// Minutes, 0 or -1. Throws Error(fail_task).
int64_t read_ttl(const std::string& text);
// Throws Error(fail_task) for a name that is none of the four.
void check_access_mode(const std::string& mode);
// For load_vectors_policy and build_pk_index_policy. Throws Error(fail_task).
void check_policy(const std::string& option, const std::string& policy);

}  // namespace kc::server
