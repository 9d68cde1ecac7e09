#include "main/command_tree.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <string_view>

namespace kc::main {
namespace {

// CLI11 writes what an option takes and how it is checked as "NAME:{7.0,7.1}",
// "COUNT:INT in [1 - 64]" or "SIZE:SIZE [b, kb, ...]".
void read_type(const std::string& type, CommandOption& option) {
  const size_t choices = type.find(":{");
  const size_t limits = type.find(":INT in [");
  option.value = type.substr(0, std::min({choices, limits, type.find(":SIZE [")}));
  if (choices != std::string::npos) {
    const size_t begin = choices + 2;
    option.choices = CLI::detail::split(type.substr(begin, type.rfind('}') - begin), ',');
  }
  if (limits != std::string::npos) {
    const size_t begin = type.find('[') + 1;
    option.limits = type.substr(begin, type.rfind(']') - begin);
    if (const size_t dash = option.limits.find(" - "); dash != std::string::npos) {
      option.limits.replace(dash, 3, " to ");
    }
  }
}

Command described(const CLI::App& app, const std::string& path) {
  Command command;
  command.path = path;
  command.name = app.get_name();
  command.description = app.get_description();
  command.footer = app.get_footer();
  for (const CLI::Option* option : app.get_options()) {
    command.options.push_back(command_option(*option));
  }
  for (const CLI::App* child : app.get_subcommands([](const CLI::App*) { return true; })) {
    if (child->get_group().empty()) continue;
    const std::string child_path =
        path.empty() ? child->get_name() : path + " " + child->get_name();
    command.commands.push_back(described(*child, child_path));
  }
  return command;
}

}  // namespace

bool CommandOption::takes_files() const {
  return value == "FILE" || value == "PATH" || value == "DIR" || value.ends_with(".properties");
}

CommandOption command_option(const CLI::Option& option) {
  CommandOption result;
  result.positional = option.get_positional();
  if (result.positional) {
    result.names = {option.get_name(true)};
  } else {
    for (const std::string& name : option.get_snames()) result.names.push_back("-" + name);
    for (const std::string& name : option.get_lnames()) result.names.push_back("--" + name);
  }
  result.required = option.get_required();
  result.repeated = option.get_expected_max() > 1;
  if (option.get_type_size_max() > 0) read_type(option.get_type_name(), result);
  result.default_value = option.get_default_str();
  result.description = option.get_description();
  return result;
}

Command command_tree(const CLI::App& app) { return described(app, {}); }

}  // namespace kc::main
