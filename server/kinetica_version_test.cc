#include "server/kinetica_version.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "base/error.h"

namespace kc::server {
namespace {

TEST(KineticaVersion, IsChosenByItsName) {
  for (const auto release : {Release::v7_0, Release::v7_1, Release::v7_2}) {
    const auto version = kinetica_version(release_name(release));
    EXPECT_EQ(version.release, release);
    EXPECT_TRUE(version.core_version.starts_with(release_name(release)));
    EXPECT_EQ(std::ranges::count(version.core_version, '.'), 4);
  }
  EXPECT_THROW(kinetica_version("7.3"), base::Error);
  EXPECT_THROW(kinetica_version(""), base::Error);
}

TEST(KineticaVersion, SchemasCameWith71) {
  const auto old = kinetica_version("7.0");
  EXPECT_FALSE(old.schemas);
  EXPECT_FALSE(old.duplicate_key_is_error);
  EXPECT_FALSE(old.has_endpoint("/create/schema"));
  EXPECT_FALSE(old.has_endpoint("/has/permission"));
  EXPECT_TRUE(old.has_endpoint("/alter/table/columns"));
  const auto newer = kinetica_version("7.1");
  EXPECT_TRUE(newer.schemas);
  EXPECT_TRUE(newer.duplicate_key_is_error);
  EXPECT_TRUE(newer.has_endpoint("/create/schema"));
}

}  // namespace
}  // namespace kc::server
