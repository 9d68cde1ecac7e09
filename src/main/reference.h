// The pages of docs/reference, made of the declarations that the program itself works with.
#pragma once

#include <map>
#include <string>

#include "main/command_tree.h"

namespace kc::main {

// File name -> Markdown.
std::map<std::string, std::string> reference_pages(const Command& program);

}  // namespace kc::main
