#include <charconv>
#include <cstdio>

#include "base/error.h"
#include "base/wait.h"
#include "config/properties.h"
#include "main/commands.h"
#include "main/datapump.h"
#include "main/signals.h"

namespace kc::main {
namespace {

kinetica::ClientSettings settings_of(const DatapumpOptions& options) {
  kinetica::ClientSettings settings;
  settings.url = options.url;
  if (options.config_file.empty()) return settings;
  const config::Properties properties = config::read_properties(options.config_file);
  settings.url = properties.get("kinetica.url");
  settings.username = properties.get("kinetica.username");
  settings.password = config::Secret(properties.get("kinetica.password"));
  const std::string timeout = properties.get("kinetica.timeout", "0");
  uint32_t milliseconds = 0;
  const auto [end, error] =
      std::from_chars(timeout.data(), timeout.data() + timeout.size(), milliseconds);
  if (error != std::errc() || end != timeout.data() + timeout.size()) {
    throw base::Error(base::Reaction::fix_config,
                      "{}: kinetica.timeout = {}: give milliseconds, 0 for none",
                      options.config_file, timeout);
  }
  settings.timeout = std::chrono::milliseconds(milliseconds);
  return settings;
}

}  // namespace

int run_datapump(const DatapumpOptions& options) {
  unblock_signals();
  const kinetica::ClientSettings settings = settings_of(options);
  if (settings.url.empty()) {
    std::fprintf(stderr,
                 options.config_file.empty()
                     ? "PARAM ERROR: Missing GPUdb URL (for example http://localhost:9191)\n"
                     : "PARAM ERROR: %s has no kinetica.url\n",
                 options.config_file.c_str());
    return 1;
  }
  kinetica::Client client(settings);  // refuses a URL with a password in it
  std::printf("Batch size: %u\nTotal batches: %u\nURL: %s\n", options.batch_size,
              options.total_batches, settings.url.c_str());
  Datapump pump(client);
  for (const std::string& table : Datapump::table_names()) {
    if (!pump.create_table(table)) std::printf("Table exists: %s\n", table.c_str());
  }
  for (uint32_t batch = 0; batch < options.total_batches; ++batch) {
    if (batch > 0) base::wait_unless_stopped({}, std::chrono::seconds(options.delay_seconds));
    for (const std::string& table : Datapump::table_names()) {
      pump.insert(table, options.batch_size);
      std::printf("Inserted %u records into %s.\n", options.batch_size, table.c_str());
    }
    std::fflush(stdout);
  }
  return 0;
}

}  // namespace kc::main
