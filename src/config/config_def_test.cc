#include "config/config_def.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/error.h"

namespace kc::config {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::StartsWith;

Property property(std::string name, PropertyType type, std::optional<std::string> otherwise = {},
                  Validator validator = {}) {
  Property result;
  result.name = std::move(name);
  result.type = type;
  result.default_value = std::move(otherwise);
  result.validator = std::move(validator);
  return result;
}

ConfigDef sink() {
  auto prefix = property("kinetica.tables.prefix", PropertyType::string, "");
  prefix.aliases = {"kinetica.table_prefix", "kinetica.prefix"};
  ConfigDef def;
  def.add(property("kinetica.url", PropertyType::string))
      .add(property("kinetica.password", PropertyType::password, ""))
      .add(property("kinetica.batch_size", PropertyType::int32, "10000", at_least(1)))
      .add(property("kinetica.create_table", PropertyType::boolean, "true"))
      .add(property("topics", PropertyType::list, ""))
      .add(prefix);
  return def;
}

// The faults of one property with one value.
std::vector<std::string> faults_of(const Property& declared, std::string value) {
  std::vector<Fault> faults;
  ConfigDef().add(declared).parse({{declared.name, std::move(value)}}, faults);
  std::vector<std::string> messages;
  for (const auto& fault : faults) messages.push_back(fault.message);
  return messages;
}

Config value_of(PropertyType type, std::string value) {
  return ConfigDef().add(property("p", type)).parse({{"p", std::move(value)}});
}

TEST(ConfigDef, ValuesAreTrimmedAndDefaultsFillTheRest) {
  const auto config = sink().parse({{"kinetica.url", "  http://h:9191\t"}});
  EXPECT_EQ(config.string("kinetica.url"), "http://h:9191");
  EXPECT_EQ(config.integer("kinetica.batch_size"), 10000);
  EXPECT_TRUE(config.boolean("kinetica.create_table"));
  EXPECT_TRUE(config.given("kinetica.url"));
  EXPECT_FALSE(config.given("kinetica.batch_size"));
}

TEST(ConfigDef, MissingRequiredPropertyIsWordedAsKafkaWordsIt) {
  std::vector<Fault> faults;
  sink().parse({}, faults);
  ASSERT_EQ(faults.size(), 1U);
  EXPECT_EQ(faults[0].name, "kinetica.url");
  EXPECT_EQ(faults[0].value, std::nullopt);
  EXPECT_THAT(faults[0].message,
              StartsWith("Missing required configuration \"kinetica.url\" which has no default "
                         "value."));
}

TEST(ConfigDef, AllFaultsAreFoundAtOnceAndFaultyPropertiesGetTheirDefault) {
  std::vector<Fault> faults;
  const auto config = sink().parse(
      {{"kinetica.url", "u"}, {"kinetica.batch_size", "abc"}, {"kinetica.create_table", "yes"}},
      faults);
  ASSERT_EQ(faults.size(), 2U);
  EXPECT_EQ(faults[0].text(),
            "kinetica.batch_size = abc: Invalid value abc for configuration kinetica.batch_size: "
            "Not a number of type INT (give a whole number such as 10000)");
  EXPECT_EQ(faults[1].message,
            "Invalid value yes for configuration kinetica.create_table: Expected value to be "
            "either true or false");
  EXPECT_EQ(config.integer("kinetica.batch_size"), 10000);
  EXPECT_TRUE(config.boolean("kinetica.create_table"));
}

TEST(ConfigDef, ThrowingParseListsEveryFault) {
  try {
    sink().parse({{"kinetica.batch_size", "0"}});
    FAIL();
  } catch (const base::Error& e) {
    EXPECT_EQ(e.reaction(), base::Reaction::fix_config);
    EXPECT_THAT(e.what(), HasSubstr("has 2 errors:\nkinetica.url: Missing required configuration"));
    EXPECT_THAT(e.what(), HasSubstr("Invalid value 0 for configuration kinetica.batch_size: "
                                    "Value must be at least 1"));
  }
}

TEST(ConfigDef, BooleansAreTrueOrFalseInAnyCase) {
  EXPECT_TRUE(value_of(PropertyType::boolean, " TRUE ").boolean("p"));
  EXPECT_FALSE(value_of(PropertyType::boolean, "False").boolean("p"));
  EXPECT_THAT(faults_of(property("p", PropertyType::boolean), "1"),
              ElementsAre(HasSubstr("Expected value to be either true or false")));
}

TEST(ConfigDef, IntegersKeepTheRangeOfTheirType) {
  EXPECT_EQ(value_of(PropertyType::int32, "+2147483647").integer("p"), 2147483647);
  EXPECT_EQ(value_of(PropertyType::int64, "-9223372036854775808").integer("p"), INT64_MIN);
  const auto refused = [](PropertyType type, std::string value, std::string_view reason) {
    EXPECT_THAT(faults_of(property("p", type), value), ElementsAre(HasSubstr(reason))) << value;
  };
  refused(PropertyType::int16, "32768", "Not a number of type SHORT");
  refused(PropertyType::int32, "2147483648", "Not a number of type INT");
  refused(PropertyType::int64, "9223372036854775808", "Not a number of type LONG");
  refused(PropertyType::int32, "1.0", "Not a number of type INT");
  refused(PropertyType::int32, "1 000", "Not a number of type INT");
  refused(PropertyType::int32, "+-1", "Not a number of type INT");
  refused(PropertyType::int32, "", "Not a number of type INT");
  refused(PropertyType::float64, "x", "Not a number of type DOUBLE");
}

TEST(ConfigDef, RealsAreRead) {
  EXPECT_EQ(value_of(PropertyType::float64, "2.5e-1").real("p"), 0.25);
}

TEST(ConfigDef, ListsSplitAtCommasAndKeepEmptyItems) {
  EXPECT_THAT(value_of(PropertyType::list, " a , b,c d ").list("p"), ElementsAre("a", "b", "c d"));
  EXPECT_THAT(value_of(PropertyType::list, "a,,b,").list("p"), ElementsAre("a", "", "b", ""));
  EXPECT_THAT(value_of(PropertyType::list, "  ").list("p"), IsEmpty());
}

TEST(ConfigDef, PasswordsAreHiddenInFaults) {
  const auto declared = property("p", PropertyType::password, {}, one_of({"a"}));
  std::vector<Fault> faults;
  ConfigDef().add(declared).parse({{"p", "geheim"}}, faults);
  ASSERT_EQ(faults.size(), 1U);
  EXPECT_THAT(faults[0].text(), Not(HasSubstr("geheim")));
  EXPECT_THAT(faults[0].text(), HasSubstr("Invalid value [hidden] for configuration p"));
  EXPECT_EQ(value_of(PropertyType::password, " geheim ").password("p").reveal(), "geheim");
}

TEST(ConfigDef, AliasesStandInForAMissingMainName) {
  const auto prefix = [](Properties properties) {
    properties.set("kinetica.url", "u");
    return sink().parse(properties).string("kinetica.tables.prefix");
  };
  EXPECT_EQ(prefix({{"kinetica.prefix", "c"}}), "c");
  EXPECT_EQ(prefix({{"kinetica.prefix", "c"}, {"kinetica.table_prefix", "b"}}), "b");
  EXPECT_EQ(prefix({{"kinetica.table_prefix", "b"}, {"kinetica.tables.prefix", "a"}}), "a");
  EXPECT_EQ(sink().find("kinetica.prefix")->name, "kinetica.tables.prefix");
  EXPECT_EQ(sink().find("prefix"), nullptr);
}

TEST(ConfigDef, FaultsNameTheAliasThatTheUserWrote) {
  auto size = property("batch.size", PropertyType::int32, "1");
  size.aliases = {"batch_size"};
  std::vector<Fault> faults;
  ConfigDef().add(size).parse({{"batch_size", "x"}}, faults);
  EXPECT_THAT(faults[0].message, StartsWith("Invalid value x for configuration batch_size: "));
}

TEST(Validators, SayWhatIsAllowed) {
  EXPECT_THAT(faults_of(property("y", PropertyType::string, {}, one_of({"a", "b"})), "x"),
              ElementsAre("Invalid value x for configuration y: String must be one of: a, b"));
  EXPECT_THAT(faults_of(property("y", PropertyType::string, {}, not_empty()), " "),
              ElementsAre(HasSubstr("String must be non-empty")));
  const auto range = property("y", PropertyType::int32, {}, between(1, 10));
  EXPECT_THAT(faults_of(range, "0"), ElementsAre(HasSubstr("Value must be at least 1")));
  EXPECT_THAT(faults_of(range, "11"), ElementsAre(HasSubstr("Value must be no more than 10")));
  EXPECT_THAT(faults_of(range, "10"), IsEmpty());
}

TEST(UnknownProperties, GetTheNearestNameWhenOneIsNear) {
  EXPECT_THAT(sink().unknown({{"kinetica.batchsize", "1"}, {"kinetica.url", "u"}}, {}),
              ElementsAre("kinetica.batchsize is not a known property and is ignored; did you mean "
                          "kinetica.batch_size?"));
  const auto hint = [](std::string name) { return sink().unknown({{name, ""}}, {}).at(0); };
  EXPECT_THAT(hint("kinetica.batchSize"), HasSubstr("kinetica.batch_size?"));
  EXPECT_THAT(hint("kinetica.create_tabel"), HasSubstr("kinetica.create_table?"));
  EXPECT_THAT(hint("kinetika.url"), HasSubstr("kinetica.url?"));
  EXPECT_THAT(hint("kinetica.table_prefx"), HasSubstr("kinetica.table_prefix?"));
  EXPECT_THAT(hint("topic"), HasSubstr("topics?"));
}

TEST(UnknownProperties, GetNoHintWhenNothingIsNear) {
  const auto hint = [](std::string name) { return sink().unknown({{name, ""}}, {}).at(0); };
  EXPECT_EQ(hint("kinetica.foo"), "kinetica.foo is not a known property and is ignored");
  EXPECT_THAT(hint("plugin.path"), Not(HasSubstr("did you mean")));
  EXPECT_THAT(hint(std::string(10000, 'x')), Not(HasSubstr("did you mean")));
}

TEST(UnknownProperties, OpenPrefixesAndAliasesAreKnown) {
  EXPECT_THAT(
      sink().unknown({{"consumer.fetch.min.bytes", "1"}, {"kinetica.prefix", "a"}}, {"consumer."}),
      IsEmpty());
}

TEST(Secret, PrintsHidden) { EXPECT_EQ(fmt::format("{}", Secret("geheim")), "[hidden]"); }

}  // namespace
}  // namespace kc::config
