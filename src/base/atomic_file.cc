#include "base/atomic_file.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>

namespace kc::base {
namespace {

std::error_code failure() { return {errno, std::generic_category()}; }

std::error_code write_all(int descriptor, std::string_view data) {
  while (!data.empty()) {
    const ssize_t written = ::write(descriptor, data.data(), data.size());
    if (written < 0 && errno != EINTR) return failure();
    if (written > 0) data.remove_prefix(static_cast<size_t>(written));
  }
  return ::fsync(descriptor) == 0 ? std::error_code() : failure();
}

}  // namespace

std::error_code replace_file(const std::filesystem::path& file, std::string_view content) {
  std::filesystem::path temporary = file;
  temporary += ".tmp";
  const int descriptor = ::open(temporary.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
  if (descriptor < 0) return failure();
  std::error_code error = write_all(descriptor, content);
  if (::close(descriptor) != 0 && !error) error = failure();
  if (!error && std::rename(temporary.c_str(), file.c_str()) != 0) error = failure();
  return error;
}

}  // namespace kc::base
