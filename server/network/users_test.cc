#include "server/network/users.h"

#include <gmock/gmock.h>

#include "base/base64.h"
#include "server/server.h"
#include "server/server_testing.h"

namespace kc::server {
namespace {

using testing::HasSubstr;
using testing::Not;

std::string basic(std::string_view pair) { return "Basic " + base::base64_encode(pair); }

TEST(Users, PasswordsAndTokensAreCompared) {
  const Users users("# a comment\nann:secret\r\n\nbob:with:colons\nBearer t0ken\n", "the file");
  EXPECT_EQ(users.user_of(basic("ann:secret")), "ann");
  EXPECT_EQ(users.user_of(basic("bob:with:colons")), "bob");
  EXPECT_EQ(users.user_of("bearer t0ken"), "");
  for (const std::string& wrong :
       {basic("ann:secre"), basic("ann:secretX"), basic("ann:"), basic("ann"), basic("cay:secret"),
        std::string("Basic ann:secret"), std::string("Bearer t0ke"), std::string("Bearer "),
        std::string("Digest x"), std::string()}) {
    EXPECT_EQ(users.user_of(wrong), std::nullopt) << wrong;
  }
}

TEST(Users, BadLineIsNamedByNumberAndNeverShown) {
  try {
    Users("ann:a\nhunter2\n", "the file");
    FAIL();
  } catch (const base::Error& e) {
    EXPECT_THAT(e.what(), HasSubstr("the file, line 2"));
    EXPECT_THAT(e.what(), Not(HasSubstr("hunter2")));
  }
  EXPECT_THROW(Users("ann:a\nann:b", ""), base::Error);
  EXPECT_THROW(Users("# nobody", ""), base::Error);
  EXPECT_THROW(Users::from_file("/does/not/exist"), base::Error);
}

TEST(ServerWithUsers, AsksForOneEverywhereButThePing) {
  const Server server({.users = Users("ann:secret", ""), .ranks = 1});
  TestClient nobody(server.url());
  const auto refused = nobody.post("/show/system/status", std::string(1, '\0'));
  EXPECT_EQ(refused.status, 401);
  EXPECT_FALSE(wire::decode_envelope(refused.body).ok());
  EXPECT_EQ(nobody.post("/debug/ranks/reset", "").status, 401);
  EXPECT_EQ(nobody.post("/", "").status, 200);

  http::ClientOptions options;
  options.username = "ann";
  options.password = "wrong";
  EXPECT_EQ(TestClient(server.url(), options).post("/show/system/status", "").status, 401);
  options.password = "secret";
  EXPECT_EQ(TestClient(server.url(), options).properties().at("conf.number_of_ranks"), "2");
  EXPECT_EQ(TestClient(server.rank_url(1), options).properties().at("conf.number_of_ranks"), "2");
}

}  // namespace
}  // namespace kc::server
