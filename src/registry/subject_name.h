// Under which subject a topic's schemas are registered: Confluent's subject name strategies.
#pragma once

#include <string>
#include <string_view>

#include "config/config_def.h"

namespace kc::registry {

enum class SubjectNameStrategy {
  topic,        // <topic>-key, <topic>-value
  record,       // full name of the record
  topic_record  // <topic>-<full name of the record>
};

// Adds key.subject.name.strategy and value.subject.name.strategy.
void declare_subject_name_properties(config::ConfigDef& def);
// Throws Error(fix_config) for a class that is none of the three.
SubjectNameStrategy subject_name_strategy(const config::Config& config, bool is_key);

// `record_name`: empty for a schema that is no record, which `record` and `topic_record` refuse
// with Error(skip_record).
std::string subject_name(SubjectNameStrategy strategy, std::string_view topic, bool is_key,
                         std::string_view record_name);

}  // namespace kc::registry
