// Request bodies in one raw Snappy block, as Java's and Python's clients send them.
#pragma once

#include <string>
#include <string_view>

namespace kc::server {

// Throws Error(fail_task) when it is no such block, or one that claims to hold more than a body may
// or more than a block of its size can.
std::string uncompress_body(std::string_view block);

}  // namespace kc::server
