#include "worker/worker_config.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>

#include "worker/connector_validation.h"

namespace kc::worker {
namespace {

using config::Fault;
using config::Properties;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::StartsWith;

class WorkerReferences : public testing::Test {
 protected:
  WorkerReferences() { setenv("KC_TEST_SECRET", "s3cret", 1); }
  ~WorkerReferences() override { unsetenv("KC_TEST_SECRET"); }

  WorkerConfig parse(const Properties& more) {
    Properties properties{{"bootstrap.servers", "b:9092"},
                          {"key.converter", "K"},
                          {"value.converter", "V"},
                          {"offset.storage.file.filename", "/tmp/offsets"},
                          {"config.providers", "env"},
                          {"config.providers.env.class",
                           "org.apache.kafka.common.config.provider.EnvVarConfigProvider"}};
    properties.merge(more);
    return WorkerConfig::parse(properties, faults_, warnings_);
  }

  std::string fault() const {
    return faults_.size() == 1 ? faults_[0].text() : std::to_string(faults_.size()) + " faults";
  }

  std::vector<Fault> faults_;
  std::vector<std::string> warnings_;
};

TEST_F(WorkerReferences, AreResolved) {
  const auto config = parse({{"consumer.sasl.password", "${env:KC_TEST_SECRET}"}});
  EXPECT_THAT(faults_, IsEmpty());
  EXPECT_THAT(warnings_, IsEmpty());
  EXPECT_EQ(sink_consumer_properties(config, {{"name", "c"}}, 0).get("sasl.password"), "s3cret");
}

TEST_F(WorkerReferences, AreShownInPlaceOfTheirValues) {
  parse({{"offset.flush.interval.ms", "${env:KC_TEST_SECRET}"}});
  EXPECT_THAT(fault(), testing::AllOf(HasSubstr("offset.flush.interval.ms = ${env:KC_TEST_SECRET}"),
                                      Not(HasSubstr("s3cret"))));
}

TEST_F(WorkerReferences, ThatCannotBeResolvedAreFaults) {
  parse({{"consumer.sasl.password", "${env:KC_TEST_UNSET}"}});
  EXPECT_THAT(fault(), testing::AllOf(HasSubstr("consumer.sasl.password"),
                                      HasSubstr("KC_TEST_UNSET is not set")));
}

TEST_F(WorkerReferences, OfConnectorsAreResolvedAndHidden) {
  const auto config = parse({});
  const auto findings = validate_connector(config, Plugins{},
                                           {{"name", "${env:KC_TEST_SECRET}"},
                                            {"connector.class", "C-${env:KC_TEST_SECRET}"},
                                            {"tasks.max", "${env:KC_TEST_SECRET}"}});
  std::string all;
  for (const Fault& found : findings.faults) all += found.text() + "\n";
  EXPECT_THAT(all, testing::AllOf(HasSubstr("matches C-[hidden]"),
                                  HasSubstr("tasks.max = ${env:KC_TEST_SECRET}: Invalid value "
                                            "[hidden]"),
                                  Not(HasSubstr("s3cret"))));
}

TEST(ChooseConverter, HeadersHaveADefault) {
  const WorkerConfig worker;
  EXPECT_EQ(choose_converter(worker, {}, "header").class_name,
            "org.apache.kafka.connect.storage.SimpleHeaderConverter");
  EXPECT_EQ(choose_converter(worker, {}, "key").class_name, "");
  EXPECT_EQ(choose_converter(worker, {{"header.converter", "H"}}, "header").class_name, "H");
}

TEST(ChooseConverter, TakesTheRegistryFromTheWorkersFileAsKineticasGuideWritesIt) {
  WorkerConfig worker;
  worker.properties = Properties{{"value.converter", "io.confluent.connect.avro.AvroConverter"},
                                 {"value.converter.basic.auth.user.info", "own:one"},
                                 {"key.converter", "org.apache.kafka.connect.json.JsonConverter"},
                                 {"schema.registry.url", "http://registry"},
                                 {"basic.auth.user.info", "shared:two"}};
  const ConverterChoice value = choose_converter(worker, {}, "value");
  EXPECT_EQ(value.settings.get("schema.registry.url"), "http://registry");
  EXPECT_EQ(value.settings.get("basic.auth.user.info"), "own:one");
  ASSERT_EQ(value.notes.size(), 1U);
  EXPECT_THAT(value.notes[0], StartsWith("schema.registry.url of the worker's file is used as "
                                         "value.converter.schema.registry.url"));
  EXPECT_THAT(choose_converter(worker, {}, "key").settings.entries(), IsEmpty());
}

}  // namespace
}  // namespace kc::worker
