#include "wire/avro.h"

#include <gtest/gtest.h>

namespace kc::wire {
namespace {

using namespace std::string_literals;

TEST(AvroReader, ReadsNumbersOfEveryLengthWhateverFollows) {
  for (int shift = 0; shift < 63; ++shift) {
    for (const int64_t nearby : {-1, 0, 1}) {
      for (const int64_t sign : {-1, 1}) {
        const int64_t number = sign * ((int64_t{1} << shift) + nearby);
        for (const std::string& rest : {""s, "\0"s, "\xff\xff\xff"s, std::string(16, '\x80')}) {
          std::string bytes;
          AvroWriter(bytes).write_long(number);
          const size_t size = bytes.size();
          bytes += rest;
          AvroReader reader(bytes);
          EXPECT_EQ(reader.read_long(), number);
          EXPECT_EQ(reader.position(), size) << number;
        }
      }
    }
  }
  for (const int64_t number : {INT64_MIN, INT64_MAX}) {
    std::string bytes;
    AvroWriter(bytes).write_long(number);
    EXPECT_EQ(AvroReader(bytes).read_long(), number);
  }
}

TEST(AvroReader, TakesNumbersWithMoreBytesThanTheyNeed) {
  const std::string zero = "\x80\x80\x00"s;
  EXPECT_EQ(AvroReader(zero).read_long(), 0);
  const std::string followed = zero + std::string(8, '\xff');
  EXPECT_EQ(AvroReader(followed).read_long(), 0);
}

TEST(AvroReader, RefusesNumbersWithoutAnEnd) {
  for (const size_t size : {0U, 1U, 7U, 8U, 9U, 11U, 20U}) {
    const std::string bytes(size, '\x80');
    EXPECT_THROW(AvroReader(bytes).read_long(), base::Error) << size;
  }
}

}  // namespace
}  // namespace kc::wire
