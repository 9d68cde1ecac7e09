#include "worker/shared_security.h"

#include <gmock/gmock.h>

#include "worker/worker_config.h"

namespace kc::worker {
namespace {

using config::Properties;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

const Properties guide{{"security.protocol", "SASL_SSL"},
                       {"sasl.mechanism", "PLAIN"},
                       {"sasl.jaas.config", "s3cret"},
                       {"ssl.endpoint.identification.algorithm", "https"}};

WorkerConfig worker(const Properties& more) {
  WorkerConfig config;
  config.bootstrap_servers = "b:9092";
  config.properties = more;
  return config;
}

TEST(SharedSecurity, TheGuidesSettingsReachEveryClient) {
  const auto config = worker(guide);
  const Properties connector{{"name", "c"}};
  for (const auto& client :
       {sink_consumer_properties(config, connector, 0),
        source_producer_properties(config, connector, 0),
        dead_letter_producer_properties(config, connector, 0), admin_properties(config)}) {
    EXPECT_EQ(client.get("security.protocol"), "SASL_SSL");
    EXPECT_EQ(client.get("sasl.jaas.config"), "s3cret");
  }
  EXPECT_THAT(describe_inherited_security(guide),
              AllOf(HasSubstr("sasl.jaas.config"), HasSubstr("consumer.security.protocol"),
                    HasSubstr("producer.security.protocol"), Not(HasSubstr("s3cret"))));
}

TEST(SharedSecurity, AClientWithAProtocolOrBrokersOfItsOwnTakesNothingOver) {
  auto own = guide;
  own.set("consumer.security.protocol", "SSL");
  const auto config = worker(own);
  const Properties connector{{"name", "c"}};
  EXPECT_FALSE(sink_consumer_properties(config, connector, 0).contains("sasl.jaas.config"));
  EXPECT_TRUE(source_producer_properties(config, connector, 0).contains("sasl.jaas.config"));
  EXPECT_THAT(describe_inherited_security(own), Not(HasSubstr("consumer.security.protocol")));
  const Properties elsewhere{{"name", "c"}, {"producer.override.bootstrap.servers", "x:1"}};
  EXPECT_FALSE(source_producer_properties(config, elsewhere, 0).contains("security.protocol"));
  own.set("producer.security.protocol", "SASL_SSL");
  EXPECT_EQ(describe_inherited_security(own), "");
}

TEST(SharedSecurity, OwnPropertiesGoBeforeTheWorkers) {
  auto properties = guide;
  properties.set("consumer.sasl.mechanism", "SCRAM-SHA-256");
  const auto client = sink_consumer_properties(worker(properties), Properties{{"name", "c"}}, 0);
  EXPECT_EQ(client.get("sasl.mechanism"), "SCRAM-SHA-256");
  EXPECT_EQ(client.get("security.protocol"), "SASL_SSL");
}

TEST(SharedSecurity, StoresWithoutAProtocolMeanSslAsInTheGuide) {
  const Properties stores{{"ssl.truststore.location", "/t.jks"},
                          {"ssl.truststore.password", "s3cret"}};
  EXPECT_EQ(shared_security(stores).get("security.protocol"), "SSL");
  EXPECT_THAT(describe_inherited_security(stores),
              AllOf(HasSubstr("security.protocol=SSL"), Not(HasSubstr("s3cret"))));
  auto for_rest = stores;
  for_rest.set("listeners", "HTTPS://:8443");
  EXPECT_FALSE(shared_security(for_rest).contains("security.protocol"));
  EXPECT_EQ(inherited_security(for_rest, {}), Properties{});
  EXPECT_EQ(describe_inherited_security(for_rest), "");
  EXPECT_EQ(describe_inherited_security(Properties{}), "");
}

}  // namespace
}  // namespace kc::worker
