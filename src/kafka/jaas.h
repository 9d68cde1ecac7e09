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
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "config/secret.h"

namespace kc::kafka {

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

}  // namespace kc::kafka
