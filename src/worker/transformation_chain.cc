#include "worker/transformation_chain.h"

#include <algorithm>
#include <set>

#include "worker/connector_validation.h"

namespace kc::worker {
namespace {

using base::Error;
using base::Reaction;
using config::Fault;
using config::Properties;

// One alias of a list, with what its properties say. Filled as far as they are right.
template <typename Plugin>
struct Entry {
  std::string alias;
  const Plugin* plugin = nullptr;
  Properties settings;  // its own
  std::string predicate;
  bool negate = false;
};

template <typename Plugin>
const Plugin* find(const std::vector<Plugin>& plugins, const std::string& class_name) {
  const auto found = std::ranges::find(plugins, class_name, &Plugin::class_name);
  return found == plugins.end() ? nullptr : &*found;
}

class Reader {
 public:
  Reader(const Plugins& plugins, const Properties& connector, std::vector<Fault>& faults)
      : connector_(connector), faults_(faults) {
    read("predicates", plugins.predicates, predicates);
    read("transforms", plugins.transformations, transformations);
    for (auto& entry : transformations) read_condition(entry);
  }

  std::vector<Entry<connect::PredicatePlugin>> predicates;
  std::vector<Entry<connect::TransformationPlugin>> transformations;

 private:
  template <typename Plugin>
  void read(const char* list, const std::vector<Plugin>& known,
            std::vector<Entry<Plugin>>& entries) {
    std::set<std::string> seen;
    for (const std::string& alias : config::split_list(connector_.get(list))) {
      if (alias.empty()) continue;
      if (!seen.insert(alias).second) continue;  // a fault of the list's own
      Entry<Plugin>& entry = entries.emplace_back();
      entry.alias = alias;
      entry.settings = connector_.with_prefix(std::string(list) + "." + alias + ".");
      const std::string name = std::string(list) + "." + alias + ".type";
      const std::string class_name = entry.settings.get("type");
      entry.settings.erase("type");
      if (class_name.empty()) {
        faults_.push_back(
            {name, std::nullopt,
             "Missing required configuration \"" + name + "\" which has no default value.",
             "name a class"});
        continue;
      }
      entry.plugin = find(known, class_name);
      if (entry.plugin == nullptr) {
        std::string classes;
        for (const auto& plugin : known) {
          classes += (classes.empty() ? "" : ", ") + plugin.class_name;
        }
        faults_.push_back(class_not_found(name, class_name, classes));
      }
    }
  }

  void read_condition(Entry<connect::TransformationPlugin>& entry) {
    const std::string prefix = "transforms." + entry.alias + ".";
    entry.predicate = entry.settings.get("predicate");
    const std::string negate = entry.settings.get("negate", "false");
    if (entry.settings.contains("negate") && entry.predicate.empty()) {
      faults_.push_back({prefix + "negate", negate,
                         "Config '" + prefix + "negate' was provided but there is no config '" +
                             prefix + "predicate' defining a predicate to be negated."});
    }
    entry.settings.erase("predicate");
    entry.settings.erase("negate");
    if (negate != "true" && negate != "false") {
      faults_.push_back({prefix + "negate", negate, "Expected value to be either true or false"});
    }
    entry.negate = negate == "true";
    if (!entry.predicate.empty() &&
        std::ranges::find(predicates, entry.predicate, &Entry<connect::PredicatePlugin>::alias) ==
            predicates.end()) {
      faults_.push_back({prefix + "predicate", entry.predicate,
                         "There is no predicate of that alias. Add it to `predicates`"});
    }
  }

  const Properties& connector_;
  std::vector<Fault>& faults_;
};

// Faults of an entry's own properties, by their full names.
template <typename Plugin>
void check(const Entry<Plugin>& entry, const char* list, std::vector<Fault>& faults) {
  if (entry.plugin == nullptr) return;
  const std::string prefix = std::string(list) + "." + entry.alias + ".";
  std::vector<Fault> own;
  entry.plugin->config_def().parse(entry.settings, own);
  for (Fault& fault : own) {
    fault.name = prefix + fault.name;
    faults.push_back(std::move(fault));
  }
  if (!own.empty()) return;
  try {
    entry.plugin->create(entry.settings);
  } catch (const Error& error) {
    faults.push_back({prefix + "type", entry.plugin->class_name, error.what()});
  }
}

}  // namespace

std::vector<Fault> TransformationChain::find_faults(const Plugins& plugins,
                                                    const Properties& connector) {
  std::vector<Fault> faults;
  const Reader reader(plugins, connector, faults);
  for (const auto& entry : reader.transformations) check(entry, "transforms", faults);
  for (const auto& entry : reader.predicates) check(entry, "predicates", faults);
  return faults;
}

TransformationChain::TransformationChain(const Plugins& plugins, const Properties& connector) {
  const auto faults = find_faults(plugins, connector);
  if (!faults.empty()) throw Error(Reaction::fix_config, "{}", faults.front().text());
  std::vector<Fault> none;
  const Reader reader(plugins, connector, none);
  for (const auto& entry : reader.predicates) {
    predicates_.push_back(entry.plugin->create(entry.settings));
  }
  for (const auto& entry : reader.transformations) {
    Link link{entry.plugin->class_name, entry.plugin->create(entry.settings), nullptr,
              entry.negate};
    for (size_t i = 0; i < predicates_.size(); ++i) {
      if (reader.predicates[i].alias == entry.predicate) link.predicate = predicates_[i].get();
    }
    links_.push_back(std::move(link));
  }
}

bool TransformationChain::apply(data::Record& record, data::RecordBatch& batch, Step& step) {
  for (const Link& link : links_) {
    step = {Stage::transformation, link.class_name};
    if (link.predicate != nullptr && link.predicate->test(record) == link.negate) continue;
    if (!link.transformation->apply(record, batch)) return false;
  }
  return true;
}

}  // namespace kc::worker
