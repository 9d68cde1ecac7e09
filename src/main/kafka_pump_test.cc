// The Kafka pumps on the embedded broker and against a registry that answers as Confluent's does,
// read back with our own converters.
#include "main/kafka_pump.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <sstream>

#include "base/guarded.h"
#include "convert/avro/avro_converter.h"
#include "convert/json/json_converter.h"
#include "convert/string_converter.h"
#include "http/server.h"
#include "kafka/kafka_testing.h"

namespace kc::main {
namespace {

using config::Properties;
using connect::ConverterRole;
using nlohmann::json;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

class Registry {
 public:
  Registry()
      : server_({}, [this](const http::ServerRequest& request) {
          return state_.with([&](State& state) { return state.answer(request); });
        }) {}

  const std::string& url() const { return server_.url(); }
  // "subject type-or-name" in the order of registration, and "NONE subject".
  std::vector<std::string> events() const { return state_.copy().events; }

 private:
  struct State {
    std::vector<std::pair<std::string, std::string>> schemas;  // subject, text
    std::vector<std::string> events;

    http::ServerResponse answer(const http::ServerRequest& request) {
      static constexpr std::string_view subjects = "/subjects/";
      static constexpr std::string_view versions = "/versions";
      http::ServerResponse response;
      const std::string& path = request.path;
      if (request.method == "PUT") {
        const json level = json::parse(request.body).at("compatibility");
        events.push_back(level.get<std::string>() + path.substr(path.rfind('/')));
        response.body = request.body;
      } else if (request.method == "GET") {
        const auto id = std::stoul(path.substr(path.rfind('/') + 1));
        response.body = json{{"schema", schemas.at(id - 1).second}}.dump();
      } else {
        const bool adds = path.ends_with(versions);
        const size_t end = adds ? path.size() - versions.size() : path.size();
        const std::string subject = path.substr(subjects.size(), end - subjects.size());
        response.body = described(subject, json::parse(request.body).at("schema"), adds).dump();
      }
      return response;
    }

    json described(const std::string& subject, const std::string& text, bool adds) {
      int version = 0;
      for (size_t i = 0; i < schemas.size(); ++i) {
        if (schemas[i].first != subject) continue;
        ++version;
        if (schemas[i].second == text) return {{"id", i + 1}, {"version", version}};
      }
      EXPECT_TRUE(adds) << "an unknown schema under " << subject;
      schemas.emplace_back(subject, text);
      const json schema = json::parse(text);
      events.push_back(
          subject + " " +
          (schema.is_string() ? schema.get<std::string>() : schema.at("name").get<std::string>()));
      return {{"id", schemas.size()}, {"version", version + 1}};
    }
  };

  base::Guarded<State> state_;
  http::Server server_;
};

class KafkaPumpTest : public testing::Test {
 protected:
  struct Read {
    std::string key;
    connect::SchemaAndValue value;

    const data::Value& field(const char* name) const {
      const data::Field* found = value.schema->find_field(name);
      return value.value.items()[found->index];
    }
  };

  KafkaPump make(bool with_registry = true) {
    auto settings =
        KafkaPumpSettings::from({}, cluster_.bootstrap_servers(), with_registry ? url() : "");
    return KafkaPump(settings, out_, 7);
  }
  std::string url() const { return registry_.url(); }

  std::vector<kafka::Received> received(const std::string& topic, size_t count) {
    kafka::RebalanceLog log;
    kafka::Consumer consumer(kafka::consumer_properties(cluster_, {{"group.id", topic}}), log);
    consumer.subscribe({topic});
    kafka::MessageBatch batch;
    std::vector<kafka::Received> messages;
    EXPECT_TRUE(kafka::eventually([&] { return messages.size() >= count; },
                                  [&] { kafka::poll_into(consumer, batch, messages); }));
    EXPECT_EQ(messages.size(), count);
    return messages;
  }

  // The messages of `topic`, as the converters of a worker read them.
  std::vector<Read> read_avro(const std::string& topic, size_t count, bool avro_keys) {
    const Properties settings{{"schema.registry.url", url()}};
    const auto values = convert::AvroConverter::create(settings, ConverterRole::value);
    const auto keys = avro_keys ? convert::AvroConverter::create(settings, ConverterRole::key)
                                : convert::StringConverter::create({}, ConverterRole::key);
    messages_ = received(topic, count);
    std::vector<Read> result;
    for (const auto& message : messages_) {
      const auto key = keys->to_connect(topic, *message.key, batch_);
      result.push_back(
          {std::string(key.value.as_text()), values->to_connect(topic, *message.value, batch_)});
    }
    return result;
  }

  kafka::MockCluster cluster_;
  Registry registry_;
  std::ostringstream out_;
  std::vector<kafka::Received> messages_;
  data::RecordBatch batch_;
};

TEST_F(KafkaPumpTest, ApplesAreJsonWithoutKeys) {
  cluster_.create_topic("Apple", 1);
  KafkaPump pump = make(false);
  pump.send_apples("Apple", 3, 2);
  EXPECT_EQ(pump.delivered(), 6U);
  int id = 0;
  for (const auto& message : received("Apple", 6)) {
    EXPECT_EQ(message.key, std::nullopt);
    const json apple = json::parse(*message.value);
    EXPECT_EQ(apple.size(), 4U);
    EXPECT_EQ(apple.at("id"), id++);
    EXPECT_EQ(apple.at("sort").get<std::string>().size(), 10U);
    EXPECT_TRUE(apple.at("size").is_number_integer());
    EXPECT_LT(apple.at("size"), 100);
    EXPECT_TRUE(apple.at("weight").is_number_float());
    EXPECT_THAT(out_.str(), HasSubstr("\n" + *message.value + "\nProducerRecord(topic=Apple, "));
  }
  EXPECT_THAT(out_.str(), HasSubstr("Batch 1\n"));
  EXPECT_THAT(out_.str(), HasSubstr("Batch 2\n"));
}

TEST_F(KafkaPumpTest, FruitsHaveTheirNamesAsKeys) {
  cluster_.create_topic("fruits", 1);
  make(false).send_fruits_as_json("fruits", 2, 3);
  const auto messages = received("fruits", 18);
  for (size_t i = 0; i < messages.size(); ++i) {
    const char* const names[] = {"Apple", "Orange", "Banana"};
    const char* const sizes[] = {"size", "diameter", "length"};
    EXPECT_EQ(messages[i].key, names[i % 3]);
    const json fruit = json::parse(*messages[i].value);
    EXPECT_EQ(fruit.at("id"), i / 3);
    EXPECT_TRUE(fruit.contains(sizes[i % 3])) << fruit;
    EXPECT_LT(fruit.at("weight"), 100);
  }
}

TEST_F(KafkaPumpTest, FruitsInAvroShareASubject) {
  cluster_.create_topic("avrofruits", 1);
  make().send_fruits_as_avro("avrofruits", 2, 2);
  const auto records = read_avro("avrofruits", 12, false);
  for (size_t i = 0; i < records.size(); ++i) {
    EXPECT_EQ(*records[i].value.schema->name(), "com.kinetica.kafka.data." + records[i].key);
    EXPECT_EQ(records[i].field("sort").as_text().size(), 24U);
  }
  EXPECT_THAT(registry_.events(),
              ElementsAre("avrofruits-value Apple", "NONE/avrofruits-value",
                          "avrofruits-value Orange", "avrofruits-value Banana"));
}

TEST_F(KafkaPumpTest, AllVersionsOfSchemaTestOneAfterTheOther) {
  cluster_.create_topic("TestTable", 1);
  make().send_all_schema_versions("TestTable", 5, std::chrono::milliseconds(0));
  const auto records = read_avro("TestTable", 20, false);
  const size_t fields[] = {8, 10, 7, 12};
  const auto now =
      std::chrono::system_clock::now().time_since_epoch() / std::chrono::milliseconds(1);
  for (size_t i = 0; i < records.size(); ++i) {
    const Read& record = records[i];
    EXPECT_EQ(record.key, std::to_string(i % 5));
    EXPECT_EQ(record.value.schema->name(), "SchemaTest");
    EXPECT_EQ(record.value.schema->version(), static_cast<int>(i / 5 + 1));
    EXPECT_EQ(record.value.schema->fields().size(), fields[i / 5]);
    EXPECT_EQ(record.field("test_bytes").as_text().size(), 48U);
    EXPECT_LE(record.field("timestamp").as_integer(), now);
    EXPECT_GT(record.field("timestamp").as_integer(), now - int64_t{366} * 86'400'000);
    EXPECT_LT(record.field("test_int").as_integer(), 1000);
  }
  EXPECT_THAT(registry_.events(), Contains("NONE/TestTable-value"));
  EXPECT_THAT(out_.str(),
              HasSubstr("\nProducing 5 Avro messages for schema SchemaTest version 4\n"));
}

TEST_F(KafkaPumpTest, OneVersionOfSchemaTestWithKeysInAvro) {
  cluster_.create_topic("SchemaTest", 1);
  make().send_schema_version(3, 4);
  const auto records = read_avro("SchemaTest", 4, true);
  for (size_t i = 0; i < records.size(); ++i) {
    EXPECT_EQ(records[i].key, fmt::format("key{}", i));
    EXPECT_EQ(records[i].value.schema->find_field("test_float"), nullptr);
  }
  EXPECT_THAT(registry_.events(), testing::UnorderedElementsAre("SchemaTest-key string",
                                                                "SchemaTest-value SchemaTest"));
}

TEST_F(KafkaPumpTest, EmployeesHaveNamesAndDates) {
  cluster_.create_topic("Employee", 1);
  make().send_employees(3);
  for (const Read& record : read_avro("Employee", 3, true)) {
    EXPECT_EQ(record.value.schema->name(), "com.kinetica.kafka.Employee");
    EXPECT_EQ(record.field("name").as_text().size(), 16U);
    EXPECT_THAT(std::string(record.field("joining_date").as_text()),
                testing::MatchesRegex("20[0-9][0-9]-[01][0-9]-[0-3][0-9] [01][0-9]:[0-5][0-9]"));
    EXPECT_LT(record.field("salary").as_real(), 1);
  }
}

TEST_F(KafkaPumpTest, MoreThanAreKeptInFlight) {
  cluster_.create_topic("many", 1);
  KafkaPump pump = make(false);
  pump.send_apples("many", 2500, 1);
  EXPECT_EQ(pump.delivered(), 2500U);
  std::set<int> ids;
  for (const auto& message : received("many", 2500)) {
    ids.insert(json::parse(*message.value).at("id").get<int>());
  }
  EXPECT_EQ(ids.size(), 2500U);
}

TEST(KafkaPumpSettings, AreThoseOfAWorkersFile) {
  const Properties worker{{"bootstrap.servers", "file:9092"},
                          {"security.protocol", "SASL_SSL"},
                          {"sasl.mechanism", "PLAIN"},
                          {"producer.sasl.mechanism", "SCRAM-SHA-256"},
                          {"producer.linger.ms", "5"},
                          {"consumer.sasl.mechanism", "GSSAPI"},
                          {"offset.storage.file.filename", "/tmp/x"},
                          {"schema.registry.url", "\"http://worker:8081\""},
                          {"basic.auth.credentials.source", "USER_INFO"},
                          {"value.converter.basic.auth.user.info", "me:secret"}};
  const auto settings = KafkaPumpSettings::from(worker, "", "");
  EXPECT_EQ(settings.producer.get("bootstrap.servers"), "file:9092");
  EXPECT_EQ(settings.producer.get("security.protocol"), "SASL_SSL");
  EXPECT_EQ(settings.producer.get("sasl.mechanism"), "SCRAM-SHA-256");
  EXPECT_EQ(settings.producer.get("linger.ms"), "5");
  EXPECT_FALSE(settings.producer.contains("offset.storage.file.filename"));
  ASSERT_TRUE(settings.registry);
  EXPECT_EQ(settings.registry->endpoints[0].url, "http://worker:8081");
  EXPECT_EQ(settings.registry->endpoints[0].http.username, "me");

  const auto other = KafkaPumpSettings::from(worker, "line:9092", "other:8081");
  EXPECT_EQ(other.producer.get("bootstrap.servers"), "line:9092");
  EXPECT_EQ(other.registry->endpoints[0].url, "http://other:8081");
  EXPECT_FALSE(KafkaPumpSettings::from({}, "line:9092", "").registry);
}

TEST_F(KafkaPumpTest, AvroWithoutARegistryIsRefused) {
  KafkaPump pump = make(false);
  try {
    pump.send_employees(1);
    FAIL();
  } catch (const base::Error& error) {
    EXPECT_EQ(error.reaction(), base::Reaction::fix_config);
    EXPECT_THAT(error.what(), HasSubstr("-s http://localhost:8081"));
  }
}

TEST_F(KafkaPumpTest, WhatTheBrokersRefuseIsAnError) {
  constexpr int16_t produce = 0;
  constexpr int16_t topic_authorization_failed = 29;
  cluster_.create_topic("closed", 1);
  cluster_.fail_requests(produce, topic_authorization_failed, 1);
  KafkaPump pump = make(false);
  EXPECT_THROW(pump.send_apples("closed", 1, 1), base::Error);
  EXPECT_EQ(pump.delivered(), 0U);
}

}  // namespace
}  // namespace kc::main
