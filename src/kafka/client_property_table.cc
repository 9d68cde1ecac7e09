#include "kafka/client_property_table.h"

#include <algorithm>
#include <cstdint>

namespace kc::kafka {
namespace {

using config::Importance;
using Type = config::PropertyType;

constexpr uint8_t bit_of(ClientKind kind) {
  return static_cast<uint8_t>(1U << static_cast<unsigned>(kind));
}
constexpr uint8_t consumer = bit_of(ClientKind::consumer);
constexpr uint8_t producer = bit_of(ClientKind::producer);
constexpr uint8_t admin = bit_of(ClientKind::admin);
constexpr uint8_t every = consumer | producer | admin;

constexpr const char* none = nullptr;
constexpr const char* required = "(required)";

struct Row {
  std::string_view name;
  uint8_t clients;  // that have it so
  Type type;
  Importance importance;
  const char* default_value;
};

// In the order of the names.
constexpr Row table[] = {
    {"acks", producer, Type::string, Importance::low, "all"},
    {"allow.auto.create.topics", consumer, Type::boolean, Importance::medium, "true"},
    {"auto.commit.interval.ms", consumer, Type::int32, Importance::low, "5000"},
    {"auto.offset.reset", consumer, Type::string, Importance::medium, "latest"},
    {"batch.size", producer, Type::int32, Importance::medium, "16384"},
    {"bootstrap.controllers", admin, Type::list, Importance::high, ""},
    {"bootstrap.servers", consumer | producer, Type::list, Importance::high, required},
    {"bootstrap.servers", admin, Type::list, Importance::high, ""},
    {"buffer.memory", producer, Type::int64, Importance::high, "33554432"},
    {"check.crcs", consumer, Type::boolean, Importance::low, "true"},
    {"client.dns.lookup", every, Type::string, Importance::medium, "use_all_dns_ips"},
    {"client.id", consumer, Type::string, Importance::low, ""},
    {"client.id", producer | admin, Type::string, Importance::medium, ""},
    {"client.rack", consumer, Type::string, Importance::low, ""},
    {"compression.gzip.level", producer, Type::int32, Importance::medium, "-1"},
    {"compression.lz4.level", producer, Type::int32, Importance::medium, "9"},
    {"compression.type", producer, Type::string, Importance::high, "none"},
    {"compression.zstd.level", producer, Type::int32, Importance::medium, "3"},
    {"config.providers", every, Type::list, Importance::low, ""},
    {"connections.max.idle.ms", consumer | producer, Type::int64, Importance::medium, "540000"},
    {"connections.max.idle.ms", admin, Type::int64, Importance::medium, "300000"},
    {"default.api.timeout.ms", consumer | admin, Type::int32, Importance::medium, "60000"},
    {"delivery.timeout.ms", producer, Type::int32, Importance::medium, "120000"},
    {"enable.auto.commit", consumer, Type::boolean, Importance::medium, "true"},
    {"enable.idempotence", producer, Type::boolean, Importance::low, "true"},
    {"enable.metrics.push", consumer | producer, Type::boolean, Importance::low, "true"},
    {"enable.metrics.push", admin, Type::boolean, Importance::low, "false"},
    {"exclude.internal.topics", consumer, Type::boolean, Importance::medium, "true"},
    {"fetch.max.bytes", consumer, Type::int32, Importance::medium, "52428800"},
    {"fetch.max.wait.ms", consumer, Type::int32, Importance::low, "500"},
    {"fetch.min.bytes", consumer, Type::int32, Importance::high, "1"},
    {"group.id", consumer, Type::string, Importance::high, none},
    {"group.instance.id", consumer, Type::string, Importance::medium, none},
    {"group.protocol", consumer, Type::string, Importance::high, "classic"},
    {"group.remote.assignor", consumer, Type::string, Importance::medium, none},
    {"heartbeat.interval.ms", consumer, Type::int32, Importance::high, "3000"},
    {"interceptor.classes", consumer | producer, Type::list, Importance::low, ""},
    {"isolation.level", consumer, Type::string, Importance::medium, "read_uncommitted"},
    {"key.deserializer", consumer, Type::class_name, Importance::high, required},
    {"key.serializer", producer, Type::class_name, Importance::high, required},
    {"linger.ms", producer, Type::int64, Importance::medium, "5"},
    {"max.block.ms", producer, Type::int64, Importance::medium, "60000"},
    {"max.in.flight.requests.per.connection", producer, Type::int32, Importance::low, "5"},
    {"max.partition.fetch.bytes", consumer, Type::int32, Importance::high, "1048576"},
    {"max.poll.interval.ms", consumer, Type::int32, Importance::medium, "300000"},
    {"max.poll.records", consumer, Type::int32, Importance::medium, "500"},
    {"max.request.size", producer, Type::int32, Importance::medium, "1048576"},
    {"metadata.max.age.ms", every, Type::int64, Importance::low, "300000"},
    {"metadata.max.idle.ms", producer, Type::int64, Importance::low, "300000"},
    {"metadata.recovery.rebootstrap.trigger.ms", every, Type::int64, Importance::low, "300000"},
    {"metadata.recovery.strategy", every, Type::string, Importance::low, "rebootstrap"},
    {"metric.reporters", every, Type::list, Importance::low,
     "org.apache.kafka.common.metrics.JmxReporter"},
    {"metrics.num.samples", every, Type::int32, Importance::low, "2"},
    {"metrics.recording.level", every, Type::string, Importance::low, "INFO"},
    {"metrics.sample.window.ms", every, Type::int64, Importance::low, "30000"},
    {"partition.assignment.strategy", consumer, Type::list, Importance::medium,
     "class org.apache.kafka.clients.consumer.RangeAssignor,class "
     "org.apache.kafka.clients.consumer.CooperativeStickyAssignor"},
    {"partitioner.adaptive.partitioning.enable", producer, Type::boolean, Importance::low, "true"},
    {"partitioner.availability.timeout.ms", producer, Type::int64, Importance::low, "0"},
    {"partitioner.class", producer, Type::class_name, Importance::medium, none},
    {"partitioner.ignore.keys", producer, Type::boolean, Importance::medium, "false"},
    {"receive.buffer.bytes", consumer | admin, Type::int32, Importance::medium, "65536"},
    {"receive.buffer.bytes", producer, Type::int32, Importance::medium, "32768"},
    {"reconnect.backoff.max.ms", every, Type::int64, Importance::low, "1000"},
    {"reconnect.backoff.ms", every, Type::int64, Importance::low, "50"},
    {"request.timeout.ms", every, Type::int32, Importance::medium, "30000"},
    {"retries", producer, Type::int32, Importance::high, "2147483647"},
    {"retries", admin, Type::int32, Importance::low, "2147483647"},
    {"retry.backoff.max.ms", every, Type::int64, Importance::low, "1000"},
    {"retry.backoff.ms", every, Type::int64, Importance::low, "100"},
    {"sasl.client.callback.handler.class", every, Type::class_name, Importance::medium, none},
    {"sasl.jaas.config", every, Type::password, Importance::medium, none},
    {"sasl.kerberos.kinit.cmd", every, Type::string, Importance::low, "/usr/bin/kinit"},
    {"sasl.kerberos.min.time.before.relogin", every, Type::int64, Importance::low, "60000"},
    {"sasl.kerberos.service.name", every, Type::string, Importance::medium, none},
    {"sasl.kerberos.ticket.renew.jitter", every, Type::float64, Importance::low, "0.05"},
    {"sasl.kerberos.ticket.renew.window.factor", every, Type::float64, Importance::low, "0.8"},
    {"sasl.login.callback.handler.class", every, Type::class_name, Importance::medium, none},
    {"sasl.login.class", every, Type::class_name, Importance::medium, none},
    {"sasl.login.connect.timeout.ms", every, Type::int32, Importance::low, none},
    {"sasl.login.read.timeout.ms", every, Type::int32, Importance::low, none},
    {"sasl.login.refresh.buffer.seconds", every, Type::int16, Importance::low, "300"},
    {"sasl.login.refresh.min.period.seconds", every, Type::int16, Importance::low, "60"},
    {"sasl.login.refresh.window.factor", every, Type::float64, Importance::low, "0.8"},
    {"sasl.login.refresh.window.jitter", every, Type::float64, Importance::low, "0.05"},
    {"sasl.login.retry.backoff.max.ms", every, Type::int64, Importance::low, "10000"},
    {"sasl.login.retry.backoff.ms", every, Type::int64, Importance::low, "100"},
    {"sasl.mechanism", every, Type::string, Importance::medium, "GSSAPI"},
    {"sasl.oauthbearer.assertion.algorithm", every, Type::string, Importance::medium, "RS256"},
    {"sasl.oauthbearer.assertion.claim.aud", every, Type::string, Importance::medium, none},
    {"sasl.oauthbearer.assertion.claim.exp.seconds", every, Type::int32, Importance::low, "300"},
    {"sasl.oauthbearer.assertion.claim.iss", every, Type::string, Importance::medium, none},
    {"sasl.oauthbearer.assertion.claim.jti.include", every, Type::boolean, Importance::medium,
     "false"},
    {"sasl.oauthbearer.assertion.claim.nbf.seconds", every, Type::int32, Importance::low, "60"},
    {"sasl.oauthbearer.assertion.claim.sub", every, Type::string, Importance::medium, none},
    {"sasl.oauthbearer.assertion.file", every, Type::string, Importance::medium, none},
    {"sasl.oauthbearer.assertion.private.key.file", every, Type::string, Importance::medium, none},
    {"sasl.oauthbearer.assertion.private.key.passphrase", every, Type::password, Importance::medium,
     none},
    {"sasl.oauthbearer.assertion.template.file", every, Type::string, Importance::medium, none},
    {"sasl.oauthbearer.client.credentials.client.id", every, Type::string, Importance::medium,
     none},
    {"sasl.oauthbearer.client.credentials.client.secret", every, Type::password, Importance::medium,
     none},
    {"sasl.oauthbearer.clock.skew.seconds", every, Type::int32, Importance::low, "30"},
    {"sasl.oauthbearer.expected.audience", every, Type::list, Importance::high, ""},
    {"sasl.oauthbearer.expected.issuer", every, Type::string, Importance::high, none},
    {"sasl.oauthbearer.header.urlencode", every, Type::boolean, Importance::low, "false"},
    {"sasl.oauthbearer.jwks.endpoint.refresh.ms", every, Type::int64, Importance::low, "3600000"},
    {"sasl.oauthbearer.jwks.endpoint.retry.backoff.max.ms", every, Type::int64, Importance::low,
     "10000"},
    {"sasl.oauthbearer.jwks.endpoint.retry.backoff.ms", every, Type::int64, Importance::low, "100"},
    {"sasl.oauthbearer.jwks.endpoint.url", every, Type::string, Importance::medium, none},
    {"sasl.oauthbearer.jwt.retriever.class", every, Type::class_name, Importance::medium,
     "org.apache.kafka.common.security.oauthbearer.DefaultJwtRetriever"},
    {"sasl.oauthbearer.jwt.validator.class", every, Type::class_name, Importance::medium,
     "org.apache.kafka.common.security.oauthbearer.DefaultJwtValidator"},
    {"sasl.oauthbearer.scope", every, Type::string, Importance::medium, none},
    {"sasl.oauthbearer.scope.claim.name", every, Type::string, Importance::low, "scope"},
    {"sasl.oauthbearer.sub.claim.name", every, Type::string, Importance::low, "sub"},
    {"sasl.oauthbearer.token.endpoint.url", every, Type::string, Importance::medium, none},
    {"security.protocol", every, Type::string, Importance::medium, "PLAINTEXT"},
    {"security.providers", every, Type::string, Importance::low, none},
    {"send.buffer.bytes", every, Type::int32, Importance::medium, "131072"},
    {"session.timeout.ms", consumer, Type::int32, Importance::high, "45000"},
    {"share.acknowledgement.mode", consumer, Type::string, Importance::medium, "implicit"},
    {"share.acquire.mode", consumer, Type::string, Importance::medium, "BATCH_OPTIMIZED"},
    {"socket.connection.setup.timeout.max.ms", every, Type::int64, Importance::medium, "30000"},
    {"socket.connection.setup.timeout.ms", every, Type::int64, Importance::medium, "10000"},
    {"ssl.cipher.suites", every, Type::list, Importance::low, ""},
    {"ssl.enabled.protocols", every, Type::list, Importance::medium, "TLSv1.2,TLSv1.3"},
    {"ssl.endpoint.identification.algorithm", every, Type::string, Importance::low, "https"},
    {"ssl.engine.factory.class", every, Type::class_name, Importance::low, none},
    {"ssl.key.password", every, Type::password, Importance::high, none},
    {"ssl.keymanager.algorithm", every, Type::string, Importance::low, "SunX509"},
    {"ssl.keystore.certificate.chain", every, Type::password, Importance::high, none},
    {"ssl.keystore.key", every, Type::password, Importance::high, none},
    {"ssl.keystore.location", every, Type::string, Importance::high, none},
    {"ssl.keystore.password", every, Type::password, Importance::high, none},
    {"ssl.keystore.type", every, Type::string, Importance::medium, "JKS"},
    {"ssl.protocol", every, Type::string, Importance::medium, "TLSv1.3"},
    {"ssl.provider", every, Type::string, Importance::medium, none},
    {"ssl.secure.random.implementation", every, Type::string, Importance::low, none},
    {"ssl.trustmanager.algorithm", every, Type::string, Importance::low, "PKIX"},
    {"ssl.truststore.certificates", every, Type::password, Importance::high, none},
    {"ssl.truststore.location", every, Type::string, Importance::high, none},
    {"ssl.truststore.password", every, Type::password, Importance::high, none},
    {"ssl.truststore.type", every, Type::string, Importance::medium, "JKS"},
    {"transaction.timeout.ms", producer, Type::int32, Importance::low, "60000"},
    {"transaction.two.phase.commit.enable", producer, Type::boolean, Importance::low, "false"},
    {"transactional.id", producer, Type::string, Importance::low, none},
    {"value.deserializer", consumer, Type::class_name, Importance::high, required},
    {"value.serializer", producer, Type::class_name, Importance::high, required},
};
static_assert(std::ranges::is_sorted(table, {}, &Row::name));

}  // namespace

std::optional<ClientProperty> find_client_property(ClientKind kind, std::string_view name) {
  for (const Row& row : std::ranges::equal_range(table, name, {}, &Row::name)) {
    if ((row.clients & bit_of(kind)) == 0) continue;
    ClientProperty property{row.name, row.type, row.importance, row.default_value == required, {}};
    if (!property.required && row.default_value != none) property.default_value = row.default_value;
    return property;
  }
  return std::nullopt;
}

}  // namespace kc::kafka
