#include "worker/flight_encoder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fmt/format.h>

#include <array>
#include <memory>

#include "base/error.h"

namespace kc::worker {
namespace {

using base::Error;
using base::Reaction;
using data::Value;
using testing::ElementsAre;

// Writes strings as they are, and names their schema in a header; refuses "bad".
class NamingConverter : public connect::Converter {
 public:
  explicit NamingConverter(std::string_view header) : header_(header) {}

  connect::SchemaAndValue to_connect(std::string_view, std::optional<std::string_view>,
                                     data::RecordBatch&) override {
    return {};
  }
  bool from_connect(std::string_view, const data::Schema*, const Value& value,
                    std::string& out) override {
    if (value.is_null()) return false;
    if (value.as_text() == "bad") throw Error(Reaction::skip_record, "this is bad");
    out += value.as_text();
    written_ = fmt::format("schema of {}", value.as_text());
    return true;
  }
  std::optional<connect::SchemaHeader> written_schema_header() const override {
    if (header_.empty()) return std::nullopt;
    return connect::SchemaHeader{header_, written_};
  }

 private:
  const std::string_view header_;
  std::string written_;
};

class FlightEncoderTest : public testing::Test {
 protected:
  void add(const Value& key, const Value& value, std::span<const data::Header> headers = {}) {
    data::Record record;
    record.topic = "t";
    record.key = key;
    record.value = value;
    record.headers = headers;
    record.source_partition = Value::map(partition_);
    record.source_offset = Value::map(partition_);
    flight_.batch.records().push_back(record);
  }
  // "name=value" of each header.
  std::vector<std::string> headers_of(size_t message) const {
    std::vector<std::string> shown;
    for (const kafka::MessageHeader& header : flight_.messages.at(message).headers) {
      shown.push_back(fmt::format("{}={}", header.name, header.value.value_or("null")));
    }
    return shown;
  }

  Flight flight_;
  FlightEncoder encoder_{{{std::make_unique<NamingConverter>("k"), "NamingConverter"},
                          {std::make_unique<NamingConverter>("v"), "NamingConverter"},
                          {std::make_unique<NamingConverter>(""), "NamingConverter"},
                          {}}};

 private:
  const std::array<Value, 2> partition_{Value::string("table"), Value::string("T")};
};

TEST_F(FlightEncoderTest, WhatConvertersNameInHeadersStandsBehindTheRecordsOwn) {
  const data::Header own[] = {{"a", nullptr, Value::string("1")}, {"b", nullptr, Value()}};
  add(Value::string("key"), Value::string("value"), own);
  add(Value(), Value::string("second"));
  add(Value::string("third"), Value());
  while (flight_.encoded < flight_.batch.size()) encoder_.encode_next(flight_);
  encoder_.finish(flight_);
  EXPECT_EQ(flight_.messages.at(0).key, "key");
  EXPECT_EQ(flight_.messages.at(0).value, "value");
  EXPECT_THAT(headers_of(0), ElementsAre("a=1", "b=null", "k=schema of key", "v=schema of value"));
  EXPECT_THAT(headers_of(1), ElementsAre("v=schema of second"));
  EXPECT_THAT(headers_of(2), ElementsAre("k=schema of third")) << "a tombstone has no schema";
}

TEST_F(FlightEncoderTest, ARecordThatFailsLeavesNoHeader) {
  add(Value::string("key"), Value::string("bad"));
  EXPECT_THROW(encoder_.encode_next(flight_), Error);
  flight_.batch.records().front().value = Value::string("good");
  encoder_.encode_next(flight_);
  encoder_.finish(flight_);
  EXPECT_THAT(headers_of(0), ElementsAre("k=schema of key", "v=schema of good"));
}

}  // namespace
}  // namespace kc::worker
