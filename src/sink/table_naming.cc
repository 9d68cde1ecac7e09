#include "sink/table_naming.h"

#include <algorithm>

#include "base/error.h"

namespace kc::sink {
namespace {

std::string_view simple_name(std::string_view name) {
  const size_t dot = name.rfind('.');
  return dot == std::string_view::npos ? name : name.substr(dot + 1);
}

std::optional<std::string_view> source_name(const data::Record& record) {
  if (record.value_schema != nullptr) {
    const auto& name = record.value_schema->name();
    return name ? std::optional<std::string_view>(*name) : std::nullopt;
  }
  const auto key = TableNaming::key_name(record);
  return key ? key : record.topic;
}

}  // namespace

std::optional<std::string_view> TableNaming::key_name(const data::Record& record) {
  if (record.key.kind() != data::Kind::string) return std::nullopt;
  return record.key.as_text();
}

std::string TableNaming::table_for(const data::Record& record) const {
  return table_for(record.topic, source_name(record));
}

std::string TableNaming::table_for(std::string_view topic,
                                   std::optional<std::string_view> source) const {
  if (auto name = override_for(topic)) return *std::move(name);
  std::string_view derived = topic;
  if (rules_.single_table_per_topic) {
    if (topic.empty() && source) derived = simple_name(*source);
  } else if (source) {
    derived = simple_name(*source);
  }
  return rules_.prefix + std::string(derived);
}

std::optional<std::string> TableNaming::override_for(std::string_view topic) const {
  const auto& names = rules_.override_names;
  if (names.empty()) return std::nullopt;
  if (names.size() == 1 && (!rules_.single_table_per_topic || rules_.topics.size() == 1)) {
    return names.front();
  }
  if (names.size() != rules_.topics.size()) return std::nullopt;
  const auto found = std::ranges::find(rules_.topics, topic);
  if (found == rules_.topics.end()) {
    throw base::Error(base::Reaction::fix_config,
                      "Could not determine a table for topic {}: it is not in `topics`, and "
                      "kinetica.dest_table_override names one table for each of them. Add the "
                      "topic and its table, or leave kinetica.dest_table_override empty.",
                      topic);
  }
  return names[static_cast<size_t>(found - rules_.topics.begin())];
}

}  // namespace kc::sink
