// Declarations of properties and their validation, after org.apache.kafka.common.config.ConfigDef:
// a property is declared once, with name, type, default, validator, importance and documentation;
// parsing, fault lists, the nearest-name hint and the reference page follow from the declaration.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "config/properties.h"
#include "config/secret.h"

namespace kc::config {

enum class PropertyType {
  boolean,
  string,
  int16,
  int32,
  int64,
  float64,
  list,
  class_name,
  password
};
enum class Importance { high, medium, low };
enum class Width { none, short_, medium, long_ };

// As ConfigDef spells them and the REST API shows them: "BOOLEAN", "INT", "LIST"; "HIGH"; "SHORT".
std::string_view type_name(PropertyType type);
std::string_view importance_name(Importance importance);
std::string_view width_name(Width width);

// Which values a property takes.
class Validator {
 public:
  // Nothing when `value` (trimmed, of the right type; a list as it is written) is valid, else the
  // reason, a sentence that says the remedy: "Value must be at least 1". Never repeats the value:
  // it may be a password. Validators with a value that ConfigDef has word it as ConfigDef does.
  using Check = std::function<std::optional<std::string>(std::string_view value)>;

  Validator(std::nullptr_t = nullptr) {}
  // `valid_values`: as ConfigDef's pages show them, "[0,...]" or "[none, all]"; may be empty.
  template <typename Function>
  requires std::is_invocable_v<Function, std::string_view> Validator(Function check,
                                                                     std::string valid_values = {})
      : check_(std::move(check)), valid_values_(std::move(valid_values)) {}

  explicit operator bool() const { return check_ != nullptr; }
  std::optional<std::string> operator()(std::string_view value) const { return check_(value); }
  const std::string& valid_values() const { return valid_values_; }

 private:
  Check check_;
  std::string valid_values_;
};

Validator at_least(int64_t minimum);
Validator between(int64_t minimum, int64_t maximum);
Validator one_of(std::vector<std::string> values);
Validator not_empty();

struct Property {
  std::string name;
  PropertyType type = PropertyType::string;
  // The default as text, of the right type and valid; nothing: the property is required.
  std::optional<std::string> default_value;
  Importance importance = Importance::medium;
  std::string doc;
  Validator validator;
  std::string group;
  int order = 0;
  Width width = Width::short_;
  std::string display_name;
  // Other names for the same property. The main name wins; then the first alias that is present.
  std::vector<std::string> aliases;
};

// The items of a comma list as a LIST property has them: without the blanks around them; empty
// items stay, an empty text has none.
std::vector<std::string> split_list(std::string_view text);

// Whether `text` (trimmed) can be read as this type, whatever a validator says to it.
bool is_of_type(PropertyType type, std::string_view text);

// One thing that is wrong with a configuration.
struct Fault {
  std::string name;                  // as the user wrote it: it may be an alias
  std::optional<std::string> value;  // nothing when missing; `[hidden]` for a password
  std::string message;               // as ConfigDef words it
  std::string remedy = {};           // "give a whole number such as 10000"; may be empty

  // All of it: "kinetica.batch_size = abc: Invalid value abc for configuration kinetica.batch_size:
  // Not a number of type INT (give a whole number such as 10000)"
  std::string text() const;
};

class ConfigDef;

// Parsed, trimmed, defaulted values. Getters assert that the property is declared with the type
// asked for; names are main names, never aliases. A value, safe to share when const.
class Config {
 public:
  const std::string& string(std::string_view name) const;  // string, class_name
  bool boolean(std::string_view name) const;
  int64_t integer(std::string_view name) const;  // int16, int32, int64
  double real(std::string_view name) const;
  const std::vector<std::string>& list(std::string_view name) const;
  Secret password(std::string_view name) const;
  // True when the user gave a value (by the name or an alias).
  bool given(std::string_view name) const;

 private:
  friend class ConfigDef;
  struct Parsed {
    PropertyType type = PropertyType::string;
    std::string text;
    std::vector<std::string> items;
    int64_t integer = 0;
    double real = 0;
    bool given = false;
  };
  const Parsed& parsed(std::string_view name) const;

  std::map<std::string, Parsed, std::less<>> values_;
};

// The declarations of one party (the worker, a connector), in the order of their reference page.
// Filled once at start; const, and so safe to share, afterwards.
class ConfigDef {
 public:
  // Asserts that neither the name nor an alias is declared yet.
  ConfigDef& add(Property property);
  ConfigDef& add(const ConfigDef& others);
  const std::vector<Property>& properties() const { return properties_; }
  // By name or alias; nullptr when not declared. Valid until the next add().
  const Property* find(std::string_view name) const;

  // Appends every fault to `faults` (all at once, none thrown); faulty properties get their
  // default, or the type's zero when they have none.
  Config parse(const Properties& properties, std::vector<Fault>& faults) const;
  // The same, throwing one Error(fix_config) that lists all faults.
  Config parse(const Properties& properties) const;

  // A warning line for each property of `properties` that is neither declared nor begins with one
  // of `open_prefixes` ("consumer.", "transforms."), with the nearest declared name when one is
  // near: "kinetica.batchsize is not a known property and is ignored; did you mean
  // kinetica.batch_size?"
  std::vector<std::string> unknown(const Properties& properties,
                                   const std::vector<std::string>& open_prefixes) const;

 private:
  std::vector<Property> properties_;
};

}  // namespace kc::config
