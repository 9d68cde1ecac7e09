#include "transform/predicates.h"

#include <algorithm>

#include "config/java_regex.h"
#include "transform/declarations.h"

namespace kc::transform {
namespace {

using config::Config;
using config::ConfigDef;
using config::Importance;
using config::PropertyType;
using data::Record;

class HasHeaderKey : public connect::Predicate {
 public:
  explicit HasHeaderKey(const Config& config) : name_(config.string("name")) {}

  static const ConfigDef& properties() {
    static const ConfigDef def = ConfigDef().add(with_validator(
        required("name", PropertyType::string, Importance::medium, "The header name."),
        config::not_empty()));
    return def;
  }

  bool test(const Record& record) override {
    return std::ranges::any_of(record.headers,
                               [&](const data::Header& header) { return header.name == name_; });
  }

 private:
  std::string name_;
};

class RecordIsTombstone : public connect::Predicate {
 public:
  explicit RecordIsTombstone(const Config&) {}

  static const ConfigDef& properties() {
    static const ConfigDef def;
    return def;
  }

  bool test(const Record& record) override { return record.value.is_null(); }
};

class TopicNameMatches : public connect::Predicate {
 public:
  explicit TopicNameMatches(const Config& config) : pattern_(config.string("pattern")) {}

  static const ConfigDef& properties() {
    static const ConfigDef def = ConfigDef().add(with_validator(
        required("pattern", PropertyType::string, Importance::medium,
                 "A Java regular expression for matching against the name of a record's topic."),
        {[](std::string_view text) {
           return text.empty() ? config::not_empty()(text) : java_regex()(text);
         },
         "non-empty string, valid regex"}));
    return def;
  }

  bool test(const Record& record) override { return pattern_.matches(record.topic); }

 private:
  config::JavaRegex pattern_;
};

template <typename T>
connect::PredicatePlugin plugin(std::string_view name) {
  return {"org.apache.kafka.connect.transforms.predicates." + std::string(name), &T::properties,
          [](const config::Properties& settings) -> std::unique_ptr<connect::Predicate> {
            return std::make_unique<T>(T::properties().parse(settings));
          }};
}

}  // namespace

connect::PredicatePlugin has_header_key() { return plugin<HasHeaderKey>("HasHeaderKey"); }

connect::PredicatePlugin record_is_tombstone() {
  return plugin<RecordIsTombstone>("RecordIsTombstone");
}

connect::PredicatePlugin topic_name_matches() {
  return plugin<TopicNameMatches>("TopicNameMatches");
}

}  // namespace kc::transform
