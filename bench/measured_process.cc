#include "bench/measured_process.h"

#include <fmt/core.h>
#include <unistd.h>

#include <fstream>
#include <iterator>
#include <sstream>

#include "base/error.h"

namespace kc::bench {

using base::Error;
using base::Reaction;

MeasuredProcess::MeasuredProcess(pid_t pid) : pid_(pid) {
  if (access(fmt::format("/proc/{}/stat", pid).c_str(), R_OK) != 0) {
    throw Error(Reaction::fix_config, "There is no process {} to measure", pid);
  }
}

std::string MeasuredProcess::read(const char* file) const {
  std::ifstream stream(fmt::format("/proc/{}/{}", pid_, file));
  return {std::istreambuf_iterator<char>(stream), {}};
}

std::chrono::nanoseconds MeasuredProcess::cpu_time() const {
  // pid (name) state ... ; utime and stime are the 12th and 13th after the name, in ticks.
  const std::string text = read("stat");
  const size_t name_end = text.rfind(')');
  if (name_end == std::string::npos || text.compare(name_end + 2, 1, "Z") == 0) {
    throw Error(Reaction::fail_task, "The worker (process {}) has ended", pid_);
  }
  std::istringstream fields(text.substr(name_end + 2));
  std::string skipped;
  for (int i = 0; i < 11; ++i) fields >> skipped;
  int64_t user = 0;
  int64_t system = 0;
  fields >> user >> system;
  return std::chrono::nanoseconds((user + system) * (1'000'000'000 / sysconf(_SC_CLK_TCK)));
}

uint64_t MeasuredProcess::peak_resident_bytes() const {
  std::istringstream lines(read("status"));
  std::string word;
  uint64_t kib = 0;
  while (lines >> word) {
    if (word == "VmHWM:") lines >> kib;
  }
  return kib * 1024;
}

}  // namespace kc::bench
