#include "registry/subject_name.h"

#include <fmt/format.h>

#include "base/error.h"

namespace kc::registry {
namespace {

using base::Error;
using base::Reaction;

constexpr std::string_view package = "io.confluent.kafka.serializers.subject.";

std::string_view role_name(bool is_key) { return is_key ? "key" : "value"; }

std::string property_name(bool is_key) {
  return fmt::format("{}.subject.name.strategy", role_name(is_key));
}

}  // namespace

void declare_subject_name_properties(config::ConfigDef& def) {
  for (const bool is_key : {true, false}) {
    config::Property property;
    property.name = property_name(is_key);
    property.type = config::PropertyType::class_name;
    property.default_value = fmt::format("{}TopicNameStrategy", package);
    property.importance = config::Importance::low;
    property.doc = fmt::format(
        "How the subject of a {}'s schema is called: TopicNameStrategy, RecordNameStrategy or "
        "TopicRecordNameStrategy, with their package.",
        role_name(is_key));
    def.add(std::move(property));
  }
}

SubjectNameStrategy subject_name_strategy(const config::Config& config, bool is_key) {
  const std::string& given = config.string(property_name(is_key));
  std::string_view name = given;
  if (name.starts_with(package)) name.remove_prefix(package.size());
  if (name == "TopicNameStrategy") return SubjectNameStrategy::topic;
  if (name == "RecordNameStrategy") return SubjectNameStrategy::record;
  if (name == "TopicRecordNameStrategy") return SubjectNameStrategy::topic_record;
  throw Error(Reaction::fix_config,
              "{} = {}: this strategy is not known. Use {}TopicNameStrategy, RecordNameStrategy or "
              "TopicRecordNameStrategy",
              property_name(is_key), given, package);
}

std::string subject_name(SubjectNameStrategy strategy, std::string_view topic, bool is_key,
                         std::string_view record_name) {
  if (strategy == SubjectNameStrategy::topic) {
    return fmt::format("{}-{}", topic, role_name(is_key));
  }
  if (record_name.empty()) {
    throw Error(
        Reaction::skip_record,
        "In configuration {} = {}, the message {} must only be a record schema",
        property_name(is_key),
        strategy == SubjectNameStrategy::record ? "RecordNameStrategy" : "TopicRecordNameStrategy",
        role_name(is_key));
  }
  return strategy == SubjectNameStrategy::record ? std::string(record_name)
                                                 : fmt::format("{}-{}", topic, record_name);
}

}  // namespace kc::registry
