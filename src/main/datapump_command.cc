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
  try {
    settings.timeout = std::chrono::milliseconds(std::stoul(timeout));
  } catch (const std::exception&) {
    throw base::Error(base::Reaction::fix_config,
                      "{}: kinetica.timeout = {}: give milliseconds, 0 for none",
                      options.config_file, timeout);
  }
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
  std::printf("Batch size: %u\nTotal batches: %u\nURL: %s\n", options.batch_size,
              options.total_batches, settings.url.c_str());
  kinetica::Client client(settings);
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
