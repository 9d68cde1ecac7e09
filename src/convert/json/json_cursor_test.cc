#include "convert/json/json_cursor.h"

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <simdjson.h>

#include <cmath>
#include <random>

#include "base/error.h"
#include "convert/json/json_reader.h"

namespace kc::convert {
namespace {

using data::Kind;
using data::Value;
using simdjson::dom::element_type;

// True when our value is what another parser makes of the text.
bool same(const Value& value, const simdjson::dom::element& element) {
  switch (element.type()) {
    case element_type::ARRAY: {
      if (value.kind() != Kind::array) return false;
      size_t i = 0;
      for (const simdjson::dom::element item : simdjson::dom::array(element)) {
        if (i >= value.size() || !same(value.items()[i++], item)) return false;
      }
      return i == value.size();
    }
    case element_type::OBJECT: {
      if (value.kind() != Kind::map) return false;
      size_t i = 0;
      for (const auto& [key, item] : simdjson::dom::object(element)) {
        if (i >= value.size() || value.entries()[2 * i].as_text() != key ||
            !same(value.entries()[2 * i + 1], item)) {
          return false;
        }
        ++i;
      }
      return i == value.size();
    }
    case element_type::INT64:
      return value == Value::int64(int64_t(element));
    case element_type::UINT64:
      return value == Value::int64(static_cast<int64_t>(uint64_t(element)));
    case element_type::DOUBLE:
      return value.kind() == Kind::float64 && value.as_real() == double(element);
    case element_type::STRING:
      return value == Value::string(std::string_view(element));
    case element_type::BOOL:
      return value == Value::boolean(bool(element));
    case element_type::NULL_VALUE:
      return value.is_null();
  }
  return false;
}

class Generator {
 public:
  explicit Generator(uint32_t seed) : random_(seed) {}

  std::string value(int depth = 0) {
    switch (below(depth > 4 ? 6 : 8)) {
      case 0:
        return std::to_string(static_cast<int64_t>(bits() >> below(64)));
      case 1:
        return fmt::format("-{}", bits() >> (1 + below(63)));
      case 2:
        return fmt::format("{}.{}", below(100'000), bits() >> below(64));
      case 3:
        return fmt::format("{}{}e{}{}", below(2) != 0 ? "-" : "", bits() >> below(64),
                           below(2) != 0 ? "-" : "+", below(280));
      case 4:
        return string();
      case 5: {
        static const std::string literals[] = {"true", "false", "null"};
        return literals[below(3)];
      }
      case 6:
        return list('[', ']', depth, false);
      default:
        return list('{', '}', depth, true);
    }
  }

  size_t below(size_t limit) {
    return std::uniform_int_distribution<size_t>(0, limit - 1)(random_);
  }

 private:
  uint64_t bits() { return std::uniform_int_distribution<uint64_t>()(random_); }

  std::string blank() {
    static const std::string blanks[] = {"", "", "", " ", "\n\t", "  "};
    return blanks[below(6)];
  }

  std::string string() {
    static const std::string pieces[] = {
        "a",          "Z",    "0",       " ",       "/",
        "é",          "東",   "😀",       "\\n",     "\\\"",
        "\\\\",       "\\/",  "\\u00e9", "\\u0000", "\\uD83D\\uDE00",
        "plain text", "\x7f", "{"};
    std::string text = "\"";
    for (size_t n = below(30); n > 0; --n) text += pieces[below(std::size(pieces))];
    return text + '"';
  }

  std::string list(char open, char close, int depth, bool named) {
    std::string text(1, open);
    for (size_t i = 0, n = below(6); i < n; ++i) {
      if (i != 0) text += ',';
      text += blank();
      if (named) {
        std::string name = string();
        name.insert(1, std::to_string(i));  // no name twice: the other parser keeps both
        text += name + blank() + ":" + blank();
      }
      text += value(depth + 1) + blank();
    }
    return text + close;
  }

  std::mt19937 random_;
};

TEST(JsonCursor, ReadsWhatAnotherParserReads) {
  constexpr uint32_t seed = 20261122;
  Generator generator(seed);
  simdjson::dom::parser parser;
  JsonReader reader;
  for (int i = 0; i < 5000; ++i) {
    const std::string text = generator.value();
    base::Arena arena;
    const std::vector<char> exact(text.begin(), text.end());
    JsonCursor cursor({exact.data(), exact.size()}, arena);
    reader.restart();
    const Value value = reader.read(cursor);
    EXPECT_TRUE(cursor.at_end());
    simdjson::dom::element element;
    // Integers of more than 64 bits and numbers that are infinite are errors there.
    if (parser.parse(text).get(element) != simdjson::SUCCESS) continue;
    ASSERT_TRUE(same(value, element)) << "seed " << seed << ", text " << i << ": " << text;
  }
}

TEST(JsonCursor, AcceptsNoDamagedTextThatAnotherParserRefuses) {
  constexpr uint32_t seed = 7;
  Generator generator(seed);
  simdjson::dom::parser parser;
  JsonReader reader;
  int refused = 0;
  for (int i = 0; i < 20'000; ++i) {
    std::string text = "[" + generator.value() + "]";
    static constexpr std::string_view damage = "{}[],:\"\\x1-.e \n\x01\xff\xc3";
    const size_t place = generator.below(text.size());
    const size_t kind = generator.below(3);
    if (kind == 0) text[place] = damage[generator.below(damage.size())];
    if (kind == 1) text.erase(place, 1);
    if (kind == 2) text.resize(place);
    base::Arena arena;
    const std::vector<char> exact(text.begin(), text.end());
    bool accepted = false;
    try {
      JsonCursor cursor({exact.data(), exact.size()}, arena);
      reader.restart();
      reader.read(cursor);
      accepted = cursor.at_end();
    } catch (const base::Error& failure) {
      ++refused;
      // Exponents beyond a BigDecimal's are refused here only.
      if (std::string_view(failure.what()).ends_with("a smaller exponent")) continue;
    }
    simdjson::dom::element element;
    const auto error = parser.parse(text).get(element);
    // Numbers are more freely read here (leading zeros, any size), and so are lone surrogates.
    if (error == simdjson::NUMBER_ERROR || error == simdjson::STRING_ERROR) continue;
    if (error == simdjson::TAPE_ERROR && accepted) {
      // A number with a leading zero may be reported so.
      EXPECT_NE(text.find('0'), std::string::npos) << "seed " << seed << ": " << text;
      continue;
    }
    EXPECT_EQ(accepted, error == simdjson::SUCCESS) << "seed " << seed << ": " << text;
  }
  EXPECT_GT(refused, 5000);
}

TEST(JsonCursor, FindsTheEndOfStringsOfEveryLength) {
  for (size_t size = 0; size < 70; ++size) {
    const std::string content(size, 'x');
    const std::string text = '"' + content + '"';
    base::Arena arena;
    const std::vector<char> exact(text.begin(), text.end());
    EXPECT_EQ(JsonCursor({exact.data(), exact.size()}, arena).read_string(), content);
    for (size_t place = 0; place < size; ++place) {
      for (const char bad : {'\n', '\x1f', '\xff'}) {
        std::vector<char> damaged = exact;
        damaged[1 + place] = bad;
        EXPECT_THROW(JsonCursor({damaged.data(), damaged.size()}, arena).read_string(),
                     base::Error);
      }
    }
  }
}

TEST(JsonCursor, ReadsNumbersOfEveryLength) {
  std::string digits;
  uint64_t expected = 0;
  for (int i = 0; i < 40; ++i) {
    const auto digit = static_cast<uint64_t>((i * 7 + 1) % 10);
    digits += static_cast<char>('0' + digit);
    expected = expected * 10 + digit;
    for (const std::string tail : {"", ",", " ", "x0123456", "\xff\xff\xff\xff\xff\xff\xff\xff"}) {
      const std::string text = digits + tail;
      const std::vector<char> exact(text.begin(), text.end());
      base::Arena arena;
      JsonCursor cursor({exact.data(), exact.size()}, arena);
      const JsonNumber number = cursor.read_number();
      EXPECT_EQ(number.mantissa, expected) << text;
      EXPECT_EQ(number.text, digits);
    }
  }
}

}  // namespace
}  // namespace kc::convert
