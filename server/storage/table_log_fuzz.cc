// A damaged folder behind --data-dir: any bytes as a table's log, and as changes that passed their
// checksum. What is no log is an Error; the rest is loaded, and its rows can be read.
#include <unistd.h>

#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <string>

#include "base/error.h"
#include "base/log.h"
#include "server/network/monitor_publisher.h"
#include "server/tables/table.h"

namespace kc::server {
namespace {

struct Fixture {
  Fixture() { base::set_log_level(base::LogLevel::off); }
  ~Fixture() { std::remove(path.c_str()); }

  void load_file(std::string_view bytes) const {
    std::ofstream(path, std::ios::binary).write(bytes.data(), static_cast<long>(bytes.size()));
    TableLog::open(path, false, {.type = [](const TypeEntry&) {}, .changes = [](auto) {}});
  }
  void load_changes(std::string_view changes) {
    Table table({.schema = "s", .name = "t"}, type, budget, publisher);
    table.replay(changes);
    table.keep(nullptr);
    size_t bytes = 0;
    table.read().each(0, [&](std::string_view row) { return bytes += row.size(), true; });
  }

  // In memory where that can be: a disk would be most of what a run waits for.
  const std::string path =
      std::string(std::filesystem::is_directory("/dev/shm") ? "/dev/shm" : "/tmp") +
      "/table_log_fuzz_" + std::to_string(getpid());
  MemoryBudget budget{size_t{16} << 20};
  MonitorPublisher publisher{"127.0.0.1", 0};
  std::shared_ptr<const TypeEntry> type = std::make_shared<const TypeEntry>(
      TypeEntry{.id = "",
                .definition = "",
                .label = "",
                .properties = {},
                .type = wire::TableType({{"id", wire::BaseType::long_, {"primary_key"}}})});
};

}  // namespace
}  // namespace kc::server

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  static kc::server::Fixture fixture;
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  try {
    fixture.load_file(bytes);
  } catch (const kc::base::Error&) {
  }
  try {
    fixture.load_changes(bytes);
  } catch (const kc::base::Error&) {
  }
  return 0;
}
