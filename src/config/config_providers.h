// The config providers of a worker, and the references that they resolve.
//
// References are resolved when properties are used, once: what a provider gives is not searched for
// references again. Unlike stock Connect, which leaves what it cannot resolve as text, a reference
// to a provider of the worker that gives no value is a fault, and so is one inside of another or
// inside a provided value (which is how a cycle would begin).
#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "config/config_def.h"
#include "config/config_provider.h"
#include "config/properties.h"

namespace kc::config {

// Properties with their references resolved. What came from providers is secret: `properties` are
// for use, never to be shown; what is shown has the references.
struct ResolvedProperties {
  Properties properties;
  Properties references;             // those as given that have a reference
  std::vector<std::string> secrets;  // what the providers gave, in whole and in the parts of lists

  // `derived` (a task's properties made of `properties`) with the references in place of the
  // values.
  Properties with_references(Properties derived) const;
  // `faults`, from index `first` on, without secrets.
  void hide_secrets(std::vector<Fault>& faults, size_t first) const;
};

// A value, copied with the worker's configuration; const is safe to share.
class ConfigProviders {
 public:
  ConfigProviders() = default;
  // From config.providers, config.providers.NAME.class and config.providers.NAME.param.*.
  ConfigProviders(const Properties& worker, std::vector<Fault>& faults);

  // Appends a fault for each reference that cannot be resolved (its property stays as it is), and a
  // warning for each that names no provider of this worker.
  ResolvedProperties resolve(const Properties& properties, std::vector<Fault>& faults,
                             std::vector<std::string>& warnings) const;
  // The same, throwing one Error(fix_config) that lists all faults, without warnings.
  ResolvedProperties resolve(const Properties& properties) const;

 private:
  std::string resolve_value(std::string_view value, ResolvedProperties& resolved,
                            std::vector<std::string>& unknown) const;

  // Shared by the copies of this object.
  std::map<std::string, std::shared_ptr<const ConfigProvider>, std::less<>> providers_;
};

}  // namespace kc::config
