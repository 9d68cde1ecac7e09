// Levels of the log (LoggingResource of stock Connect, KIP-495, KIP-976).
//
//   GET /admin/loggers           {"root":{"level":"INFO","last_modified":null},...}
//   GET /admin/loggers/{name}    {"level","last_modified"}
//   PUT /admin/loggers/{name}[?scope=worker|cluster]   {"level":"DEBUG"} -> the loggers changed
//
// The program's components have the names of the Java packages whose work they do:
// org.apache.kafka.clients, org.apache.kafka.connect.runtime, com.kinetica.kafka.sink. A name above
// them stands for all below it.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/guarded.h"
#include "base/log.h"
#include "rest/router.h"

namespace kc::rest {

// Any thread.
class Loggers {
 public:
  struct Entry {
    base::LogLevel level = base::LogLevel::info;
    std::optional<int64_t> modified;  // milliseconds since 1970
  };

  Loggers();

  // By name, "root" among them.
  std::map<std::string, Entry> all() const;
  // Returns those whose level is another now, by their names.
  std::vector<std::string> set(const std::string& name, base::LogLevel level, int64_t now);

 private:
  // When each that was set was set; names that are no component's keep their level here.
  base::Guarded<std::map<std::string, Entry>> set_;
};

// "debug" and the like in any case; nothing for another text.
std::optional<base::LogLevel> parse_log_level(std::string_view text);

// `loggers` outlives the router.
void add_loggers_resource(Router& router, Loggers& loggers);

}  // namespace kc::rest
