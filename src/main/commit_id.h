// The commit that this program was built from. (cmake/CommitId.cmake writes the source.)
#pragma once

#include <string_view>

namespace kc::main {

// 16 digits, as Kafka has its own; "unknown" where it was not built from a git repository.
std::string_view commit_id();

}  // namespace kc::main
