// What the kernel says that another process has used.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

#include <sys/types.h>

namespace kc::bench {

class MeasuredProcess {
 public:
  // Throws Error(fix_config) when there is no such process.
  explicit MeasuredProcess(pid_t pid);

  // User and system time of all its threads since it began, those that ended included; in steps of
  // a clock tick (10 ms). Throws Error(fail_task) when the process has ended.
  std::chrono::nanoseconds cpu_time() const;
  // The most memory it has had resident (VmHWM).
  uint64_t peak_resident_bytes() const;

 private:
  std::string read(const char* file) const;
  pid_t pid_;
};

}  // namespace kc::bench
