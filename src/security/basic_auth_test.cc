#include "security/basic_auth.h"

#include <gmock/gmock.h>

#include <filesystem>
#include <fstream>

#include "base/base64.h"
#include "base/error.h"

namespace kc::security {
namespace {

using config::Properties;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

std::string header(const std::string& credentials) {
  return "Basic " + base::base64_encode(credentials);
}

TEST(BasicAuth, LetsInWhoKnowsAPassword) {
  const BasicAuth auth(Properties{{"alice", "wonder"}, {"bob", "a:b"}, {"carol", ""}});
  EXPECT_TRUE(auth.allows(header("alice:wonder")));
  EXPECT_TRUE(auth.allows(header("bob:a:b")));
  EXPECT_TRUE(auth.allows(header("carol:")));
  for (const char* wrong : {"alice:", "alice:wonde", "alice:wonderx", "bob:wonder", "dave:wonder",
                            "alice", ":wonder", "", "Alice:wonder"}) {
    EXPECT_FALSE(auth.allows(header(wrong))) << wrong;
  }
  EXPECT_FALSE(auth.allows(""));
  EXPECT_FALSE(auth.allows("Basic"));
  EXPECT_FALSE(auth.allows("Basic !!!"));
  EXPECT_FALSE(auth.allows("Bearer " + base::base64_encode("alice:wonder")));
}

class BasicAuthFiles : public testing::Test {
 protected:
  BasicAuthFiles() {
    std::string pattern = testing::TempDir() + "kc_basic_XXXXXX";
    folder_ = mkdtemp(pattern.data());
  }
  ~BasicAuthFiles() override { std::filesystem::remove_all(folder_); }

  std::string write(const char* name, const std::string& content) const {
    std::ofstream(folder_ / name) << content;
    return (folder_ / name).string();
  }
  std::string jaas(const std::string& options, const char* module = "PropertyFileLoginModule",
                   const char* entry = "KafkaConnect") const {
    return write("jaas.conf", std::string(entry) +
                                  " {\n org.apache.kafka.connect.rest.basic.auth.extension." +
                                  module + " required " + options + ";\n};\n");
  }
  static std::string failure(const std::string& file) {
    try {
      BasicAuth::from_jaas_file(file);
    } catch (const base::Error& error) {
      EXPECT_EQ(error.reaction(), base::Reaction::fix_config);
      return error.what();
    }
    return "(no error)";
  }

 private:
  std::filesystem::path folder_;
};

TEST_F(BasicAuthFiles, AreNamedByTheEntryKafkaConnect) {
  const auto credentials = write("credentials", "# users\nalice=wonder\n");
  const auto auth = BasicAuth::from_jaas_file(jaas("file=\"" + credentials + "\""));
  EXPECT_TRUE(auth.allows(header("alice:wonder")));
  EXPECT_FALSE(auth.allows(header("alice:x")));
}

TEST_F(BasicAuthFiles, ThatAreMissingOrEmptyAreNamed) {
  EXPECT_THAT(failure(""), HasSubstr("KAFKA_OPTS"));
  EXPECT_THAT(failure("/does/not/exist"), HasSubstr("/does/not/exist"));
  EXPECT_THAT(failure(jaas("")), HasSubstr("Credentials file must be specified"));
  EXPECT_THAT(failure(jaas("file=\"/does/not/exist\"")), HasSubstr("/does/not/exist"));
  EXPECT_THAT(failure(jaas("file=\"" + write("empty", "") + "\"")), HasSubstr("no user"));
  EXPECT_THAT(failure(jaas("a=b", "Other")), HasSubstr("not supported"));
  EXPECT_THAT(failure(jaas("a=b", "PropertyFileLoginModule", "KafkaClient")),
              HasSubstr("no entry KafkaConnect"));
}

}  // namespace
}  // namespace kc::security
