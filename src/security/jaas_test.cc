#include "security/jaas.h"

#include <gmock/gmock.h>

#include <string>

#include "base/error.h"

namespace kc::security {
namespace {

using testing::HasSubstr;
using testing::Not;

std::string option(const LoginModule& module, std::string_view name) {
  const auto* value = module.find(name);
  return value == nullptr ? "(none)" : value->reveal();
}

std::string failure(std::string_view text) {
  try {
    parse_jaas(text);
  } catch (const base::Error& error) {
    EXPECT_EQ(error.reaction(), base::Reaction::fix_config);
    return error.what();
  }
  return "(no error)";
}

TEST(Jaas, ModuleFlagAndOptionsAreRead) {
  const auto module = parse_jaas(
      "org.apache.kafka.common.security.plain.PlainLoginModule Required\n"
      "  username=\"alice\" password='se\"cret' ;\n");
  EXPECT_EQ(module.class_name, "org.apache.kafka.common.security.plain.PlainLoginModule");
  EXPECT_EQ(module.control_flag, "required");
  EXPECT_EQ(option(module, "username"), "alice");
  EXPECT_EQ(option(module, "password"), "se\"cret");
  EXPECT_EQ(option(module, "other"), "(none)");
}

TEST(Jaas, QuotedValuesHaveTheEscapesOfC) {
  const auto module =
      parse_jaas(R"(M required a="x\ty\\z\"q\101\12" b="/* no */ // comment" c="";)");
  EXPECT_EQ(option(module, "a"), "x\ty\\z\"qA\n");
  EXPECT_EQ(option(module, "b"), "/* no */ // comment");
  EXPECT_EQ(option(module, "c"), "");
  // A raw newline ends it.
  EXPECT_EQ(option(parse_jaas("M required a=\"open\n;"), "a"), "open");
}

TEST(Jaas, UnquotedWordsTakeDashUnderscoreDollarAndDot) {
  const auto module = parse_jaas("M optional a=x-y_z$1.2 b=\xC3\xA9t\xC3\xA9;");
  EXPECT_EQ(option(module, "a"), "x-y_z$1.2");
  EXPECT_EQ(option(module, "b"), "\xC3\xA9t\xC3\xA9");
}

TEST(Jaas, CommentsAreSkipped) {
  const auto module = parse_jaas("/* a\nb */ M // to the end\n required / alone\n a=b;");
  EXPECT_EQ(option(module, "a"), "b");
}

TEST(Jaas, TheLastOptionOfANameWins) {
  EXPECT_EQ(option(parse_jaas("M required a=b a=c;"), "a"), "c");
}

TEST(Jaas, FailuresHaveKafkasWords) {
  const struct {
    const char* text;
    const char* message;
  } cases[] = {
      {"", "Login module not specified in JAAS config"},
      {"M", "Login module control flag not specified in JAAS config"},
      {"M maybe;", "Invalid login module control flag 'maybe' in JAAS config"},
      {"M required a=b", "JAAS config entry not terminated by semi-colon"},
      {"M required password=1234;", "Value not specified for key 'password' in JAAS config"},
      {"M required password=-x;", "Value not specified for key 'password' in JAAS config"},
      {"M required password=pa+ss;", "Value not specified for key"},
      {"M required a;", "Value not specified for key"},
      {"M required; N required;",
       "JAAS config property contains 2 login modules, should be 1 module"},
  };
  for (const auto& one : cases) EXPECT_THAT(failure(one.text), HasSubstr(one.message)) << one.text;
}

TEST(Jaas, FailuresShowNoPassword) {
  EXPECT_THAT(failure("M required password=s3cret+word other=x"), Not(HasSubstr("s3cret")));
  EXPECT_THAT(failure("M required password=s3cret+word other=x"), Not(HasSubstr("word=")));
  EXPECT_THAT(failure("M required password=\"s3cret\" other=5;"), Not(HasSubstr("s3cret")));
}

TEST(Jaas, FilesHaveEntriesByName) {
  const std::string file =
      "// comment\nKafkaServer { M required a=b; };\n"
      "KafkaClient {\n  N required c=\"d\" ;\n  O optional e=f;\n};\n";
  EXPECT_EQ(parse_jaas_file(file, "KafkaServer", "f")->class_name, "M");
  EXPECT_EQ(option(*parse_jaas_file(file, "KafkaClient", "f"), "c"), "d");
  EXPECT_FALSE(parse_jaas_file(file, "KafkaConnect", "f"));
  EXPECT_FALSE(parse_jaas_file("", "KafkaConnect", "f"));
  for (const char* broken : {"X", "X {", "X { M required a=b; }", "X { M required a=s3cret",
                             "X { M required a=b; } Y", "{", "X { ; };"}) {
    try {
      parse_jaas_file(broken, "X", "/etc/jaas.conf");
      ADD_FAILURE() << broken;
    } catch (const base::Error& error) {
      EXPECT_THAT(error.what(), HasSubstr("/etc/jaas.conf"));
      EXPECT_THAT(error.what(), Not(HasSubstr("s3cret")));
    }
  }
}

TEST(Jaas, FilesAreNamedByTheOptionsOfAJvm) {
  EXPECT_EQ(jaas_file_of("-Xmx1g -Djava.security.auth.login.config=/a.conf -Dx=y"), "/a.conf");
  EXPECT_EQ(jaas_file_of("-Djava.security.auth.login.config==/a.conf"), "/a.conf");
  EXPECT_EQ(jaas_file_of("-Djava.security.auth.login.config=file:///a.conf"), "/a.conf");
  EXPECT_EQ(jaas_file_of("-Dx=y"), "");
}

}  // namespace
}  // namespace kc::security
