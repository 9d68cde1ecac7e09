// The command line: subcommands, options, help.
#pragma once

namespace kc::main {

// Parses the command line and runs the subcommand; its exit status is returned. Throws what the
// subcommand throws.
int run_command(int argc, char** argv);

}  // namespace kc::main
