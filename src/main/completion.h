// Scripts that let shells complete the command line.
#pragma once

#include <string>

#include "main/command_tree.h"

namespace kc::main {

enum class Shell { bash, zsh, fish };

// A script to be sourced, or stored where the shell looks for completions.
std::string completion_script(const Command& program, Shell shell);

}  // namespace kc::main
