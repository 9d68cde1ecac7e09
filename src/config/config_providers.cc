#include "config/config_providers.h"

#include <algorithm>
#include <utility>

#include "base/error.h"
#include "base/redaction.h"
#include "config/config_reference.h"
#include "config/secret.h"

namespace kc::config {
namespace {

using base::Error;
using base::Reaction;

std::string trim(std::string_view text) {
  constexpr std::string_view blanks = " \t\r\n\f";
  const size_t first = text.find_first_not_of(blanks);
  if (first == std::string_view::npos) return {};
  return std::string(text.substr(first, text.find_last_not_of(blanks) + 1 - first));
}

void replace_all(std::string& text, const std::string& from, std::string_view to) {
  for (size_t at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size())) {
    text.replace(at, from.size(), to);
  }
}

}  // namespace

Properties ResolvedProperties::with_references(Properties derived) const {
  for (const auto& [name, value] : references.entries()) {
    if (derived.contains(name)) derived.set(name, value);
  }
  return derived;
}

void ResolvedProperties::hide_secrets(std::vector<Fault>& faults, size_t first) const {
  // Elsewhere than in its own property's fault, so short a text says more about chance.
  constexpr size_t telling_size = 4;
  const auto hide = [this](std::string& text, size_t size_min) {
    for (const std::string& secret : secrets) {
      if (secret.size() >= size_min) replace_all(text, secret, Secret::hidden);
    }
  };
  for (size_t i = first; i < faults.size(); ++i) {
    Fault& fault = faults[i];
    const std::string* const reference = references.find(fault.name);
    const size_t size_min = reference == nullptr ? telling_size : 1;
    hide(fault.message, size_min);
    hide(fault.remedy, size_min);
    if (!fault.value) continue;
    if (reference != nullptr) {
      fault.value = *reference;
    } else {
      hide(*fault.value, size_min);
    }
  }
}

ConfigProviders::ConfigProviders(const Properties& worker, std::vector<Fault>& faults) {
  for (const std::string& name : split_list(worker.get("config.providers"))) {
    const std::string prefix = "config.providers." + name + ".";
    const std::string class_name = trim(worker.get(prefix + "class"));
    try {
      auto provider = make_config_provider(class_name, worker.with_prefix(prefix + "param."));
      if (provider != nullptr) {
        providers_[name] = std::move(provider);
        continue;
      }
      std::string known;
      for (const std::string& one : config_provider_classes()) {
        known += (known.empty() ? "" : ", ") + one;
      }
      faults.push_back({prefix + "class",
                        class_name.empty() ? std::nullopt : std::optional(class_name),
                        (class_name.empty() ? "The provider " + name + " has no class"
                                            : "Class " + class_name + " could not be found") +
                            ". Known are: " + known});
    } catch (const Error& error) {
      faults.push_back({prefix + "param", std::nullopt, error.what()});
    }
  }
}

// Throws Error(fix_config) for what cannot be resolved.
std::string ConfigProviders::resolve_value(std::string_view value, ResolvedProperties& resolved,
                                           std::vector<std::string>& unknown) const {
  std::string result;
  size_t done = 0;
  for (const ConfigReference& reference : find_references(value)) {
    if (reference.text.find("${", 2) != std::string_view::npos) {
      throw Error(Reaction::fix_config,
                  "{}}} is a reference inside of another, which is not resolved. Write the inner "
                  "value out",
                  reference.text.substr(0, reference.text.size() - 1));
    }
    const auto provider = providers_.find(reference.provider);
    if (provider == providers_.end()) {
      unknown.emplace_back(reference.text);
      continue;
    }
    std::string provided;
    try {
      provided = provider->second->get(std::string(reference.path), std::string(reference.key));
    } catch (const Error& error) {
      throw Error(Reaction::fix_config, "{} has no value: {}", reference.text, error.what());
    }
    resolved.secrets.push_back(trim(provided));
    for (std::string& item : split_list(provided)) resolved.secrets.push_back(std::move(item));
    // Wherever it turns up later: in a library's message, in a record's error.
    for (const std::string& secret : resolved.secrets) base::redact(secret);
    const auto further = find_references(provided);
    if (std::ranges::any_of(further, [this](const ConfigReference& inner) {
          return providers_.contains(inner.provider);
        })) {
      throw Error(Reaction::fix_config,
                  "the value of {} has a reference itself, which is not resolved again, so that "
                  "there are no cycles. Give it the value",
                  reference.text);
    }
    const auto start = static_cast<size_t>(reference.text.data() - value.data());
    result.append(value.substr(done, start - done)).append(provided);
    done = start + reference.text.size();
  }
  return result.append(value.substr(done));
}

ResolvedProperties ConfigProviders::resolve(const Properties& properties,
                                            std::vector<Fault>& faults,
                                            std::vector<std::string>& warnings) const {
  ResolvedProperties resolved;
  for (const auto& [name, value] : properties.entries()) {
    // The providers' own settings and, as in stock Connect, plugin.path are never resolved.
    const bool literal = name.starts_with("config.providers") || name == "plugin.path";
    if (providers_.empty() || literal || value.find("${") == std::string::npos) {
      resolved.properties.set(name, value);
      continue;
    }
    std::vector<std::string> unknown;
    std::string used = value;
    try {
      used = resolve_value(value, resolved, unknown);
    } catch (const Error& error) {
      faults.push_back({name, std::nullopt, error.what()});
    }
    for (const std::string& text : unknown) {
      warnings.push_back(name + " has " + text +
                         ", whose provider config.providers does not name; it stays as it is");
    }
    if (used != value) resolved.references.set(name, value);
    resolved.properties.set(name, std::move(used));
  }
  std::erase(resolved.secrets, "");
  std::ranges::sort(resolved.secrets, [](const std::string& left, const std::string& right) {
    return left.size() > right.size();
  });
  return resolved;
}

ResolvedProperties ConfigProviders::resolve(const Properties& properties) const {
  std::vector<Fault> faults;
  std::vector<std::string> warnings;
  ResolvedProperties resolved = resolve(properties, faults, warnings);
  if (faults.empty()) return resolved;
  std::string list;
  for (const Fault& fault : faults) list += (list.empty() ? "" : "\n") + fault.text();
  throw Error(Reaction::fix_config, list);
}

}  // namespace kc::config
