#include "server/kinetica_version.h"

#include <algorithm>
#include <array>

#include "base/error.h"

namespace kc::server {

namespace {

constexpr std::array<std::string_view, 3> release_names = {"7.0", "7.1", "7.2"};

// What came with 7.1; all other endpoints are older.
constexpr std::array<std::string_view, 10> paths_since_7_1 = {
    "/alter/schema",       "/create/schema",  "/drop/schema",
    "/has/schema",         "/show/schema",    "/alter/tablemonitor",
    "/show/tablemonitors", "/has/permission", "/insert/records/frompayload",
    "/create/datasink",
};

}  // namespace

bool KineticaVersion::has_endpoint(std::string_view path) const {
  return release >= Release::v7_1 ||
         std::ranges::find(paths_since_7_1, path) == paths_since_7_1.end();
}

KineticaVersion kinetica_version(Release release) {
  KineticaVersion version;
  version.release = release;
  if (release <= Release::v7_1) {
    version.core_version = "7.1.10.0.20240101000000";
    version.monitor_joins = false;
  }
  if (release == Release::v7_0) {
    version.core_version = "7.0.20.0.20210101000000";
    version.schemas = false;
    version.duplicate_key_is_error = false;
    version.cluster_properties = false;
  }
  return version;
}

KineticaVersion kinetica_version(std::string_view name) {
  const auto found = std::ranges::find(release_names, name);
  if (found == release_names.end()) {
    throw base::Error(base::Reaction::fix_config,
                      "There is no Kinetica version `{}` here; choose 7.0, 7.1 or 7.2", name);
  }
  return kinetica_version(static_cast<Release>(found - release_names.begin()));
}

std::string_view release_name(Release release) {
  return release_names[static_cast<size_t>(release)];
}

}  // namespace kc::server
