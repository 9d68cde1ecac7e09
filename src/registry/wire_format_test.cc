#include "registry/wire_format.h"

#include <gtest/gtest.h>

#include "base/error.h"

namespace kc::registry {
namespace {

using namespace std::string_literals;

const std::string guid = "\x00\x11\x22\x33\x44\x55\x66\x77\x88\x99\xaa\xbb\xcc\xdd\xee\xff"s;

TEST(WireFormat, IdsAndGuidsStandBeforeTheBody) {
  const std::string with_id = "\0\1\2\3\4body"s;
  EXPECT_EQ(read_frame(with_id).schema, SchemaId{0x01020304});
  EXPECT_EQ(read_frame(with_id).body, "body");
  EXPECT_EQ(read_frame(frame_header(-2)).schema, SchemaId{-2});
  EXPECT_EQ(read_frame(frame_header(7)).body, "");
  const std::string with_guid = "\1"s + guid + "body";
  EXPECT_EQ(read_frame(with_guid).schema, (SchemaId{0, guid}));
  EXPECT_EQ(read_frame(with_guid).body, "body");
  EXPECT_EQ(guid_header(guid) + "body", with_guid);
}

TEST(WireFormat, GuidsAreReadFromTheirTextOnly) {
  EXPECT_EQ(guid_bytes("00112233-4455-6677-8899-AABBccddeeff"), guid);
  for (const char* text :
       {"", "00112233445566778899aabbccddeeff", "00112233-4455-6677-8899-aabbccddeef",
        "00112233-4455-6677-8899-aabbccddeefg", "00112233-4455-6677-8899aabbccddeeff0",
        "00112233-4455-6677-8899-aabbccddee f", "0011223--4455-6677-8899-aabbccddeeff"}) {
    EXPECT_EQ(guid_bytes(text), std::nullopt) << text;
  }
}

TEST(WireFormat, OtherBytesAreRefused) {
  for (const std::string& bytes :
       {""s, "\0\0\0\0"s, "\2\0\0\0\0"s, "{}"s, "\1"s + guid.substr(1)}) {
    EXPECT_THROW(read_frame(bytes), base::Error) << bytes.size();
  }
}

TEST(WireFormat, PathsAreThoseOfTheRegistry) {
  EXPECT_EQ(schema_path({5}), "ids/5");
  EXPECT_EQ(schema_path({0, guid}), "guids/00112233-4455-6677-8899-aabbccddeeff");
}

}  // namespace
}  // namespace kc::registry
