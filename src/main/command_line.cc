#include "main/command_line.h"

#include <CLI/CLI.hpp>
#include <cstdio>

#include "base/log.h"
#include "base/version.h"
#include "main/command_tree.h"
#include "main/declared_commands.h"
#include "main/help_formatter.h"

namespace kc::main {
namespace {

constexpr const char* description =
    "A Kafka Connect worker without a JVM, with Kinetica's source and sink connectors built in.\n"
    "Takes the files of connect-standalone.sh as they are.";

// The faults of data pumps read as the original tools'.
int report(const CLI::App& app, const CLI::ParseError& error) {
  const bool pump = app.got_subcommand("datapump") || app.got_subcommand("pump");
  if (error.get_exit_code() != 0 && pump) {
    std::fprintf(stderr, "PARAM ERROR: %s\n", error.what());
    return 1;
  }
  return app.exit(error) == 0 ? 0 : 1;
}

}  // namespace

int run_command(int argc, char** argv) {
  CLI::App app(description, "kinetica-connect");
  app.set_version_flag("--version", std::string(base::version()));
  app.require_subcommand(1);
  app.fallthrough();
  app.formatter(std::make_shared<HelpFormatter>());
  bool verbose = false;
  app.add_flag("-v,--verbose", verbose, "Log more (DEBUG)");
  app.parse_complete_callback([&] {
    if (verbose) base::set_log_level(base::LogLevel::debug);
  });

  int status = 0;
  Options options;
  declare_commands(app, options, status);
  const auto named = [&](const CLI::App* command) { return command->get_name() == argv[1]; };
  if (argc > 1 && argv[1][0] != '-' && app.get_subcommands(named).empty()) {
    std::fprintf(stderr, "There is no command %s. Commands:", argv[1]);
    for (const Command& command : command_tree(app).commands) {
      std::fprintf(stderr, " %s", command.name.c_str());
    }
    std::fprintf(stderr, "\nRun with --help for more information.\n");
    return 1;
  }
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return report(app, error);
  }
  return status;
}

}  // namespace kc::main
