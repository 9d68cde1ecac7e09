// What a database's answers mean for the caller: success, or an Error that says what to do next.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "http/client.h"
#include "wire/insert_body.h"

namespace kc::kinetica {

// The response within `answer`, into which it points. Throws, with the database's own words:
// Error(retry) when it is the database that is in trouble (HTTP 5xx, or the words by which Kinetica
// asks its clients to fail over), Error(fix_config) when it refuses the user or is no Kinetica,
// Error(fail_task) for what it refuses otherwise. `address`: of the database, for the text.
std::string_view response_in(const http::ClientResponse& answer, const std::string& address,
                             std::string_view endpoint);

struct RowError {
  size_t row;  // index within the insert
  std::string message;
};

// The rows that an insert's `info` says were rejected, in their order.
std::vector<RowError> row_errors(const wire::Options& info);

// As much of a text as an error message quotes.
std::string_view quote(std::string_view text);

}  // namespace kc::kinetica
