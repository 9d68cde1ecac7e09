#include "kafka/client_properties.h"

#include <gmock/gmock.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <tuple>

#include "base/error.h"
#include "kafka/client.h"

namespace kc::kafka {
namespace {

using config::Properties;
using testing::AllOf;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::StartsWith;

constexpr auto consumer = ClientKind::consumer;
constexpr auto producer = ClientKind::producer;
constexpr auto admin = ClientKind::admin;

Properties with(Properties more) {
  Properties properties{{"bootstrap.servers", "b:9092"}, {"group.id", "g"}};
  properties.merge(more);
  return properties;
}

std::string failure(const Properties& java, ClientKind kind = consumer) {
  try {
    translate(java, kind);
  } catch (const base::Error& error) {
    EXPECT_EQ(error.reaction(), base::Reaction::fix_config);
    return error.what();
  }
  return "(no error)";
}

struct Row {
  ClientKind kind;
  const char* java;  // null: the default
  const char* value;
  const char* rdkafka;
  const char* expected;
};

constexpr Row rows[] = {
    {consumer, "bootstrap.servers", " a:1,b:2 ", "bootstrap.servers", "a:1,b:2"},
    {consumer, "bootstrap.servers", "http://a:1, SSL://b:2", "bootstrap.servers", "a:1,b:2"},
    {consumer, "client.id", "c", "client.id", "c"},
    {consumer, "client.rack", "r1", "client.rack", "r1"},
    {consumer, nullptr, "", "reconnect.backoff.ms", "50"},
    {consumer, nullptr, "", "reconnect.backoff.max.ms", "1000"},
    {consumer, "reconnect.backoff.ms", "2000", "reconnect.backoff.max.ms", "2000"},
    {producer, nullptr, "", "retry.backoff.ms", "100"},
    {producer, "retry.backoff.ms", "7", "retry.backoff.ms", "7"},
    {producer, nullptr, "", "request.timeout.ms", "30000"},
    {producer, nullptr, "", "socket.timeout.ms", "30000"},
    {producer, "request.timeout.ms", "40000", "request.timeout.ms", "40000"},
    {producer, "request.timeout.ms", "40000", "socket.timeout.ms", "40000"},
    {consumer, "request.timeout.ms", "40000", "socket.timeout.ms", "40000"},
    {consumer, nullptr, "", "connections.max.idle.ms", "540000"},
    {consumer, "connections.max.idle.ms", "-1", "connections.max.idle.ms", "0"},
    {consumer, "socket.connection.setup.timeout.ms", "9000", "socket.connection.setup.timeout.ms",
     "9000"},
    {consumer, "send.buffer.bytes", "-1", "socket.send.buffer.bytes", "0"},
    {consumer, "send.buffer.bytes", "131072", "socket.send.buffer.bytes", "131072"},
    {consumer, "receive.buffer.bytes", "-1", "socket.receive.buffer.bytes", "0"},
    {producer, "metadata.max.age.ms", "60000", "metadata.max.age.ms", "60000"},
    {producer, "metadata.max.age.ms", "60000", "topic.metadata.refresh.interval.ms", "60000"},
    {consumer, nullptr, "", "topic.metadata.refresh.interval.ms", "10000"},
    {consumer, "metadata.max.age.ms", "2000", "topic.metadata.refresh.interval.ms", "2000"},
    {consumer, nullptr, "", "allow.auto.create.topics", "true"},
    {consumer, "allow.auto.create.topics", "false", "allow.auto.create.topics", "false"},
    {consumer, nullptr, "", "socket.nagle.disable", "true"},
    {consumer, nullptr, "", "socket.keepalive.enable", "true"},
    {consumer, nullptr, "", "log.connection.close", "false"},

    {producer, nullptr, "", "acks", "all"},
    {producer, "acks", "1", "acks", "1"},
    {producer, "acks", "1", "enable.idempotence", "false"},
    {producer, nullptr, "", "enable.idempotence", "true"},
    {producer, "enable.idempotence", "False", "enable.idempotence", "false"},
    {producer, nullptr, "", "max.in.flight.requests.per.connection", "5"},
    {producer, "max.in.flight.requests.per.connection", "1",
     "max.in.flight.requests.per.connection", "1"},
    {producer, nullptr, "", "retries", "2147483647"},
    {producer, "retries", "3", "retries", "3"},
    {producer, nullptr, "", "delivery.timeout.ms", "120000"},
    {producer, "delivery.timeout.ms", "2147483647", "delivery.timeout.ms", "0"},
    {producer, nullptr, "", "linger.ms", "5"},
    {producer, "linger.ms", "0", "linger.ms", "0"},
    {producer, nullptr, "", "batch.size", "1000000"},
    {producer, "batch.size", "16384", "batch.size", "16384"},
    {producer, "batch.size", "0", "batch.size", "1"},
    {producer, "buffer.memory", "33554432", "queue.buffering.max.kbytes", "32768"},
    {producer, nullptr, "", "queue.buffering.max.kbytes", "65536"},
    {producer, nullptr, "", "queue.buffering.max.messages", "500000"},
    {producer, nullptr, "", "message.max.bytes", "1048588"},
    {producer, "max.request.size", "2000000", "message.max.bytes", "2000000"},
    {producer, nullptr, "", "compression.type", "none"},
    {producer, "compression.type", "lz4", "compression.type", "lz4"},
    {producer, nullptr, "", "partitioner", "murmur2_random"},
    {producer, nullptr, "", "sticky.partitioning.linger.ms", "10"},
    {producer, "partitioner.class",
     "org.apache.kafka.clients.producer.internals.DefaultPartitioner", "partitioner",
     "murmur2_random"},
    {producer, "partitioner.class", "org.apache.kafka.clients.producer.RoundRobinPartitioner",
     "partitioner", "random"},
    {producer, "partitioner.ignore.keys", "true", "partitioner", "random"},
    {producer, "transactional.id", "t", "transactional.id", "t"},

    {consumer, "group.id", "other", "group.id", "other"},
    {consumer, "group.instance.id", "i", "group.instance.id", "i"},
    {consumer, nullptr, "", "session.timeout.ms", "45000"},
    {consumer, nullptr, "", "heartbeat.interval.ms", "3000"},
    {consumer, nullptr, "", "max.poll.interval.ms", "300000"},
    {consumer, "max.poll.interval.ms", "10000", "max.poll.interval.ms", "45000"},
    {consumer, nullptr, "", "fetch.min.bytes", "1"},
    {consumer, nullptr, "", "fetch.wait.max.ms", "500"},
    {consumer, "fetch.max.wait.ms", "10", "fetch.wait.max.ms", "10"},
    {consumer, "fetch.max.wait.ms", "60000", "socket.timeout.ms", "61000"},
    {consumer, nullptr, "", "fetch.max.bytes", "52428800"},
    {consumer, "fetch.max.bytes", "5000", "message.max.bytes", "5000"},
    {consumer, "fetch.max.bytes", "200000000", "receive.message.max.bytes", "200000512"},
    {consumer, nullptr, "", "max.partition.fetch.bytes", "1048576"},
    {consumer, nullptr, "", "auto.offset.reset", "latest"},
    {consumer, "auto.offset.reset", "earliest", "auto.offset.reset", "earliest"},
    {consumer, "auto.offset.reset", "none", "auto.offset.reset", "error"},
    {consumer, nullptr, "", "isolation.level", "read_uncommitted"},
    {consumer, "isolation.level", "read_committed", "isolation.level", "read_committed"},
    {consumer, nullptr, "", "enable.auto.commit", "false"},
    {consumer, "enable.auto.commit", "true", "enable.auto.commit", "false"},
    {consumer, nullptr, "", "enable.auto.offset.store", "false"},
    {consumer, nullptr, "", "check.crcs", "true"},
    {consumer, "check.crcs", "false", "check.crcs", "false"},
    {consumer, nullptr, "", "partition.assignment.strategy", "range"},
    {consumer, "partition.assignment.strategy",
     "class org.apache.kafka.clients.consumer.RangeAssignor, "
     "org.apache.kafka.clients.consumer.CooperativeStickyAssignor",
     "partition.assignment.strategy", "range"},
    {consumer, "partition.assignment.strategy",
     "org.apache.kafka.clients.consumer.CooperativeStickyAssignor", "partition.assignment.strategy",
     "cooperative-sticky"},
    {consumer, "partition.assignment.strategy",
     "org.apache.kafka.clients.consumer.RangeAssignor,"
     "org.apache.kafka.clients.consumer.RoundRobinAssignor",
     "partition.assignment.strategy", "range,roundrobin"},
    {consumer, "rdkafka.queued.min.messages", "77", "queued.min.messages", "77"},
    {consumer, "rdkafka.debug", "cgrp", "debug", "cgrp"},

    {admin, "security.protocol", "ssl", "security.protocol", "SSL"},
};

TEST(ClientProperties, EveryRowOfTheTableIsTranslated) {
  for (const Row& row : rows) {
    Properties java = with({});
    if (row.java != nullptr) java.set(row.java, row.value);
    const auto translated = translate(java, row.kind);
    const auto* found = translated.rdkafka.find(row.rdkafka);
    const std::string what =
        fmt::format("{} = {} -> {}", row.java == nullptr ? "" : row.java, row.value, row.rdkafka);
    ASSERT_NE(found, nullptr) << what;
    EXPECT_EQ(*found, row.expected) << what;
  }
}

TEST(ClientProperties, LibrdkafkaTakesEveryTranslation) {
  for (const Row& row : rows) {
    Properties java = with({});
    if (row.java != nullptr) java.set(row.java, row.value);
    EXPECT_NO_THROW(make_conf(translate(java, row.kind).rdkafka)) << row.rdkafka;
  }
}

TEST(ClientProperties, AConsumersQueueIsSmallWhereLibrdkafkaWakesUpInTime) {
  const auto rdkafka = translate(with({}), consumer).rdkafka;
  if (librdkafka_knows("fetch.queue.backoff.ms")) {
    EXPECT_EQ(rdkafka.get("queued.min.messages"), "20000");
    EXPECT_EQ(rdkafka.get("queued.max.messages.kbytes"), "16384");
    EXPECT_EQ(rdkafka.get("fetch.queue.backoff.ms"), "5");
  } else {
    EXPECT_EQ(rdkafka.get("queued.min.messages"), "1000000");
    EXPECT_THAT(translate(with({}), consumer).warnings,
                testing::Contains(HasSubstr("stops fetching for up to a second")));
  }
}

TEST(ClientProperties, JavaOnlyPropertiesAreDroppedWithANote) {
  for (const char* name :
       {"metrics.num.samples", "max.poll.records", "auto.include.jmx.reporter",
        "exclude.internal.topics", "ssl.protocol", "ssl.cipher.suites", "default.api.timeout.ms"}) {
    const auto translated = translate(with({{name, "x"}}), consumer);
    EXPECT_FALSE(translated.rdkafka.contains(name)) << name;
    EXPECT_THAT(translated.notes, testing::Contains(HasSubstr(name)));
    EXPECT_THAT(translated.warnings, Not(testing::Contains(HasSubstr(name))));
  }
  for (const char* name : {"max.block.ms", "partitioner.adaptive.partitioning.enable"}) {
    EXPECT_THAT(translate(with({{name, "x"}}), producer).notes, testing::Contains(HasSubstr(name)));
  }
}

TEST(ClientProperties, ClassesThatWouldChangeRecordsOrConnectionsAreRefused) {
  const std::string package = "org.apache.kafka.common.";
  const std::string strings = package + "serialization.StringDeserializer";
  const std::tuple<ClientKind, const char*, std::string> cases[] = {
      {consumer, "interceptor.classes", "com.example.Mine"},
      {producer, "interceptor.classes", "com.example.Mine"},
      {consumer, "key.deserializer", strings},
      {consumer, "value.deserializer", "ByteArrayDeserializer"},
      {producer, "key.serializer", "no.such.Class"},
      {producer, "value.serializer", package + "serialization.StringSerializer"},
      {admin, "ssl.engine.factory.class", "com.example.Mine"},
      {consumer, "sasl.client.callback.handler.class", "com.example.Mine"},
      {producer, "sasl.login.class", package + "com.example.Mine"},
      {consumer, "sasl.oauthbearer.jwt.retriever.class", "com.example.Mine"},
  };
  for (const auto& [kind, name, value] : cases) {
    EXPECT_THAT(failure(with({{name, value}}), kind),
                StartsWith("Invalid value " + value + " for configuration " + name +
                           ": a Java class cannot be loaded. Hint: remove it"));
  }
}

TEST(ClientProperties, ClassesWhoseWorkIsDoneHereAreTaken) {
  const std::string package = "org.apache.kafka.common.";
  for (const auto& [name, value] :
       {std::pair("key.deserializer", package + "serialization.ByteArrayDeserializer"),
        std::pair("interceptor.classes", std::string()),
        std::pair("key.serializer", std::string("x of the other client")),
        std::pair("sasl.login.class", package + "security.kerberos.KerberosLogin"),
        std::pair("ssl.engine.factory.class", package + "security.ssl.DefaultSslEngineFactory")}) {
    EXPECT_FALSE(translate(with({{name, value}}), consumer).rdkafka.contains(name));
  }
  const auto reported = translate(
      with({{"metric.reporters", package + "metrics.JmxReporter,com.example.Mine"}}), consumer);
  EXPECT_THAT(reported.warnings,
              testing::Contains("metric.reporters = com.example.Mine has no effect: a Java class "
                                "cannot be loaded"));
  EXPECT_THAT(reported.warnings, Not(testing::Contains(HasSubstr("JmxReporter"))));
  // They report to Confluent's Control Center, and stand in many a worker's file.
  const std::string watcher =
      "io.confluent.monitoring.clients.interceptor.MonitoringConsumerInterceptor";
  EXPECT_THAT(translate(with({{"interceptor.classes", watcher}}), consumer).warnings,
              testing::Contains(HasSubstr(watcher + " has no effect")));
  EXPECT_THAT(failure(with({{"interceptor.classes", watcher + ",com.example.Mine"}})),
              HasSubstr("Invalid value com.example.Mine"));
  EXPECT_THAT(translate(with({{"metric.reporters", "com.example.Mine"}}), admin).warnings,
              IsEmpty());
}

TEST(ClientProperties, UnknownPropertiesGiveAWarningAndNeverFail) {
  const auto translated = translate(with({{"fetch.mim.bytes", "5"}}), consumer);
  EXPECT_FALSE(translated.rdkafka.contains("fetch.mim.bytes"));
  EXPECT_THAT(translated.warnings, testing::Contains(HasSubstr("fetch.mim.bytes")));
  // A worker hands its admin client everything.
  const auto of_admin = translate(with({{"rest.port", "8083"}}), admin);
  EXPECT_THAT(of_admin.warnings, IsEmpty());
}

TEST(ClientProperties, NumbersMayHaveASignAndBlanks) {
  const auto translated = translate(with({{"session.timeout.ms", " +7000 "}}), consumer);
  EXPECT_EQ(translated.rdkafka.get("session.timeout.ms"), "7000");
  EXPECT_THAT(failure(with({{"session.timeout.ms", "+"}})), HasSubstr("Not a number"));
}

TEST(ClientProperties, ValuesThatJavaWouldRefuseAreRefused) {
  EXPECT_THAT(failure(with({{"session.timeout.ms", "abc"}})),
              HasSubstr("Invalid value abc for configuration session.timeout.ms: Not a number"));
  EXPECT_THAT(failure(with({{"check.crcs", "yes"}})), HasSubstr("either true or false"));
  EXPECT_THAT(failure(with({{"auto.offset.reset", "by_duration:P1D"}})),
              HasSubstr("must be one of latest, earliest, none"));
  EXPECT_THAT(failure({{"group.id", "g"}}), HasSubstr("bootstrap.servers"));
  EXPECT_THAT(failure({{"bootstrap.servers", "b"}}), HasSubstr("group.id"));
  EXPECT_THAT(failure(with({{"acks", "2"}}), producer), HasSubstr("acks"));
  EXPECT_THAT(failure(with({{"acks", "1"}, {"enable.idempotence", "true"}}), producer),
              HasSubstr("contradicts"));
  EXPECT_THAT(failure(with({{"partitioner.class", "com.example.Mine"}}), producer),
              HasSubstr("com.example.Mine"));
  EXPECT_THAT(failure(with({{"partition.assignment.strategy",
                             "org.apache.kafka.clients.consumer.StickyAssignor"}})),
              HasSubstr("none of them is supported"));
  EXPECT_THAT(failure(with({{"security.protocol", "TLS"}})), HasSubstr("security.protocol"));
}

TEST(ClientProperties, OwnPropertiesThatRunCodeAreRefused) {
  EXPECT_THAT(failure(with({{"rdkafka.plugin.library.paths", "/tmp/x"}})),
              HasSubstr("not allowed"));
  EXPECT_THAT(failure(with({{"rdkafka.sasl.kerberos.kinit.cmd", "x"}})), HasSubstr("not allowed"));
  EXPECT_THAT(failure(with({{"rdkafka.no.such", "1"}})),
              HasSubstr("rdkafka.no.such is not a property of librdkafka"));
}

// ---- Security ----

constexpr const char* plain_jaas =
    "org.apache.kafka.common.security.plain.PlainLoginModule required username=\"u\" "
    "password=\"p4ss\";";
constexpr const char* scram_jaas =
    "org.apache.kafka.common.security.scram.ScramLoginModule required username=\"u\" "
    "password=\"p4ss\";";

TEST(SecurityProperties, PlainAndScramLoginsAreTaken) {
  for (const auto& [jaas, mechanism] :
       {std::pair(plain_jaas, "PLAIN"), std::pair(scram_jaas, "SCRAM-SHA-256"),
        std::pair(scram_jaas, "SCRAM-SHA-512")}) {
    const auto rdkafka = translate(with({{"security.protocol", "SASL_PLAINTEXT"},
                                         {"sasl.mechanism", mechanism},
                                         {"sasl.jaas.config", jaas}}),
                                   consumer)
                             .rdkafka;
    EXPECT_EQ(rdkafka.get("security.protocol"), "SASL_PLAINTEXT");
    EXPECT_EQ(rdkafka.get("sasl.mechanism"), mechanism);
    EXPECT_EQ(rdkafka.get("sasl.username"), "u");
    EXPECT_EQ(rdkafka.get("sasl.password"), "p4ss");
    EXPECT_NO_THROW(make_conf(rdkafka));
  }
}

TEST(SecurityProperties, LoginsThatCannotWorkAreNamedWithoutTheirSecrets) {
  const auto sasl = [](const char* mechanism, const std::string& jaas) {
    return failure(with({{"security.protocol", "SASL_SSL"},
                         {"sasl.mechanism", mechanism},
                         {"sasl.jaas.config", jaas}}));
  };
  EXPECT_THAT(sasl("PLAIN", scram_jaas),
              AllOf(HasSubstr("set sasl.mechanism to SCRAM"), Not(HasSubstr("p4ss"))));
  EXPECT_THAT(sasl("PLAIN", "com.example.LoginModule required;"),
              HasSubstr("com.example.LoginModule, which is not supported"));
  EXPECT_THAT(sasl("PLAIN", "org.apache.kafka.common.security.plain.PlainLoginModule required;"),
              HasSubstr("no option username"));
  EXPECT_THAT(sasl("SCRAM-SHA-256",
                   "org.apache.kafka.common.security.scram.ScramLoginModule required "
                   "tokenauth=\"true\" username=a password=b;"),
              HasSubstr("delegation tokens"));
  EXPECT_THAT(sasl("DIGEST", plain_jaas), HasSubstr("sasl.mechanism"));
  EXPECT_THAT(failure(with({{"security.protocol", "SASL_SSL"}, {"sasl.mechanism", "PLAIN"}})),
              HasSubstr("sasl.jaas.config is not set"));
}

constexpr const char* oauth_module =
    "org.apache.kafka.common.security.oauthbearer.OAuthBearerLoginModule required ";
constexpr const char* oidc_handler =
    "org.apache.kafka.common.security.oauthbearer.secured.OAuthBearerLoginCallbackHandler";

Properties oauth(const std::string& options, Properties more = {}) {
  Properties properties = with({{"security.protocol", "SASL_SSL"},
                                {"sasl.mechanism", "OAUTHBEARER"},
                                {"sasl.jaas.config", oauth_module + options + ";"}});
  properties.merge(more);
  return properties;
}

TEST(SecurityProperties, TokensOfAProviderAreAskedForWithClientCredentials) {
  const auto translated =
      translate(oauth("clientId=\"c\" clientSecret=\"p4ss\" scope=\"s\" extension_lkc=\"a\" "
                      "extension_pool=\"b\"",
                      {{"sasl.oauthbearer.token.endpoint.url", "https://idp/token"},
                       {"sasl.oauthbearer.sub.claim.name", "user"},
                       {"sasl.login.connect.timeout.ms", "300"},
                       {"sasl.login.read.timeout.ms", "500"},
                       {"sasl.login.retry.backoff.ms", "7"},
                       {"sasl.login.retry.backoff.max.ms", "70"},
                       {"sasl.login.callback.handler.class", oidc_handler}}),
                consumer);
  ASSERT_TRUE(translated.oauth);
  const OAuthSettings& settings = *translated.oauth;
  EXPECT_EQ(settings.request.url, "https://idp/token");
  EXPECT_EQ(settings.request.client_id, "c");
  EXPECT_EQ(settings.request.client_secret.reveal(), "p4ss");
  EXPECT_EQ(settings.request.scope, "s");
  EXPECT_EQ(settings.request.subject_claim, "user");
  EXPECT_EQ(settings.request.http.connect_timeout.count(), 300);
  EXPECT_EQ(settings.request.http.timeout.count(), 800);
  EXPECT_EQ(settings.retry_backoff.count(), 7);
  EXPECT_EQ(settings.retry_backoff_max.count(), 70);
  EXPECT_THAT(settings.extensions, testing::ElementsAre("lkc", "a", "pool", "b"));
  for (const auto& [name, value] : translated.rdkafka.entries()) EXPECT_NE(value, "p4ss") << name;
  EXPECT_NO_THROW(make_conf(translated.rdkafka));
}

TEST(SecurityProperties, UnsecuredTokensAreMadeFromTheClaimsOfTheJaasText) {
  const auto rdkafka =
      translate(oauth("unsecuredLoginStringClaim_sub=\"alice\" "
                      "unsecuredLoginListClaim_scope=\"|a|b\" unsecuredLoginLifetimeSeconds=\"60\" "
                      "unsecuredLoginExtension_trace=\"7\""),
                consumer)
          .rdkafka;
  EXPECT_EQ(rdkafka.get("enable.sasl.oauthbearer.unsecure.jwt"), "true");
  EXPECT_EQ(rdkafka.get("sasl.oauthbearer.config"),
            "principalClaimName=sub principal=alice scopeClaimName=scope scope=a,b lifeSeconds=60 "
            "extension_trace=7");
  EXPECT_NO_THROW(make_conf(rdkafka));
}

TEST(SecurityProperties, OAuthThatCannotWorkIsNamed) {
  EXPECT_THAT(failure(oauth("")), HasSubstr("unsecuredLoginStringClaim_sub"));
  EXPECT_THAT(failure(oauth("", {{"sasl.login.callback.handler.class", "com.example.Handler"}})),
              AllOf(HasSubstr("com.example.Handler"), HasSubstr("cannot be loaded")));
  EXPECT_THAT(failure(oauth("", {{"sasl.login.callback.handler.class", oidc_handler}})),
              HasSubstr("sasl.oauthbearer.token.endpoint.url"));
  EXPECT_THAT(failure(oauth("clientId=c", {{"sasl.oauthbearer.token.endpoint.url", "http://x"}})),
              HasSubstr("clientSecret"));
}

Properties kerberos(const std::string& options, Properties more = {}) {
  Properties properties =
      with({{"security.protocol", "SASL_PLAINTEXT"},
            {"sasl.jaas.config",
             "com.sun.security.auth.module.Krb5LoginModule required " + options + ";"}});
  properties.merge(more);
  return properties;
}

// Whether the machine has the plug-in decides which of both holds.
TEST(SecurityProperties, KerberosNeedsATicketsOriginAndTheSaslPlugin) {
  EXPECT_THAT(failure(kerberos("")), AllOf(HasSubstr("keyTab"), HasSubstr("useTicketCache")));
  EXPECT_THAT(failure(kerberos("serviceName=a", {{"sasl.kerberos.service.name", "b"}})),
              HasSubstr("Conflicting serviceName"));
  EXPECT_THAT(failure(kerberos("useKeyTab=true keyTab=\"/etc/k.keytab\"")),
              HasSubstr("principal=\"NAME@REALM\""));
  const auto java = kerberos(
      "useKeyTab=true keyTab=\"/etc/k.keytab\" principal=\"me@REALM\" serviceName=\"kafka\"");
  const std::string reason = failure(java);
  if (reason != "(no error)") {
    EXPECT_THAT(reason, HasSubstr("libsasl2-modules-gssapi-mit"));
    return;
  }
  const auto rdkafka = translate(java, consumer).rdkafka;
  EXPECT_EQ(rdkafka.get("sasl.mechanism"), "GSSAPI");
  EXPECT_EQ(rdkafka.get("sasl.kerberos.keytab"), "/etc/k.keytab");
  EXPECT_EQ(rdkafka.get("sasl.kerberos.principal"), "me@REALM");
  EXPECT_EQ(rdkafka.get("sasl.kerberos.service.name"), "kafka");
}

// librdkafka hands both to a shell.
TEST(SecurityProperties, KerberosNamesRunNoCommands) {
  for (const char* name : {"sasl.kerberos.principal", "sasl.kerberos.keytab"}) {
    EXPECT_THAT(failure(with({{std::string("rdkafka.") + name, "a; touch /tmp/x"}})),
                AllOf(HasSubstr(name), HasSubstr("';'")));
    EXPECT_THAT(failure(with({{std::string("rdkafka.") + name, "$(id)"}})), HasSubstr("'$'"));
    EXPECT_EQ(failure(with({{std::string("rdkafka.") + name, "/a/b-c_d.e@F"}})), "(no error)");
  }
}

const std::string stores = KC_VECTORS_DIR "/connect/keystores/";

TEST(SecurityProperties, StoresOfEveryKindGoToLibrdkafkaAsPem) {
  for (const auto& [trust, key, key_password] :
       {std::tuple("t.jks", "c.jks", "keypass1"), std::tuple("t.p12", "k.p12", "changeit"),
        std::tuple("tl.p12", "kl.p12", "changeit"), std::tuple("t.jks", "default.jks", ""),
        std::tuple("t.jks", "encrypted.pem", "keypass1")}) {
    const auto rdkafka = translate(with({{"security.protocol", "SSL"},
                                         {"ssl.truststore.location", stores + trust},
                                         {"ssl.truststore.password", "changeit"},
                                         {"ssl.keystore.location", stores + key},
                                         {"ssl.keystore.password", "changeit"},
                                         {"ssl.key.password", key_password}}),
                                   consumer)
                             .rdkafka;
    EXPECT_THAT(rdkafka.get("ssl.ca.pem"), HasSubstr("BEGIN CERTIFICATE"));
    EXPECT_THAT(rdkafka.get("ssl.certificate.pem"), HasSubstr("BEGIN CERTIFICATE"));
    EXPECT_THAT(rdkafka.get("ssl.key.pem"), HasSubstr("BEGIN PRIVATE KEY"));
    EXPECT_EQ(rdkafka.get("ssl.endpoint.identification.algorithm"), "https");
    EXPECT_FALSE(rdkafka.contains("ssl.key.password"));
    EXPECT_NO_THROW(make_conf(rdkafka));
  }
}

TEST(SecurityProperties, TheHostsNameIsCheckedUnlessTheAlgorithmIsEmpty) {
  const auto algorithm = [](const char* value) {
    return translate(with({{"security.protocol", "SASL_SSL"},
                           {"sasl.mechanism", "PLAIN"},
                           {"sasl.jaas.config", plain_jaas},
                           {"ssl.endpoint.identification.algorithm", value}}),
                     admin)
        .rdkafka.get("ssl.endpoint.identification.algorithm");
  };
  EXPECT_EQ(algorithm(""), "none");
  EXPECT_EQ(algorithm("HTTPS"), "https");
  EXPECT_THAT(failure(with({{"security.protocol", "SSL"},
                            {"ssl.endpoint.identification.algorithm", "ldaps"}})),
              HasSubstr("must be https, or empty"));
}

TEST(SecurityProperties, StoresAreNotReadWithoutTls) {
  EXPECT_EQ(failure(with({{"ssl.truststore.location", "/does/not/exist"}})), "(no error)");
  EXPECT_THAT(
      failure(with({{"security.protocol", "SSL"}, {"ssl.truststore.location", "/does/not/exist"}})),
      AllOf(HasSubstr("ssl.truststore.location"), HasSubstr("cannot be read")));
}

class JaasFile : public testing::Test {
 protected:
  JaasFile() {
    std::string pattern = testing::TempDir() + "kc_jaas_XXXXXX";
    folder_ = mkdtemp(pattern.data());
  }
  ~JaasFile() override {
    unsetenv("KAFKA_OPTS");
    std::filesystem::remove_all(folder_);
  }

  void name_file(const std::string& content) {
    std::ofstream(folder_ / "jaas.conf") << content;
    setenv("KAFKA_OPTS",
           ("-Xmx1g -Djava.security.auth.login.config=" + (folder_ / "jaas.conf").string()).c_str(),
           1);
  }
  static Properties sasl() {
    return with({{"security.protocol", "SASL_SSL"}, {"sasl.mechanism", "PLAIN"}});
  }

 private:
  std::filesystem::path folder_;
};

TEST_F(JaasFile, ServesWhereNoJaasTextIsGiven) {
  name_file(std::string("KafkaClient {\n  ") + plain_jaas + "\n};\n");
  EXPECT_EQ(translate(sasl(), consumer).rdkafka.get("sasl.password"), "p4ss");
  auto own = sasl();
  own.set("sasl.jaas.config",
          "org.apache.kafka.common.security.plain.PlainLoginModule required username=u "
          "password=own;");
  EXPECT_EQ(translate(own, consumer).rdkafka.get("sasl.password"), "own");
}

TEST_F(JaasFile, WithoutAnEntryForClientsIsNamed) {
  name_file(std::string("KafkaServer {\n  ") + plain_jaas + "\n};\n");
  EXPECT_THAT(failure(sasl()), AllOf(HasSubstr("'KafkaClient' entry"), HasSubstr("jaas.conf")));
  setenv("KAFKA_OPTS", "-Djava.security.auth.login.config=/does/not/exist", 1);
  EXPECT_THAT(failure(sasl()), HasSubstr("/does/not/exist"));
}

TEST(ConsumerProperties, GroupProtocolOfKip848LeavesSessionsToTheBrokers) {
  if (librdkafka_version().starts_with("2.0.")) GTEST_SKIP() << "librdkafka does not know it";
  const auto rdkafka = translate({{"bootstrap.servers", "h:1"},
                                  {"group.id", "g"},
                                  {"group.protocol", "consumer"},
                                  {"group.remote.assignor", "uniform"},
                                  {"session.timeout.ms", "2000"}},
                                 ClientKind::consumer)
                           .rdkafka;
  EXPECT_EQ(rdkafka.get("group.protocol"), "consumer");
  EXPECT_EQ(rdkafka.get("group.remote.assignor"), "uniform");
  for (const char* name :
       {"session.timeout.ms", "heartbeat.interval.ms", "partition.assignment.strategy"}) {
    EXPECT_FALSE(rdkafka.contains(name)) << name;
  }
}

}  // namespace
}  // namespace kc::kafka
