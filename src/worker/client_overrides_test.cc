#include "worker/client_overrides.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace kc::worker {
namespace {

using config::Fault;
using config::Properties;
using connect::ConnectorType;
using testing::ElementsAre;
using testing::IsEmpty;

// The properties with a fault.
std::vector<std::string> faulty(ConnectorType type, const Properties& connector,
                                const Properties& of_worker = {}) {
  Properties file{{"bootstrap.servers", "b:1"},
                  {"key.converter", "k"},
                  {"value.converter", "v"},
                  {"offset.storage.file.filename", "f"}};
  file.merge(of_worker);
  std::vector<Fault> faults;
  std::vector<std::string> warnings;
  const WorkerConfig worker = WorkerConfig::parse(file, faults, warnings);
  EXPECT_THAT(faults, IsEmpty());
  Properties named{{"name", "c"}};
  named.merge(connector);
  check_clients(worker, named, type, faults);
  std::vector<std::string> names;
  for (const Fault& fault : faults) names.push_back(fault.name);
  return names;
}

TEST(ClientOverrides, AClassThatCannotBeLoadedIsAFaultOfItsProperty) {
  const char* const interceptors = "consumer.override.interceptor.classes";
  EXPECT_THAT(faulty(ConnectorType::sink, {{interceptors, "x.Y"}}), ElementsAre(interceptors));
  EXPECT_THAT(faulty(ConnectorType::source, {{interceptors, "x.Y"}}), IsEmpty())
      << "a source has no consumer";
  EXPECT_THAT(faulty(ConnectorType::sink, {}, {{"consumer.interceptor.classes", "x.Y"}}),
              ElementsAre("consumer"));
  EXPECT_THAT(faulty(ConnectorType::source, {{"producer.override.key.serializer", "x.Y"}}),
              ElementsAre("producer.override.key.serializer"));
  EXPECT_THAT(
      faulty(ConnectorType::sink, {{"consumer.override.partition.assignment.strategy", "x.Y"}}),
      ElementsAre("consumer.override.partition.assignment.strategy"));
}

TEST(ClientOverrides, TheDeadLetterProducerIsLookedAtWhereThereIsOne) {
  const Properties partitioner{{"producer.override.partitioner.class", "x.Y"}};
  EXPECT_THAT(faulty(ConnectorType::sink, partitioner), IsEmpty());
  Properties with_letters{{"errors.deadletterqueue.topic.name", "d"}};
  with_letters.merge(partitioner);
  EXPECT_THAT(faulty(ConnectorType::sink, with_letters),
              ElementsAre("producer.override.partitioner.class"));
}

TEST(ClientOverrides, ThePolicyNamesWhatItDoesNotAllow) {
  const Properties both{{"consumer.override.sasl.mechanism", "PLAIN"},
                        {"consumer.override.max.poll.records", "5"}};
  EXPECT_THAT(
      faulty(ConnectorType::sink, both, {{"connector.client.config.override.policy", "Principal"}}),
      ElementsAre("consumer.override.max.poll.records"));
}

}  // namespace
}  // namespace kc::worker
