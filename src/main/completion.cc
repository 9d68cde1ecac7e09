// All three scripts work alike: they walk over the words before the cursor to find the subcommand,
// skipping the values of options, and then offer what that subcommand takes.
#include "main/completion.h"

#include <fmt/format.h>

#include <functional>

namespace kc::main {
namespace {

using Visit = std::function<void(const Command&)>;

void for_each(const Command& command, const Visit& visit) {
  visit(command);
  for (const Command& child : command.commands) for_each(child, visit);
}

bool takes_file_arguments(const Command& command) {
  for (const CommandOption& option : command.options) {
    if (option.positional && option.takes_files()) return true;
  }
  return false;
}

// In single quotes. `quote` is how the shell writes a quote within them.
std::string quoted(std::string_view text, std::string_view quote) {
  std::string result = "'";
  for (const char c : text) {
    if (c == '\'') {
      result += quote;
    } else if (c == '\n') {
      result += ' ';
    } else {
      result += c;
    }
  }
  return result + "'";
}

// "'pump avro -n' | 'pump avro --batch-size'": the options of all commands that take a value and
// that `wanted` accepts, each with its command's path before it.
std::string valued_options(const Command& program, std::string_view separator,
                           const std::function<bool(const CommandOption&)>& wanted) {
  std::string result;
  for_each(program, [&](const Command& command) {
    for (const CommandOption& option : command.options) {
      if (option.positional || option.value.empty() || !wanted(option)) continue;
      for (const std::string& name : option.names) {
        if (!result.empty()) result += separator;
        result += fmt::format("'{} {}'", command.path, name);
      }
    }
  });
  return result;
}

bool is_any(const CommandOption&) { return true; }
bool is_file(const CommandOption& option) { return option.takes_files(); }
bool has_choices(const CommandOption& option) { return !option.choices.empty(); }
bool is_other(const CommandOption& option) { return !is_file(option) && !has_choices(option); }

// The ways from a command to one below it: "' pump' | 'pump string'".
std::string descents(const Command& program, std::string_view separator) {
  std::string result;
  for_each(program, [&](const Command& command) {
    for (const Command& child : command.commands) {
      if (!result.empty()) result += separator;
      result += fmt::format("'{} {}'", command.path, child.name);
    }
  });
  return result;
}

// In what the scripts of bash and zsh differ.
struct Dialect {
  std::string_view words;        // the array of words
  std::string_view first;        // the index of the first argument
  std::string_view current;      // the index of the word to complete
  std::string_view offer_files;  // a statement
  std::function<std::string(const std::vector<std::string>&)> offer_choices;
};

std::string find_command(const Command& program, const Dialect& shell) {
  return fmt::format(R"(  local command='' i
  for ((i = {first}; i < {current}; i++)); do
    case "$command ${{{words}[i-1]}}" in
      {valued}) continue ;;
    esac
    case "$command ${{{words}[i]}}" in
      {descents}) command="${{command:+$command }}${{{words}[i]}}" ;;
    esac
  done
)",
                     fmt::arg("first", shell.first), fmt::arg("current", shell.current),
                     fmt::arg("words", shell.words),
                     fmt::arg("valued", valued_options(program, " | ", is_any)),
                     fmt::arg("descents", descents(program, " | ")));
}

// Completes the value of the option before the cursor, if there is one.
std::string complete_value(const Command& program, const Dialect& shell) {
  std::string result =
      fmt::format("  case \"$command ${{{}[{}-1]}}\" in\n", shell.words, shell.current);
  for_each(program, [&](const Command& command) {
    for (const CommandOption& option : command.options) {
      if (option.positional || option.choices.empty()) continue;
      for (const std::string& name : option.names) {
        result += fmt::format("    '{} {}') {}; return ;;\n", command.path, name,
                              shell.offer_choices(option.choices));
      }
    }
  });
  result += fmt::format("    {}) {}; return ;;\n", valued_options(program, " | ", is_file),
                        shell.offer_files);
  result += fmt::format("    {}) return ;;\n", valued_options(program, " | ", is_other));
  return result + "  esac\n";
}

std::string bash_script(const Command& program) {
  const auto choices = [](const std::vector<std::string>& values) {
    return fmt::format(R"(mapfile -t COMPREPLY < <(compgen -W '{}' -- "$current"))",
                       fmt::join(values, " "));
  };
  const Dialect bash{"COMP_WORDS", "1", "COMP_CWORD", "_kinetica_connect_files", choices};
  std::string script = R"(# Completion of kinetica-connect for bash: source it, or store it as
# /usr/share/bash-completion/completions/kinetica-connect.
_kinetica_connect_files() {
  compopt -o filenames 2>/dev/null
  mapfile -t COMPREPLY < <(compgen -f -- "$current")
}

_kinetica_connect() {
  local current=${COMP_WORDS[COMP_CWORD]}
  COMPREPLY=()
)";
  script += find_command(program, bash) + complete_value(program, bash);
  script += "  case \"$command\" in\n";
  for_each(program, [&](const Command& command) {
    std::vector<std::string> words;
    std::string then;
    for (const Command& child : command.commands) words.push_back(child.name);
    for (const CommandOption& option : command.options) {
      if (!option.positional) words.insert(words.end(), option.names.begin(), option.names.end());
      if (option.positional && !option.choices.empty()) {
        words.insert(words.end(), option.choices.begin(), option.choices.end());
      }
    }
    if (takes_file_arguments(command)) {
      then = "[[ $current == -* ]] || _kinetica_connect_files ";
    }
    script += fmt::format("    '{}')\n      {}\n", command.path, choices(words));
    script += then.empty() ? "      ;;\n" : fmt::format("      {};;\n", then);
  });
  return script + "  esac\n}\ncomplete -F _kinetica_connect kinetica-connect\n";
}

std::string zsh_script(const Command& program) {
  const auto choices = [](const std::vector<std::string>& values) {
    return fmt::format("compadd -- {}", fmt::join(values, " "));
  };
  const auto candidate = [](const std::string& word, const std::string& description) {
    return " " + quoted(word + ":" + description, "'\\''");
  };
  const Dialect zsh{"words", "2", "CURRENT", "_files", choices};
  std::string script = R"(#compdef kinetica-connect
# Completion of kinetica-connect for zsh: store it as _kinetica-connect in a folder of $fpath.
_kinetica_connect() {
  local -a candidates
)";
  script += find_command(program, zsh) + complete_value(program, zsh);
  script += "  case \"$command\" in\n";
  for_each(program, [&](const Command& command) {
    std::string words;
    for (const Command& child : command.commands) words += candidate(child.name, child.description);
    for (const CommandOption& option : command.options) {
      if (option.positional) {
        for (const std::string& choice : option.choices) words += candidate(choice, "");
        continue;
      }
      for (const std::string& name : option.names) words += candidate(name, option.description);
    }
    script += fmt::format("    '{}') candidates=({} ){} ;;\n", command.path, words,
                          takes_file_arguments(command) ? "; _files" : "");
  });
  return script + R"(  esac
  _describe kinetica-connect candidates
}
if [[ $zsh_eval_context[-1] == loadautofunc ]]; then
  _kinetica_connect "$@"
else
  compdef _kinetica_connect kinetica-connect
fi
)";
}

std::string fish_option(const Command& command, const CommandOption& option) {
  std::string line =
      fmt::format("complete -c kinetica-connect -n '__kinetica_connect_at \"{}\"'", command.path);
  for (const std::string& name : option.names) {
    line += name.starts_with("--") ? " -l " + name.substr(2) : " -s " + name.substr(1);
  }
  if (option.takes_files()) {
    line += " -r -F";
  } else if (!option.value.empty()) {
    line += " -x";
  }
  if (!option.choices.empty()) line += fmt::format(" -a '{}'", fmt::join(option.choices, " "));
  return line + " -d " + quoted(option.description, "\\'") + "\n";
}

std::string fish_script(const Command& program) {
  std::string script = fmt::format(R"(# Completion of kinetica-connect for fish: store it as
# ~/.config/fish/completions/kinetica-connect.fish.
function __kinetica_connect_at
    set -l command
    set -l previous
    for word in (commandline -opc)[2..-1]
        if not contains -- "$command $previous" {valued}
            if contains -- "$command $word" {descents}
                set command (string trim "$command $word")
            end
        end
        set previous $word
    end
    test "$command" = $argv[1]
end
complete -c kinetica-connect -f
)",
                                   fmt::arg("valued", valued_options(program, " ", is_any)),
                                   fmt::arg("descents", descents(program, " ")));
  for_each(program, [&](const Command& command) {
    const std::string at =
        fmt::format("complete -c kinetica-connect -n '__kinetica_connect_at \"{}\"'", command.path);
    for (const Command& child : command.commands) {
      script += fmt::format("{} -a {} -d {}\n", at, child.name, quoted(child.description, "\\'"));
    }
    for (const CommandOption& option : command.options) {
      if (!option.positional) {
        script += fish_option(command, option);
      } else if (!option.choices.empty()) {
        script += fmt::format("{} -a '{}'\n", at, fmt::join(option.choices, " "));
      }
    }
    if (takes_file_arguments(command)) script += at + " -F\n";
  });
  return script;
}

}  // namespace

std::string completion_script(const Command& program, Shell shell) {
  switch (shell) {
    case Shell::bash:
      return bash_script(program);
    case Shell::zsh:
      return zsh_script(program);
    case Shell::fish:
      break;
  }
  return fish_script(program);
}

}  // namespace kc::main
