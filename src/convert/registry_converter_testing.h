// The set-up that the tests of the converters with a Schema Registry share.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

#include "base/error.h"
#include "config/properties.h"
#include "connect/converter.h"
#include "convert/fake_registry_test.h"
#include "convert/string_converter.h"
#include "data/record.h"

namespace kc::convert {

class RegistryConverterTest : public testing::Test {
 protected:
  using Create = std::unique_ptr<connect::Converter> (*)(const config::Properties&,
                                                         connect::ConverterRole);

  // `type`: of the schemas, as registries name it. `reading_failed`: how errors begin.
  RegistryConverterTest(Create create, std::string type, std::string reading_failed)
      : create_(create), type_(std::move(type)), reading_failed_(std::move(reading_failed)) {}

  std::unique_ptr<connect::Converter> make(
      config::Properties settings = {},
      connect::ConverterRole role = connect::ConverterRole::value) const {
    settings.set("schema.registry.url", registry.url());
    return create_(settings, role);
  }
  // `text` as a registry keeps it.
  std::string body(const std::string& text, const std::string& references = {}) const {
    nlohmann::json json{{"schema", text}};
    if (type_ != "AVRO") json["schemaType"] = type_;
    if (!references.empty()) json["references"] = nlohmann::json::parse(references);
    return json.dump();
  }
  static std::string message(int32_t id, const std::string& body) {
    return std::string(4, '\0') + static_cast<char>(id) + body;
  }
  // Reads a message of topic t; the value as Java shows it.
  std::string read(connect::Converter& converter, const std::string& bytes) {
    messages_.push_back(std::make_unique<std::string>(bytes));
    result = converter.to_connect("t", *messages_.back(), batch);
    std::string shown;
    append_java_string(result.schema, result.value, shown);
    return shown;
  }
  base::Error refusal(connect::Converter& converter, const std::string& bytes) {
    try {
      read(converter, bytes);
    } catch (const base::Error& error) {
      return error;
    }
    ADD_FAILURE() << "nothing was thrown";
    return {base::Reaction::fail_task, "none"};
  }
  // The text of a refusal that is the message's own fault.
  std::string data_exception(connect::Converter& converter, const std::string& bytes) {
    const base::Error error = refusal(converter, bytes);
    EXPECT_EQ(error.reaction(), base::Reaction::skip_record);
    EXPECT_EQ(error.java_class(), "org.apache.kafka.connect.errors.DataException");
    EXPECT_THAT(error.what(), testing::StartsWith(reading_failed_));
    return error.what();
  }

  FakeRegistry registry;
  data::RecordBatch batch;
  connect::SchemaAndValue result;  // of the latest read()

 private:
  Create create_;
  std::string type_;
  std::string reading_failed_;
  std::vector<std::unique_ptr<std::string>> messages_;  // that values point into
};

}  // namespace kc::convert
