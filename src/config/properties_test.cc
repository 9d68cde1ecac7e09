#include "config/properties.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>

#include "base/error.h"
#include "config/url_password.h"

namespace kc::config {
namespace {

using Entry = Properties::Entry;
using testing::ElementsAre;
using testing::HasSubstr;

std::vector<Entry> parsed(std::string_view text) { return parse_properties(text).entries(); }

// A file in the temporary directory that goes when the test ends.
class File {
 public:
  explicit File(std::string_view text)
      : path_(std::filesystem::temp_directory_path() /
              ("properties_test." + std::to_string(getpid()))) {
    std::ofstream(path_, std::ios::binary) << text;
  }
  ~File() { std::filesystem::remove(path_); }
  File(const File&) = delete;
  File& operator=(const File&) = delete;
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

Properties connector(std::string_view text) { return read_connector_file(File(text).path()); }

std::string failure(const std::function<void()>& call) {
  try {
    call();
  } catch (const base::Error& e) {
    EXPECT_EQ(e.reaction(), base::Reaction::fix_config);
    return e.what();
  }
  return "nothing was thrown";
}

TEST(Properties, KeepOrderAndLetTheLastValueWinInPlace) {
  const Properties properties{{"b", "1"}, {"a", "2"}, {"b", "3"}};
  EXPECT_THAT(properties.entries(), ElementsAre(Entry{"b", "3"}, Entry{"a", "2"}));
}

TEST(Properties, FindTellsAbsentFromEmpty) {
  const Properties properties{{"a", ""}};
  ASSERT_NE(properties.find("a"), nullptr);
  EXPECT_EQ(properties.find("b"), nullptr);
  EXPECT_EQ(properties.get("a", "x"), "");
  EXPECT_EQ(properties.get("b", "x"), "x");
}

TEST(Properties, PrefixIsCutOffAndItsBareFormIsLeftOut) {
  const Properties properties{{"consumer.a", "1"}, {"consumer.", "2"}, {"producer.a", "3"}};
  EXPECT_THAT(properties.with_prefix("consumer.").entries(), ElementsAre(Entry{"a", "1"}));
}

TEST(Properties, MergeReplacesAndAppends) {
  Properties properties{{"a", "1"}, {"b", "2"}};
  properties.merge({{"c", "3"}, {"a", "4"}});
  properties.erase("b");
  EXPECT_EQ(properties, (Properties{{"a", "4"}, {"c", "3"}}));
}

TEST(PropertiesGrammar, SeparatorIsEqualsColonOrBlanks) {
  EXPECT_THAT(parsed("a=1\nb:2\nc 3\nd = 4\ne\t:\t5\nf  6 7\ng"),
              ElementsAre(Entry{"a", "1"}, Entry{"b", "2"}, Entry{"c", "3"}, Entry{"d", "4"},
                          Entry{"e", "5"}, Entry{"f", "6 7"}, Entry{"g", ""}));
}

TEST(PropertiesGrammar, OnlyOneSeparatorIsTaken) {
  EXPECT_THAT(parsed("a==1\nb = : 2\nc := 3\n=4"),
              ElementsAre(Entry{"a", "=1"}, Entry{"b", ": 2"}, Entry{"c", "= 3"}, Entry{"", "4"}));
}

TEST(PropertiesGrammar, TrailingBlanksAndQuotesBelongToTheValue) {
  EXPECT_THAT(parsed("schema.registry.url: \"http://r:8081\" \n"),
              ElementsAre(Entry{"schema.registry.url", "\"http://r:8081\" "}));
}

TEST(PropertiesGrammar, CommentsAndBlankLinesAreSkipped) {
  EXPECT_THAT(parsed("# one\n\n   \t\n  ! two \\\n  a=1#no\n"), ElementsAre(Entry{"a", "1#no"}));
}

TEST(PropertiesGrammar, ContinuationDropsLeadingBlanksOfTheNextLine) {
  EXPECT_THAT(parsed("topics=a,\\\n    b,\\\r\n\t c\nx=1"),
              ElementsAre(Entry{"topics", "a,b,c"}, Entry{"x", "1"}));
}

TEST(PropertiesGrammar, ContinuationLineMayBeginWithAHash) {
  EXPECT_THAT(parsed("a=1\\\n# 2\n"), ElementsAre(Entry{"a", "1# 2"}));
}

TEST(PropertiesGrammar, EvenNumberOfBackslashesEndsTheLine) {
  EXPECT_THAT(parsed("a=c:\\\\\nb=2"), ElementsAre(Entry{"a", "c:\\"}, Entry{"b", "2"}));
  EXPECT_THAT(parsed("a=c:\\\\\\\nb=2"), ElementsAre(Entry{"a", "c:\\b=2"}));
}

TEST(PropertiesGrammar, BlankLineEndsAContinuation) {
  EXPECT_THAT(parsed("a=1\\\n\nb=2"), ElementsAre(Entry{"a", "1"}, Entry{"b", "2"}));
}

TEST(PropertiesGrammar, BackslashAtTheEndOfTheTextIsDropped) {
  EXPECT_THAT(parsed("a=1\\"), ElementsAre(Entry{"a", "1"}));
  EXPECT_THAT(parsed("\\"), ElementsAre());
}

TEST(PropertiesGrammar, EscapedSeparatorsBelongToTheName) {
  EXPECT_THAT(parsed("a\\ b\\:c\\=d = 1\n\\#e=2"),
              ElementsAre(Entry{"a b:c=d", "1"}, Entry{"#e", "2"}));
}

TEST(PropertiesGrammar, EscapesAreResolvedAndUnknownOnesLoseTheBackslash) {
  EXPECT_THAT(parsed("a=\\t\\n\\r\\f\\q\\\\"), ElementsAre(Entry{"a", "\t\n\r\fq\\"}));
}

TEST(PropertiesGrammar, UnicodeEscapesBecomeUtf8) {
  EXPECT_THAT(parsed("a=\\u0041\\u00e9\\u20AC"), ElementsAre(Entry{"a", "A\u00e9\u20ac"}));
}

TEST(PropertiesGrammar, SurrogatePairIsOneCharacterAndALoneHalfIsReplaced) {
  EXPECT_THAT(parsed("a=\\uD83D\\uDE00!\nb=\\uD83Dx\nc=\\uDE00\nd=\\uD83D\\u0041"),
              ElementsAre(Entry{"a", "\U0001F600!"}, Entry{"b", "\uFFFDx"}, Entry{"c", "\uFFFD"},
                          Entry{"d", "\uFFFDA"}));
}

TEST(PropertiesGrammar, MalformedUnicodeEscapeNamesItsLine) {
  EXPECT_THAT(failure([] { parse_properties("a=1\n\nb=c:\\users"); }),
              HasSubstr("Malformed \\uxxxx encoding in line 3"));
  EXPECT_THAT(failure([] { parse_properties("b=\\u12"); }), HasSubstr("line 1"));
}

TEST(PropertiesGrammar, AnyLineEndingAndAByteOrderMarkAreAccepted) {
  EXPECT_THAT(parsed("\xEF\xBB\xBF"
                     "a=1\r\nb=2\rc=3\n\r\nd=4"),
              ElementsAre(Entry{"a", "1"}, Entry{"b", "2"}, Entry{"c", "3"}, Entry{"d", "4"}));
}

TEST(PropertiesGrammar, Utf8StaysAsItIs) {
  EXPECT_THAT(parsed("gr\u00f6\u00dfe=\u20ac"), ElementsAre(Entry{"gr\u00f6\u00dfe", "\u20ac"}));
}

TEST(PropertiesFile, MissingFileIsNamed) {
  EXPECT_THAT(failure([] { read_properties("/no/such/worker.properties"); }),
              HasSubstr("/no/such/worker.properties: No such file"));
  EXPECT_THAT(failure([] { read_properties("/"); }), HasSubstr("directory"));
}

TEST(ConnectorFile, FlatJsonObjectIsTheConfiguration) {
  EXPECT_EQ(connector(R"( {"name":"k","tasks.max":1,"x":true,"y":1.50,"z":-3,"e":1E3})"),
            (Properties{{"name", "k"},
                        {"tasks.max", "1"},
                        {"x", "true"},
                        {"y", "1.50"},
                        {"z", "-3"},
                        {"e", "1E3"}}));
}

TEST(ConnectorFile, CreateRequestGivesItsConfigTheName) {
  const File file(
      R"({"name":"k","config":{"tasks.max":2,"topics":"t"},"initial_state":"STOPPED","x":[]})");
  std::string state = "RUNNING";
  EXPECT_EQ(read_connector_file(file.path(), &state),
            (Properties{{"tasks.max", "2"}, {"topics", "t"}, {"name", "k"}}));
  EXPECT_EQ(state, "STOPPED");
}

TEST(ConnectorFile, PropertiesAreTheLastForm) {
  EXPECT_EQ(connector("# sink\nname = k\n"), (Properties{{"name", "k"}}));
  EXPECT_EQ(connector(""), Properties{});
}

TEST(ConnectorFile, WrongJsonIsRefusedWithTheReason) {
  EXPECT_THAT(failure([] { connector(R"({"name":"k")"); }), HasSubstr("as one: parse error"));
  EXPECT_THAT(failure([] { connector(R"({"topics":"k"})"); }), HasSubstr("no connector"));
  EXPECT_THAT(failure([] { connector(R"({"name":"k","topics":null})"); }),
              HasSubstr("topics is null"));
  EXPECT_THAT(failure([] { connector(R"({"name":"k","config":{"topics":["a"]}})"); }),
              HasSubstr("topics is a JSON array"));
  EXPECT_THAT(failure([] { connector(R"({"name":"k","config":{"name":"l"}})"); }),
              HasSubstr("differs from"));
}

TEST(UrlPasswords, AreHiddenWhereverAUrlStands) {
  EXPECT_EQ(without_url_passwords("http://u:pw@h:1,https://v:p:w@x@i/a@b?c"),
            "http://u:[hidden]@h:1,https://v:[hidden]@i/a@b?c");
  for (const char* whole : {"", "a:b@c", "http://h:1/x:y@z", "http://u@h", "jdbc:x://", "://:@"}) {
    const std::string expected = whole == std::string("://:@") ? "://:[hidden]@" : whole;
    EXPECT_EQ(without_url_passwords(whole), expected);
  }
}

}  // namespace
}  // namespace kc::config
