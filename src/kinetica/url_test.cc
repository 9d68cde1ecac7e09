#include "kinetica/url.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/error.h"

namespace kc::kinetica {
namespace {

std::string complaint(std::string_view text) {
  try {
    parse_urls(text);
  } catch (const base::Error& error) {
    EXPECT_EQ(error.reaction(), base::Reaction::fix_config);
    return error.what();
  }
  return {};
}

TEST(Url, DefaultPortIsKineticas) {
  EXPECT_EQ(parse_urls("http://db")[0].base(), "http://db:9191");
  EXPECT_EQ(parse_urls("HTTPS://db/")[0].base(), "https://db:9191");
}

TEST(Url, KeepsPortAndPath) {
  const Url url = parse_urls("https://db.example:8082/gpudb-0/")[0];
  EXPECT_EQ(url.base(), "https://db.example:8082/gpudb-0");
  EXPECT_EQ(url.address(), "https://db.example:8082");
  EXPECT_EQ(url.host, "db.example");
  EXPECT_EQ(parse_urls("http://[::1]:9192")[0].base(), "http://[::1]:9192");
}

TEST(Url, ListNamesTheClustersInOrder) {
  const auto urls = parse_urls(" http://a:1 , http://b:2");
  ASSERT_EQ(urls.size(), 2u);
  EXPECT_EQ(urls[0].base(), "http://a:1");
  EXPECT_EQ(urls[1].base(), "http://b:2");
}

TEST(Url, WhatIsNoneIsRefusedWithTheRemedy) {
  using testing::HasSubstr;
  EXPECT_THAT(complaint(""), HasSubstr("is empty"));
  EXPECT_THAT(complaint("http://a,"), HasSubstr("is empty"));
  EXPECT_THAT(complaint("localhost:9191"), HasSubstr("http://host:9191"));
  EXPECT_THAT(complaint("http://:9191"), HasSubstr("no valid host"));
  EXPECT_THAT(complaint("http://db:0"), HasSubstr("1 to 65535"));
  EXPECT_THAT(complaint("http://db:x"), HasSubstr("`x`"));
  EXPECT_THAT(complaint("http://db/?a=b"), HasSubstr("query"));
}

TEST(Url, CredentialsAreRefusedAndNotRepeated) {
  for (const auto* text : {"http://joe:hush@db:9191", "joe:hush@db"}) {
    const std::string message = complaint(text);
    EXPECT_FALSE(message.empty());
    EXPECT_EQ(message.find("hush"), std::string::npos) << message;
  }
}

}  // namespace
}  // namespace kc::kinetica
