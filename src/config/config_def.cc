#include "config/config_def.h"

#include <fmt/core.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cassert>
#include <charconv>
#include <limits>
#include <stdexcept>

#include "base/error.h"
#include "base/text.h"
#include "config/nearest_name.h"
#include "config/url_password.h"

namespace kc::config {

std::string_view type_name(PropertyType type) {
  switch (type) {
    case PropertyType::boolean:
      return "BOOLEAN";
    case PropertyType::string:
      return "STRING";
    case PropertyType::int16:
      return "SHORT";
    case PropertyType::int32:
      return "INT";
    case PropertyType::int64:
      return "LONG";
    case PropertyType::float64:
      return "DOUBLE";
    case PropertyType::list:
      return "LIST";
    case PropertyType::class_name:
      return "CLASS";
    case PropertyType::password:
      break;
  }
  return "PASSWORD";
}

std::string_view importance_name(Importance importance) {
  switch (importance) {
    case Importance::high:
      return "HIGH";
    case Importance::medium:
      return "MEDIUM";
    case Importance::low:
      break;
  }
  return "LOW";
}

std::string_view width_name(Width width) {
  switch (width) {
    case Width::none:
      return "NONE";
    case Width::short_:
      return "SHORT";
    case Width::medium:
      return "MEDIUM";
    case Width::long_:
      break;
  }
  return "LONG";
}

namespace {

// Java takes a leading plus, from_chars does not.
template <typename Number>
std::optional<Number> number(std::string_view text) {
  if (text.starts_with('+') && !text.starts_with("+-")) text.remove_prefix(1);
  Number value{};
  const char* end = text.data() + text.size();
  const auto result = std::from_chars(text.data(), end, value);
  if (result.ec != std::errc() || result.ptr != end) return std::nullopt;
  return value;
}

std::optional<int64_t> integer_in(std::string_view text, int64_t minimum, int64_t maximum) {
  const auto value = number<int64_t>(text);
  return value && *value >= minimum && *value <= maximum ? value : std::nullopt;
}

template <typename Integer>
std::optional<int64_t> integer_of(std::string_view text) {
  using Limits = std::numeric_limits<Integer>;
  return integer_in(text, Limits::min(), Limits::max());
}

bool equal_ignoring_case(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](char x, char y) {
    return (x >= 'A' && x <= 'Z' ? x + 32 : x) == (y >= 'A' && y <= 'Z' ? y + 32 : y);
  });
}

bool is_number(PropertyType type) {
  return type == PropertyType::int16 || type == PropertyType::int32 ||
         type == PropertyType::int64 || type == PropertyType::float64;
}

std::string not_a_number(const Property& property) {
  return fmt::format("Not a number of type {}", type_name(property.type));
}

std::string number_remedy(const Property& property) {
  const bool real = property.type == PropertyType::float64;
  const auto example = property.default_value.value_or(real ? "0.5" : "1");
  return fmt::format("give a {}number such as {}", real ? "" : "whole ", example);
}

// What a text says as one type. `reason` is empty when it is of the type.
struct Reading {
  std::vector<std::string> items;
  int64_t integer = 0;
  double real = 0;
  std::string reason;
};

Reading read_number(const Property& property, std::string_view text) {
  Reading reading;
  std::optional<int64_t> integer;
  switch (property.type) {
    case PropertyType::int16:
      integer = integer_of<int16_t>(text);
      break;
    case PropertyType::int32:
      integer = integer_of<int32_t>(text);
      break;
    default:
      integer = integer_of<int64_t>(text);
  }
  if (!integer) reading.reason = not_a_number(property);
  reading.integer = integer.value_or(0);
  return reading;
}

Reading read(const Property& property, std::string_view text) {
  Reading reading;
  switch (property.type) {
    case PropertyType::boolean:
      reading.integer = equal_ignoring_case(text, "true");
      if (!reading.integer && !equal_ignoring_case(text, "false")) {
        reading.reason = "Expected value to be either true or false";
      }
      return reading;
    case PropertyType::int16:
    case PropertyType::int32:
    case PropertyType::int64:
      return read_number(property, text);
    case PropertyType::float64: {
      const auto value = number<double>(text);
      if (!value) reading.reason = not_a_number(property);
      reading.real = value.value_or(0);
      return reading;
    }
    case PropertyType::list:
      reading.items = split_list(text);
      return reading;
    case PropertyType::string:
    case PropertyType::class_name:
    case PropertyType::password:
      return reading;
  }
  return reading;
}

Fault missing(const Property& property) {
  return {property.name, std::nullopt,
          fmt::format("Missing required configuration \"{}\" which has no default value.",
                      property.name),
          fmt::format("add {}=... to the configuration", property.name)};
}

Fault invalid(const Property& property, std::string_view written_name, std::string_view value,
              std::string_view reason) {
  std::string shown(property.type == PropertyType::password ? Secret::hidden
                                                            : without_url_passwords(value));
  std::string printed = shown;
  if (property.type == PropertyType::list) {
    printed = fmt::format("[{}]", fmt::join(split_list(shown), ", "));
  }
  return {std::string(written_name), std::move(shown),
          fmt::format("Invalid value {} for configuration {}: {}", printed, written_name, reason)};
}

bool names(const Property& property, std::string_view name) {
  return property.name == name || std::find(property.aliases.begin(), property.aliases.end(),
                                            name) != property.aliases.end();
}

// The name under which the user gave the property; nullptr when not given.
const std::string* written_name(const Property& property, const Properties& properties) {
  if (properties.contains(property.name)) return &property.name;
  for (const auto& alias : property.aliases) {
    if (properties.contains(alias)) return &alias;
  }
  return nullptr;
}

}  // namespace

std::vector<std::string> split_list(std::string_view text) {
  std::vector<std::string> items;
  if (base::trim(text).empty()) return items;
  while (true) {
    const size_t comma = text.find(',');
    items.emplace_back(base::trim(text.substr(0, comma)));
    if (comma == std::string_view::npos) return items;
    text.remove_prefix(comma + 1);
  }
}

bool is_of_type(PropertyType type, std::string_view text) {
  Property property;
  property.type = type;
  return read(property, text).reason.empty();
}

Validator at_least(int64_t minimum) {
  const auto check = [=](std::string_view value) -> std::optional<std::string> {
    const auto given = number<double>(value);
    if (given && *given >= static_cast<double>(minimum)) return std::nullopt;
    return fmt::format("Value must be at least {}", minimum);
  };
  return {check, fmt::format("[{},...]", minimum)};
}

Validator between(int64_t minimum, int64_t maximum) {
  const auto check = [=](std::string_view value) -> std::optional<std::string> {
    const auto given = number<double>(value);
    if (given && *given < static_cast<double>(minimum)) {
      return fmt::format("Value must be at least {} (and no more than {})", minimum, maximum);
    }
    if (given && *given <= static_cast<double>(maximum)) return std::nullopt;
    return fmt::format("Value must be no more than {} (and at least {})", maximum, minimum);
  };
  return {check, fmt::format("[{},...,{}]", minimum, maximum)};
}

Validator one_of(std::vector<std::string> values) {
  std::string valid_values = fmt::format("[{}]", fmt::join(values, ", "));
  const auto check = [values =
                          std::move(values)](std::string_view value) -> std::optional<std::string> {
    if (std::find(values.begin(), values.end(), value) != values.end()) return std::nullopt;
    return fmt::format("String must be one of: {}", fmt::join(values, ", "));
  };
  return {check, std::move(valid_values)};
}

Validator not_empty() {
  const auto check = [](std::string_view value) -> std::optional<std::string> {
    if (!value.empty()) return std::nullopt;
    return "String must be non-empty";
  };
  return {check, "non-empty string"};
}

std::string Fault::text() const {
  const std::string hint = remedy.empty() ? "" : fmt::format(" ({})", remedy);
  return value ? fmt::format("{} = {}: {}{}", name, without_url_passwords(*value), message, hint)
               : fmt::format("{}: {}{}", name, message, hint);
}

const Config::Parsed& Config::parsed(std::string_view name) const {
  const auto found = values_.find(name);
  if (found == values_.end()) {
    throw std::logic_error(fmt::format("the property {} is not declared", name));
  }
  return found->second;
}

const std::string& Config::string(std::string_view name) const {
  const auto& value = parsed(name);
  assert(value.type == PropertyType::string || value.type == PropertyType::class_name);
  return value.text;
}

bool Config::boolean(std::string_view name) const {
  const auto& value = parsed(name);
  assert(value.type == PropertyType::boolean);
  return value.integer != 0;
}

int64_t Config::integer(std::string_view name) const {
  const auto& value = parsed(name);
  assert(value.type == PropertyType::int16 || value.type == PropertyType::int32 ||
         value.type == PropertyType::int64);
  return value.integer;
}

double Config::real(std::string_view name) const {
  const auto& value = parsed(name);
  assert(value.type == PropertyType::float64);
  return value.real;
}

const std::vector<std::string>& Config::list(std::string_view name) const {
  const auto& value = parsed(name);
  assert(value.type == PropertyType::list);
  return value.items;
}

Secret Config::password(std::string_view name) const {
  const auto& value = parsed(name);
  assert(value.type == PropertyType::password);
  return Secret(value.text);
}

bool Config::given(std::string_view name) const { return parsed(name).given; }

ConfigDef& ConfigDef::add(Property property) {
  assert(!find(property.name));
  assert(std::none_of(property.aliases.begin(), property.aliases.end(),
                      [&](const std::string& alias) { return find(alias); }));
  properties_.push_back(std::move(property));
  return *this;
}

ConfigDef& ConfigDef::add(const ConfigDef& others) {
  for (const auto& property : others.properties_) add(property);
  return *this;
}

const Property* ConfigDef::find(std::string_view name) const {
  const auto found = std::find_if(properties_.begin(), properties_.end(),
                                  [&](const Property& property) { return names(property, name); });
  return found == properties_.end() ? nullptr : &*found;
}

Config ConfigDef::parse(const Properties& properties, std::vector<Fault>& faults) const {
  Config config;
  for (const auto& property : properties_) {
    const auto* written = written_name(property, properties);
    const auto* given = written ? properties.find(*written) : nullptr;
    std::string text(base::trim(given ? *given : property.default_value.value_or("")));
    auto reading = read(property, text);
    if (!given && !property.default_value) {
      faults.push_back(missing(property));
    } else if (given) {
      const bool misread = !reading.reason.empty();
      if (!misread && property.validator) reading.reason = property.validator(text).value_or("");
      if (!reading.reason.empty()) {
        faults.push_back(invalid(property, *written, *given, reading.reason));
        if (misread && is_number(property.type)) faults.back().remedy = number_remedy(property);
        text = base::trim(property.default_value.value_or(""));
        reading = read(property, text);
      }
    } else {
      assert(reading.reason.empty());
    }
    config.values_.insert_or_assign(
        property.name, Config::Parsed{property.type, std::move(text), std::move(reading.items),
                                      reading.integer, reading.real, given != nullptr});
  }
  return config;
}

Config ConfigDef::parse(const Properties& properties) const {
  std::vector<Fault> faults;
  auto config = parse(properties, faults);
  if (faults.empty()) return config;
  if (faults.size() == 1) {
    throw base::Error(base::Reaction::fix_config, "{}", faults.front().text());
  }
  std::string message = fmt::format("The configuration has {} errors:", faults.size());
  for (const auto& fault : faults) message += "\n" + fault.text();
  throw base::Error(base::Reaction::fix_config, message);
}

std::vector<std::string> ConfigDef::unknown(const Properties& properties,
                                            const std::vector<std::string>& open_prefixes) const {
  std::vector<std::string_view> known;
  for (const auto& property : properties_) {
    known.push_back(property.name);
    known.insert(known.end(), property.aliases.begin(), property.aliases.end());
  }
  std::vector<std::string> warnings;
  for (const auto& [name, value] : properties.entries()) {
    const bool open = std::any_of(open_prefixes.begin(), open_prefixes.end(),
                                  [&](const std::string& p) { return name.starts_with(p); });
    if (open || find(name)) continue;
    auto& warning =
        warnings.emplace_back(fmt::format("{} is not a known property and is ignored", name));
    if (const auto near = nearest_name(name, known)) warning += "; did you mean " + *near + "?";
  }
  return warnings;
}

}  // namespace kc::config
