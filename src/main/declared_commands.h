// Every subcommand and its options, as declared to CLI11: parsing, --help, shell completion and the
// reference page follow from these declarations.
#pragma once

#include "main/commands.h"

namespace CLI {
class App;
}

namespace kc::main {

// What the options of all subcommands are read into.
struct Options {
  StandaloneOptions standalone;
  ServerOptions server;
  DatapumpOptions datapump;
  PumpOptions pump_string;
  PumpOptions pump_json;
  PumpOptions pump_avro;
  PumpOptions pump_schema_test;
  OffsetsOptions offsets;
  DemoOptions demo;
  std::string completion_shell;
  ReferenceOptions reference;
};

// `app` reads into `options`, runs the subcommand and sets `status` to its exit status; both
// outlive it.
void declare_commands(CLI::App& app, Options& options, int& status);

}  // namespace kc::main
