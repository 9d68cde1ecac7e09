#include "config/config_providers.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "base/error.h"
#include "config/config_reference.h"

namespace kc::config {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;

// A directory with files, and the providers file, dir and env.
class ConfigProvidersTest : public testing::Test {
 protected:
  ConfigProvidersTest()
      : directory_(std::filesystem::temp_directory_path() /
                   ("config_providers_test." + std::to_string(getpid()))) {
    std::filesystem::create_directories(directory_ / "inner");
    write("secrets.properties",
          "user=joe\npassword=s3cr\\u0065t=1\nlist=aaaa,bbbb\nsize=12x\n"
          "again=${file:x:y}\nother=${topic} ${else:x}\n");
    write("token", "line 1\nline 2\n");
    setenv("KC_TEST_VARIABLE", "from the environment", 1);
  }
  ~ConfigProvidersTest() override {
    unsetenv("KC_TEST_VARIABLE");
    std::filesystem::remove_all(directory_);
  }

  void write(const std::string& name, std::string_view text) {
    std::ofstream(directory_ / name, std::ios::binary) << text;
  }

  std::string file(const std::string& key) {
    return "${file:" + (directory_ / "secrets.properties").string() + ":" + key + "}";
  }

  static Properties worker(const Properties& more = {}) {
    const std::string package = "org.apache.kafka.common.config.provider.";
    Properties properties{{"config.providers", "file, dir,env"},
                          {"config.providers.file.class", package + "FileConfigProvider"},
                          {"config.providers.dir.class", package + "DirectoryConfigProvider"},
                          {"config.providers.env.class", package + "EnvVarConfigProvider"}};
    properties.merge(more);
    return properties;
  }

  ResolvedProperties resolve(const Properties& properties, const Properties& more = {}) {
    faults_.clear();
    warnings_.clear();
    const ConfigProviders providers(worker(more), faults_);
    EXPECT_THAT(faults_, IsEmpty());
    return providers.resolve(properties, faults_, warnings_);
  }

  std::string value(const std::string& text, const Properties& more = {}) {
    return resolve({{"a", text}}, more).properties.get("a");
  }

  // The fault of the one property `a`.
  std::string fault(const std::string& text, const Properties& more = {}) {
    EXPECT_EQ(value(text, more), text);
    return faults_.size() == 1 ? faults_[0].text() : std::to_string(faults_.size()) + " faults";
  }

  std::filesystem::path directory_;
  std::vector<Fault> faults_;
  std::vector<std::string> warnings_;
};

TEST(ConfigReference, HasProviderPathAndKey) {
  const auto found = find_references("a${p:k}b${q:/x:y:z}${t}${:}$${r:}");
  ASSERT_THAT(found, SizeIs(4));
  EXPECT_EQ(found[0].text, "${p:k}");
  EXPECT_EQ(found[0].provider, "p");
  EXPECT_EQ(found[0].path, "");
  EXPECT_EQ(found[0].key, "k");
  EXPECT_EQ(found[1].path, "/x");
  EXPECT_EQ(found[1].key, "y:z");
  EXPECT_EQ(found[2].provider, "");
  EXPECT_EQ(found[3].text, "${r:}");
  EXPECT_THAT(find_references("${a:b"), IsEmpty());
  EXPECT_THAT(find_references("$ {a:b}"), IsEmpty());
}

TEST_F(ConfigProvidersTest, ReadFilesDirectoriesAndTheEnvironment) {
  EXPECT_EQ(value(file("password")), "s3cret=1");
  EXPECT_EQ(value("${dir:" + directory_.string() + ":token}"), "line 1\nline 2\n");
  EXPECT_EQ(value("${env:KC_TEST_VARIABLE}"), "from the environment");
  EXPECT_THAT(faults_, IsEmpty());
  EXPECT_THAT(warnings_, IsEmpty());
}

TEST_F(ConfigProvidersTest, ResolveSeveralReferencesInOneValue) {
  EXPECT_EQ(value("<" + file("user") + ":" + file("password") + "|" + file("user") + ">"),
            "<joe:s3cret=1|joe>");
}

TEST_F(ConfigProvidersTest, LeaveOtherTextAsItIs) {
  EXPECT_EQ(value("${topic}-${timestamp}"), "${topic}-${timestamp}");
  EXPECT_THAT(warnings_, IsEmpty());
  EXPECT_EQ(value("${vault:a:b} " + file("user")), "${vault:a:b} joe");
  EXPECT_THAT(warnings_, ElementsAre(HasSubstr("${vault:a:b}")));
  EXPECT_EQ(value(file("other")), "${topic} ${else:x}");
  EXPECT_THAT(faults_, IsEmpty());
  const auto own = resolve({{"plugin.path", file("user")}, {"config.providers.x", file("user")}});
  EXPECT_EQ(own.properties.get("plugin.path"), file("user"));
  EXPECT_EQ(own.properties.get("config.providers.x"), file("user"));
}

TEST_F(ConfigProvidersTest, SayWhatIsMissing) {
  EXPECT_THAT(fault(file("none")),
              testing::AllOf(testing::StartsWith("a: "), HasSubstr("has no key none")));
  EXPECT_THAT(fault("${file:/none/such:x}"), HasSubstr("/none/such is not a file"));
  EXPECT_THAT(fault("${file:/dev/zero:x}"), HasSubstr("is not a file"));
  EXPECT_THAT(fault("${file:x}"), HasSubstr("names no path"));
  EXPECT_THAT(fault("${env:KC_TEST_UNSET}"), HasSubstr("KC_TEST_UNSET is not set"));
  EXPECT_THAT(fault("${env:x:KC_TEST_VARIABLE}"), HasSubstr("Path is not supported"));
  for (const char* key : {"..", "", "inner/x", "inner", "nothing"}) {
    EXPECT_THAT(fault("${dir:" + directory_.string() + ":" + key + "}"), HasSubstr("has no value"));
  }
}

TEST_F(ConfigProvidersTest, RefuseReferencesInReferences) {
  EXPECT_THAT(fault("${file:${env:KC_TEST_VARIABLE}:x}"), HasSubstr("inside of another"));
  EXPECT_THAT(fault(file("again")),
              testing::AllOf(HasSubstr("has a reference itself"), Not(HasSubstr("${file:x:y}"))));
}

TEST_F(ConfigProvidersTest, RefuseFilesThatAreTooLarge) {
  write("large", std::string(ConfigProvider::file_bytes_max + 1, 'x'));
  EXPECT_THAT(fault("${dir:" + directory_.string() + ":large}"), HasSubstr("more than the"));
}

TEST_F(ConfigProvidersTest, KeepToAllowedPaths) {
  const Properties inner{
      {"config.providers.file.param.allowed.paths", (directory_ / "inner/").string()}};
  EXPECT_THAT(fault(file("user"), inner), HasSubstr("not within allowed.paths"));
  const std::string tricky =
      "${file:" + (directory_ / "inner/../secrets.properties").string() + ":user}";
  EXPECT_THAT(fault(tricky, inner), HasSubstr("not within allowed.paths"));
  const Properties outer{{"config.providers.file.param.allowed.paths",
                          (directory_ / "inner").string() + "," + directory_.string()}};
  EXPECT_EQ(value(file("user"), outer), "joe");
  const Properties env{{"config.providers.env.param.allowlist.pattern", "KC_.*"}};
  EXPECT_EQ(value("${env:KC_TEST_VARIABLE}", env), "from the environment");
  EXPECT_THAT(fault("${env:PATH}", env), HasSubstr("allowlist.pattern"));
}

TEST_F(ConfigProvidersTest, NameWrongSettings) {
  const auto faults = [](const Properties& more) {
    std::vector<Fault> found;
    ConfigProviders(worker(more), found);
    return found.size() == 1 ? found[0].text() : std::to_string(found.size()) + " faults";
  };
  EXPECT_THAT(faults({{"config.providers.env.class", "com.x.Vault"}}),
              testing::AllOf(HasSubstr("config.providers.env.class = com.x.Vault"),
                             HasSubstr("EnvVarConfigProvider")));
  EXPECT_THAT(faults({{"config.providers", "file,x"}}), HasSubstr("config.providers.x.class"));
  EXPECT_THAT(faults({{"config.providers.dir.param.allowed.paths", "x"}}),
              HasSubstr("not absolute"));
  EXPECT_THAT(faults({{"config.providers.dir.param.allowed.paths", "/none/such"}}),
              HasSubstr("does not exist"));
  EXPECT_THAT(faults({{"config.providers.env.param.allowlist.pattern", "("}}),
              HasSubstr("regular expression"));
}

TEST_F(ConfigProvidersTest, ShowReferencesInPlaceOfValues) {
  const auto resolved = resolve({{"size", file("size")}, {"b", "x"}, {"list", file("list")}});
  EXPECT_EQ(resolved.with_references({{"size", "12x"}, {"b", "x"}, {"task", "1"}}),
            (Properties{{"size", file("size")}, {"b", "x"}, {"task", "1"}}));
  std::vector<Fault> faults{
      {"before", "aaaa", "aaaa"},
      {"size", "12x", "Invalid value 12x for configuration size: Not a number of type INT"},
      {"b", "x bbbb", "bbbb is wrong, 12x is not"}};
  resolved.hide_secrets(faults, 1);
  EXPECT_EQ(faults[0].message, "aaaa");
  EXPECT_EQ(faults[1].value, file("size"));
  EXPECT_THAT(faults[1].message, HasSubstr("Invalid value [hidden] for configuration size"));
  EXPECT_EQ(faults[2].value, "x [hidden]");
  EXPECT_EQ(faults[2].message, "[hidden] is wrong, 12x is not");
}

TEST_F(ConfigProvidersTest, ThrowAllFaultsAtOnceWithoutValues) {
  std::vector<Fault> none;
  const ConfigProviders providers(worker(), none);
  try {
    providers.resolve({{"a", file("password") + file("x1")}, {"b", file("x2")}});
    FAIL();
  } catch (const base::Error& error) {
    EXPECT_EQ(error.reaction(), base::Reaction::fix_config);
    EXPECT_THAT(error.what(),
                testing::AllOf(HasSubstr("x1"), HasSubstr("x2"), Not(HasSubstr("s3cret"))));
  }
}

}  // namespace
}  // namespace kc::config
