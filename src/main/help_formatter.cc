#include "main/help_formatter.h"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>

#include "main/command_tree.h"

namespace kc::main {
namespace {

constexpr size_t line_columns = 100;
constexpr size_t name_columns = 30;

// With line ends in place of blanks, so that no line is longer than `columns`.
std::string wrapped(std::string_view text, size_t columns) {
  std::string result;
  size_t column = 0;
  while (!text.empty()) {
    const size_t end = std::min(text.find_first_of(" \n"), text.size());
    const std::string_view word = text.substr(0, end);
    if (column > 0 && column + 1 + word.size() > columns) {
      result += '\n';
      column = 0;
    } else if (column > 0) {
      result += ' ';
      ++column;
    }
    result += word;
    column += word.size();
    if (end < text.size() && text[end] == '\n') {
      result += '\n';
      column = 0;
    }
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return result;
}

}  // namespace

HelpFormatter::HelpFormatter() { column_width(name_columns); }

std::string HelpFormatter::make_description(const CLI::App* app) const {
  return wrapped(app->get_description(), line_columns) + '\n';
}

std::string HelpFormatter::make_footer(const CLI::App* app) const {
  const std::string footer = app->get_footer();
  return footer.empty() ? footer : wrapped(footer, line_columns) + '\n';
}

std::string HelpFormatter::make_subcommand(const CLI::App* app) const {
  const std::string line = app->get_description().substr(0, app->get_description().find('\n'));
  std::ostringstream out;
  CLI::detail::format_help(out, app->get_name(), wrapped(line, line_columns - name_columns),
                           name_columns);
  return out.str();
}

std::string HelpFormatter::make_option_opts(const CLI::Option* option) const {
  const CommandOption described = command_option(*option);
  if (described.value.empty() || described.positional) return {};
  return ' ' + described.value;
}

std::string HelpFormatter::make_option_desc(const CLI::Option* option) const {
  const CommandOption described = command_option(*option);
  std::string text = described.description;
  if (!described.choices.empty())
    text += fmt::format("; one of {}", fmt::join(described.choices, ", "));
  if (!described.limits.empty()) text += fmt::format("; {}", described.limits);
  if (!described.default_value.empty()) text += fmt::format(" [{}]", described.default_value);
  return wrapped(text, line_columns - name_columns);
}

}  // namespace kc::main
