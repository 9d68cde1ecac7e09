// What CLI11 knows of the commands, as plain data: the shell completions and the reference page are
// made of it.
#pragma once

#include <string>
#include <vector>

namespace CLI {
class App;
class Option;
}  // namespace CLI

namespace kc::main {

struct CommandOption {
  std::vector<std::string> names;  // "-n", "--batch-size"; of a positional: its name, "url"
  bool positional = false;
  bool required = false;
  bool repeated = false;             // takes several values
  std::string value;                 // what it takes, as "COUNT"; empty: a flag
  std::vector<std::string> choices;  // the only values it takes; empty: any
  std::string limits;                // "1 to 1000000"; may be empty
  std::string default_value;         // may be empty
  std::string description;

  // Whether the value is the name of a file or folder.
  bool takes_files() const;
};

struct Command {
  std::string path;  // "pump string"; empty: the program itself
  std::string name;
  std::string description;
  std::string footer;
  std::vector<CommandOption> options;
  std::vector<Command> commands;
};

CommandOption command_option(const CLI::Option& option);
// Without the commands that are hidden from --help.
Command command_tree(const CLI::App& app);

}  // namespace kc::main
