// The text of `sasl.jaas.config`, as Kafka's JaasConfig reads it with java.io.StreamTokenizer:
//
//   config  = module flag { key "=" value } ";"
//   flag    = "required" | "requisite" | "sufficient" | "optional"      (any case)
//   value   = word | quoted
//   quoted  = '"' ... '"' | "'" ... "'"     with \n \t \\ \" and octal \ooo; a raw newline ends it
//   word    = letters, digits, "-", "_", "$", "." and everything from U+00A0 on
//   comment = "//" and a lone "/" to the end of the line, "/*" to "*/"
//
// Every other character is a token of its own, so a password with symbols has to be quoted; an
// unquoted number is not a word, so `password=1234` has no value. Both are Java's behaviour.
//
// A JAAS file, as -Djava.security.auth.login.config in KAFKA_OPTS names it, has entries of the
// same:
//
//   file = { name "{" { config } "}" ";" }
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "config/secret.h"

namespace kc::security {

struct LoginModule {
  std::string class_name;
  std::string control_flag;  // lower case
  // In the order of the text; the last one of a name wins, as in Java.
  std::vector<std::pair<std::string, config::Secret>> options;

  // nullptr when there is none.
  const config::Secret* find(std::string_view option) const;
};

// Throws Error(fix_config) in Kafka's words, naming `property`; never shows an option's value.
LoginModule parse_jaas(std::string_view text, std::string_view property = "sasl.jaas.config");

// The first login module of `entry`; nothing when there is no such entry. Throws Error(fix_config)
// naming the file.
std::optional<LoginModule> find_jaas_entry(const std::string& path, std::string_view entry);
// The same, of the text of the file `path`.
std::optional<LoginModule> parse_jaas_file(std::string_view text, std::string_view entry,
                                           std::string_view path);

// The file that the options of a JVM name; empty when they name none.
std::string jaas_file_of(std::string_view java_options);
// The same, of the options in KAFKA_OPTS.
std::string jaas_file_of_environment();

}  // namespace kc::security
