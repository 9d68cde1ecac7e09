// Which Kinetica the server is: what the releases do differently, as far as a client notices.
// Ask the struct, never the release, so that a difference has one name and one place.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace kc::server {

// In the order in which they came.
enum class Release : uint8_t { v7_0, v7_1, v7_2 };

// A value.
struct KineticaVersion {
  Release release = Release::v7_2;

  // version.gpudb_core_version, always of five parts: Java's client of 7.2 insists on that. Below
  // 7.2.3.15, so that clients do not use the insert option request_schema_str.
  std::string core_version = "7.2.3.0.20250101000000";

  // Schemas, `schema.table`, and info.qualified_table_name of /create/table. Without them:
  // collections, which have no part in a table's name; a table's name is unique in the database.
  bool schemas = true;

  // A row whose primary key is there already, inserted without update_on_existing_pk: refused
  // unless ignore_existing_pk says otherwise. False: dropped without a word, always.
  bool duplicate_key_is_error = true;

  // conf.ha_ring_head_nodes_full, conf.number_of_hosts and conf.host<i>_public_urls are published.
  // conf.ha_ring_head_nodes always is.
  bool cluster_properties = true;

  // The response of /show/tablemonitors has the fields for joins, failure limits and statuses.
  bool monitor_joins = true;

  // False: the path answers 404, as one that never was.
  bool has_endpoint(std::string_view path) const;
};

KineticaVersion kinetica_version(Release release);
// "7.0", "7.1" or "7.2". Throws Error(fix_config) for anything else.
KineticaVersion kinetica_version(std::string_view name);

std::string_view release_name(Release release);

}  // namespace kc::server
