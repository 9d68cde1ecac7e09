// Properties as users write them: names and values in the order of the file, values as text.
#pragma once

#include <filesystem>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace kc::config {

// A value: an ordered list of unique names with their values. Looked up linearly: for tens of
// entries read at start, never on the record path.
class Properties {
 public:
  using Entry = std::pair<std::string, std::string>;

  Properties() = default;
  Properties(std::initializer_list<Entry> entries) {
    for (const auto& [name, value] : entries) set(name, value);
  }

  // Replaces the value in place when `name` is there, as java.util.Properties does: the last one
  // wins.
  void set(std::string name, std::string value);
  void erase(std::string_view name);
  // nullptr when absent. Valid until the next change.
  const std::string* find(std::string_view name) const;
  bool contains(std::string_view name) const { return find(name) != nullptr; }
  std::string get(std::string_view name, std::string_view otherwise = {}) const;
  // The entries whose names begin with `prefix`, without it ("consumer." gives max.poll.records).
  Properties with_prefix(std::string_view prefix) const;
  // Sets every entry of `others` here.
  void merge(const Properties& others);

  const std::vector<Entry>& entries() const { return entries_; }
  bool operator==(const Properties&) const = default;

 private:
  std::vector<Entry> entries_;
};

// The grammar of java.util.Properties.load: separators `=`, `:` or blanks, `#` and `!` comments,
// continuation lines, escapes \t \n \r \f \uXXXX; quotes are part of the value. Text is UTF-8 (a
// byte order mark is skipped); a \u surrogate without its other half becomes U+FFFD. Throws
// Error(fix_config) on a malformed \uXXXX, with its line.
Properties parse_properties(std::string_view text);

// Throws Error(fix_config) naming the path when the file cannot be read.
Properties read_properties(const std::filesystem::path& path);

// A connector file as connect-standalone takes it (three forms, tried in this order): a JSON object
// of scalars with "name"; a JSON object {"name":..., "config":{...}} (KIP-980), whose config gets
// the name; java.util.Properties. JSON numbers and booleans become their text. Always has "name"
// when the file has. `initial_state`, when given, receives KIP-980's "initial_state" as written, or
// is left as it is. Throws Error(fix_config) naming the path for a file of no such form.
Properties read_connector_file(const std::filesystem::path& path,
                               std::string* initial_state = nullptr);

}  // namespace kc::config
