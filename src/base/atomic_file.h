// Files that are replaced as a whole.
#pragma once

#include <filesystem>
#include <string_view>
#include <system_error>

namespace kc::base {

// Whoever reads `file` finds its old content or `content`, also after a crash: it is written to
// FILE.tmp, synced, and renamed. The reason when that failed; the old content is then still there.
[[nodiscard]] std::error_code replace_file(const std::filesystem::path& file,
                                           std::string_view content);

}  // namespace kc::base
