// Which table a record goes to. A value without state: pure rules, no I/O.
//
//   1. kinetica.dest_table_override, when it is one name for all, or as many names as `topics` has;
//      a list of another length is not used (validation refuses it).
//   2. kinetica.single_table_per_topic: prefix + topic.
//   3. prefix + the simple name (what follows the last '.') of the record's source name: the value
//      schema's name; for schemaless records the key when it is a string, else the topic. A schema
//      without a name: prefix + topic.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "data/record.h"

namespace kc::sink {

struct TableNamingRules {
  std::vector<std::string> topics;  // empty: subscribed by pattern
  std::vector<std::string> override_names;
  std::string prefix;
  bool single_table_per_topic = false;
};

class TableNaming {
 public:
  explicit TableNaming(TableNamingRules rules) : rules_(std::move(rules)) {}

  // Throws Error(fix_config) when the list of override names has none for the record's topic.
  std::string table_for(const data::Record& record) const;
  std::string table_for(std::string_view topic, std::optional<std::string_view> source_name) const;

  // Whether more than the topic decides: the schema, or the key of a schemaless record.
  bool depends_on_record() const {
    return rules_.override_names.empty() && !rules_.single_table_per_topic;
  }
  // What a schemaless record's table depends on, beside its topic: the key, when it is a string.
  static std::optional<std::string_view> key_name(const data::Record& record);

 private:
  std::optional<std::string> override_for(std::string_view topic) const;

  TableNamingRules rules_;
};

}  // namespace kc::sink
