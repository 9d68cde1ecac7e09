// What the server itself puts into columns: the time, and random UUIDs. Any thread.
#pragma once

#include <cstdint>
#include <string>

namespace kc::server {

// Since 1970-01-01T00:00Z.
int64_t now_milliseconds();

// Of version 4, in lower case.
std::string random_uuid();

}  // namespace kc::server
