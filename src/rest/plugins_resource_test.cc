#include "rest/plugins_resource.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "worker/worker_testing.h"

namespace kc::rest {
namespace {

using Json = nlohmann::json;
using testing::ElementsAre;
using testing::HasSubstr;

class PluginsResource : public testing::Test {
 protected:
  PluginsResource() { add_plugins_resource(router_, herder_); }

  http::ServerResponse answer_to(const std::string& method, const std::string& target,
                                 const std::string& body = "") {
    http::ServerRequest request;
    request.method = method;
    request.target = target;
    request.body = body;
    if (const auto question = target.find('?'); question != std::string::npos) {
      const auto equals = target.find('=');
      request.query.emplace_back(target.substr(question + 1, equals - question - 1),
                                 target.substr(equals + 1));
    }
    return router_.answer(request);
  }
  Json validate(const Json& config) {
    const auto answer =
        answer_to("PUT", "/connector-plugins/ScriptedSink/config/validate", config.dump());
    EXPECT_EQ(answer.status, 200) << answer.body;
    return Json::parse(answer.body);
  }
  static Json entry(const Json& infos, const std::string& name) {
    for (const Json& info : infos["configs"]) {
      if (info["value"]["name"] == name) return info;
    }
    return nullptr;
  }
  static std::vector<std::string> errors(const Json& infos, const std::string& name) {
    return entry(infos, name)["value"]["errors"];
  }

  worker::TestFolder folder_;
  worker::TaskScript script_;
  const worker::WorkerConfig config_ = worker::worker_config(
      "127.0.0.1:1", folder_.path(), {{"connector.client.config.override.policy", "Principal"}});
  const worker::Plugins plugins_ = worker::scripted_plugins(script_);
  worker::OffsetStore offsets_{config_.offset_file};
  worker::TestMetrics metrics_;
  worker::Herder herder_{config_, plugins_, offsets_, metrics_.metrics};
  Router router_;
};

TEST_F(PluginsResource, ConnectorsAreListedAndTheRestOnDemand) {
  EXPECT_EQ(answer_to("GET", "/connector-plugins/").body,
            R"([{"class":"test.ScriptedSinkConnector","type":"sink","version":"7"},)"
            R"({"class":"test.ScriptedSourceConnector","type":"source","version":"7"}])");
  EXPECT_THAT(answer_to("GET", "/connector-plugins?connectorsOnly=false").body,
              HasSubstr(R"({"class":"test.PlainConverter","type":"converter","version":)"));
}

TEST_F(PluginsResource, KeysAreThePluginsOwnAndThenThoseOfEveryConnector) {
  const auto keys = Json::parse(answer_to("GET", "/connector-plugins/ScriptedSink/config").body);
  EXPECT_EQ(keys[0]["name"], "tasks");
  EXPECT_EQ(keys[3]["name"], "name");
  EXPECT_EQ(keys[3].dump(),
            R"({"default_value":null,"dependents":[],"display_name":"Connector name",)"
            R"("documentation":"Globally unique name of this connector.","group":"Common",)"
            R"("importance":"HIGH","name":"name","order_in_group":1,"required":true,)"
            R"("type":"STRING","width":"MEDIUM"})");
  const auto unknown = answer_to("GET", "/connector-plugins/Nope/config");
  EXPECT_EQ(unknown.status, 404);
  EXPECT_EQ(unknown.body, R"({"error_code":404,"message":"Unknown plugin Nope."})");
}

TEST_F(PluginsResource, ValidationTellsEveryPropertyInStockConnectsOrder) {
  const Json infos = validate({{"connector.class", "ScriptedSink"}, {"topics", ""}});
  EXPECT_EQ(infos["name"], "ScriptedSink");
  EXPECT_EQ(infos["error_count"], 3);
  EXPECT_EQ(infos["groups"].get<std::vector<std::string>>(),
            (std::vector<std::string>{"Common", "Transforms", "Predicates", "Error Handling"}));
  std::vector<std::string> names;
  for (const Json& info : infos["configs"]) names.push_back(info["value"]["name"]);
  EXPECT_EQ(names, (std::vector<std::string>{"name",
                                             "connector.class",
                                             "connector.plugin.version",
                                             "tasks.max",
                                             "tasks.max.enforce",
                                             "key.converter",
                                             "key.converter.plugin.version",
                                             "value.converter",
                                             "value.converter.plugin.version",
                                             "header.converter",
                                             "header.converter.plugin.version",
                                             "transforms",
                                             "predicates",
                                             "config.action.reload",
                                             "errors.retry.timeout",
                                             "errors.retry.delay.max.ms",
                                             "errors.tolerance",
                                             "errors.log.enable",
                                             "errors.log.include.messages",
                                             "topics",
                                             "topics.regex",
                                             "errors.deadletterqueue.topic.name",
                                             "errors.deadletterqueue.topic.replication.factor",
                                             "errors.deadletterqueue.context.headers.enable",
                                             "tasks",
                                             "fails",
                                             "key"}));
  EXPECT_THAT(errors(infos, "name"),
              ElementsAre("Missing required configuration \"name\" which has no default value."));
  EXPECT_THAT(errors(infos, "topics.regex"),
              ElementsAre("Must configure one of topics or topics.regex"));
  const Json converter = entry(infos, "key.converter");
  EXPECT_EQ(converter["definition"]["default_value"], "test.PlainConverter");
  EXPECT_EQ(converter["value"]["value"], "test.PlainConverter");
  EXPECT_EQ(converter["value"]["recommended_values"], Json({"test.PlainConverter"}));
}

TEST_F(PluginsResource, OverridesOfKafkasClientsAreDescribedAsTheyDeclareThem) {
  const Json infos = validate({{"connector.class", "test.ScriptedSinkConnector"},
                               {"name", "q"},
                               {"topics", "t"},
                               {"consumer.override.fetch.min.bytes", "1"},
                               {"consumer.override.ssl.truststore.certificates", "geheim"},
                               {"consumer.override.client.id", "a"},
                               {"consumer.override.group.id", " b "},
                               {"consumer.override.no.such", "c"},
                               {"producer.override.acks", "of no producer here"}});
  const Json bytes = entry(infos, "consumer.override.fetch.min.bytes");
  EXPECT_EQ(bytes["definition"]["type"], "INT");
  EXPECT_EQ(bytes["definition"]["default_value"], "1");
  EXPECT_EQ(bytes["definition"]["importance"], "HIGH");
  EXPECT_EQ(bytes["definition"]["display_name"], "fetch.min.bytes");
  EXPECT_TRUE(bytes["definition"]["group"].is_null());
  EXPECT_EQ(entry(infos, "consumer.override.client.id")["definition"]["default_value"], "");
  EXPECT_TRUE(entry(infos, "consumer.override.group.id")["definition"]["default_value"].is_null());
  EXPECT_EQ(entry(infos, "consumer.override.group.id")["value"]["value"], "b");
  EXPECT_TRUE(entry(infos, "consumer.override.no.such")["definition"].is_null());
  EXPECT_EQ(entry(infos, "consumer.override.no.such")["value"]["value"], "c");
  EXPECT_THAT(infos.dump(), testing::Not(HasSubstr("producer.override")));
  EXPECT_THAT(infos.dump(), testing::Not(HasSubstr("geheim")));
}

TEST_F(PluginsResource, OverridesOfAWrongTypeAreFaults) {
  const Json infos = validate({{"connector.class", "test.ScriptedSinkConnector"},
                               {"name", "q"},
                               {"topics", "t"},
                               {"errors.deadletterqueue.topic.name", "dl"},
                               {"consumer.override.fetch.min.bytes", "many"},
                               {"consumer.override.max.poll.records", "3000000000"},
                               {"consumer.override.check.crcs", "perhaps"},
                               {"producer.override.linger.ms", "1.5"},
                               {"admin.override.retries", ""}});
  EXPECT_THAT(errors(infos, "consumer.override.fetch.min.bytes"),
              testing::Contains("Invalid value many for configuration "
                                "consumer.override.fetch.min.bytes: Not a number of type INT"));
  EXPECT_TRUE(entry(infos, "consumer.override.fetch.min.bytes")["value"]["value"].is_null());
  for (const char* name : {"consumer.override.max.poll.records", "consumer.override.check.crcs",
                           "producer.override.linger.ms", "admin.override.retries"}) {
    EXPECT_THAT(errors(infos, name), testing::Contains(HasSubstr("Invalid value"))) << name;
  }
}

TEST_F(PluginsResource, FaultsStandAtTheirProperties) {
  const Json infos = validate({{"connector.class", "test.ScriptedSinkConnector"},
                               {"name", "q"},
                               {"topics", "t,dl"},
                               {"tasks.max", "abc"},
                               {"errors.tolerance", "some"},
                               {"errors.deadletterqueue.topic.name", "dl"},
                               {"value.converter", "Nope"},
                               {"key", "geheim"},
                               {"transforms", "a,a"},
                               {"consumer.override.fetch.min.bytes", "1"},
                               {"consumer.override.security.protocol", "PLAINTEXT"},
                               {"fails", nullptr},
                               {"undeclared", nullptr}});
  EXPECT_THAT(errors(infos, "tasks.max"),
              ElementsAre("Invalid value abc for configuration tasks.max: Not a number of type "
                          "INT"));
  EXPECT_TRUE(entry(infos, "tasks.max")["value"]["value"].is_null());
  EXPECT_THAT(errors(infos, "errors.tolerance"),
              ElementsAre("Invalid value some for configuration errors.tolerance: String must be "
                          "one of: none, all"));
  EXPECT_EQ(entry(infos, "errors.tolerance")["value"]["value"], "some");
  EXPECT_THAT(errors(infos, "topics"),
              ElementsAre("The DLQ topic 'dl' may not be included in the list of topics "
                          "('topics=[t, dl]') consumed by the connector"));
  EXPECT_THAT(errors(infos, "value.converter"),
              ElementsAre("Invalid value Nope for configuration value.converter: Class Nope could "
                          "not be found."));
  EXPECT_TRUE(entry(infos, "value.converter")["value"]["value"].is_null());
  EXPECT_FALSE(entry(infos, "value.converter.plugin.version")["value"]["visible"]);
  EXPECT_THAT(errors(infos, "transforms"),
              ElementsAre("Invalid value [a, a] for configuration transforms: Duplicate alias "
                          "provided."));
  EXPECT_THAT(errors(infos, "transforms.a.type"),
              ElementsAre("Missing required configuration \"transforms.a.type\" which has no "
                          "default value."));
  EXPECT_THAT(errors(infos, "consumer.override.fetch.min.bytes"),
              ElementsAre("The 'Principal' policy does not allow 'fetch.min.bytes' to be "
                          "overridden in the connector configuration."));
  EXPECT_TRUE(errors(infos, "consumer.override.security.protocol").empty());
  EXPECT_THAT(errors(infos, "fails"),
              ElementsAre("Null value can not be supplied as the configuration value."));
  EXPECT_TRUE(infos["configs"][0]["definition"].is_null());
  EXPECT_EQ(infos["configs"][0]["value"]["name"], "undeclared");
  EXPECT_EQ(entry(infos, "key")["value"]["value"], "[hidden]");
  EXPECT_THAT(infos.dump(), testing::Not(HasSubstr("geheim")));
}

TEST_F(PluginsResource, WrongClassesAreRefused) {
  const auto validate_as = [&](const std::string& plugin, const std::string& body) {
    const auto answer = answer_to("PUT", "/connector-plugins/" + plugin + "/config/validate", body);
    return std::to_string(answer.status) + " " + answer.body;
  };
  EXPECT_EQ(validate_as("ScriptedSource", R"({"connector.class":"ScriptedSink"})"),
            R"(400 {"error_code":400,"message":"Included connector type ScriptedSink does not )"
            R"(match request type ScriptedSource"})");
  EXPECT_EQ(validate_as("ScriptedSink", "{}"),
            R"(500 {"error_code":500,"message":"org.apache.kafka.connect.runtime.rest.errors.)"
            R"(BadRequestException: Connector config {} contains no connector type"})");
  EXPECT_THAT(validate_as("Nope", R"({"connector.class":"Nope"})"),
              HasSubstr("Failed to find any class that implements Connector"));
}

}  // namespace
}  // namespace kc::rest
