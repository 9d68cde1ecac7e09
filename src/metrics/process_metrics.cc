#include "metrics/process_metrics.h"

#include <sys/resource.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>
#include <string>
#include <vector>

namespace kc::metrics {
namespace {

std::string content(const char* file) {
  std::ifstream in(file);
  return {std::istreambuf_iterator<char>(in), {}};
}

// The fields of /proc/self/stat from the third one, `state`, on: the second is a name in brackets
// that may hold anything. (proc(5))
std::vector<std::string> stat_fields() {
  const std::string text = content("/proc/self/stat");
  const size_t end = text.rfind(')');
  if (end == std::string::npos) return {};
  std::istringstream in(text.substr(end + 1));
  return {std::istream_iterator<std::string>(in), {}};
}

double seconds(const timeval& time) {
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
}

// Seconds since 1970.
double boot_time() {
  std::istringstream in(content("/proc/stat"));
  for (std::string word; in >> word;) {
    double seconds = 0;
    if (word == "btime" && in >> seconds) return seconds;
  }
  return 0;
}

}  // namespace

void ProcessMetrics::collect(Samples& to) const {
  const auto fields = stat_fields();
  constexpr size_t threads = 17, start_time = 19, size = 20, resident = 21;
  if (fields.size() > resident) {
    const auto field = [&](size_t index) { return std::stod(fields[index]); };
    const auto ticks = static_cast<double>(sysconf(_SC_CLK_TCK));
    to.add("", "process_threads", {}, field(threads));
    to.add("", "process_start_time_seconds", {}, boot_time() + field(start_time) / ticks);
    to.add("", "process_virtual_memory_bytes", {}, field(size));
    to.add("", "process_resident_memory_bytes", {},
           field(resident) * static_cast<double>(sysconf(_SC_PAGESIZE)));
  }
  rusage usage{};
  if (getrusage(RUSAGE_SELF, &usage) == 0) {
    to.add("", "process_cpu_seconds_total", {}, seconds(usage.ru_utime) + seconds(usage.ru_stime));
  }
  std::error_code failure;
  const std::filesystem::directory_iterator descriptors("/proc/self/fd", failure);
  if (!failure) {
    // One of them is the look itself.
    to.add("", "process_open_fds", {},
           static_cast<double>(std::distance(begin(descriptors), end(descriptors)) - 1));
  }
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) == 0) {
    to.add("", "process_max_fds", {}, static_cast<double>(limit.rlim_cur));
  }
}

}  // namespace kc::metrics
