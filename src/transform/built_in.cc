#include "transform/built_in.h"

#include "transform/plugins.h"
#include "transform/predicates.h"

namespace kc::transform {

std::vector<connect::TransformationPlugin> built_in_transformations() {
  TransformationPlugins plugins;
  add_cast(plugins);
  add_drop_headers(plugins);
  add_extract_field(plugins);
  add_filter(plugins);
  add_flatten(plugins);
  add_header_from(plugins);
  add_hoist_field(plugins);
  add_insert_field(plugins);
  add_insert_header(plugins);
  add_mask_field(plugins);
  add_regex_router(plugins);
  add_replace_field(plugins);
  add_set_schema_metadata(plugins);
  add_timestamp_converter(plugins);
  add_timestamp_router(plugins);
  add_value_to_key(plugins);
  return plugins;
}

std::vector<connect::PredicatePlugin> built_in_predicates() {
  return {has_header_key(), record_is_tombstone(), topic_name_matches()};
}

}  // namespace kc::transform
