#include "kafka/client_property_table.h"

#include <gtest/gtest.h>

namespace kc::kafka {
namespace {

using config::Importance;
using config::PropertyType;

TEST(ClientPropertyTable, AClientHasItsOwnProperties) {
  EXPECT_TRUE(find_client_property(ClientKind::consumer, "max.poll.records"));
  EXPECT_FALSE(find_client_property(ClientKind::producer, "max.poll.records"));
  EXPECT_FALSE(find_client_property(ClientKind::admin, "max.poll.records"));
  EXPECT_TRUE(find_client_property(ClientKind::producer, "acks"));
  EXPECT_TRUE(find_client_property(ClientKind::producer, "value.serializer"));
  for (const ClientKind kind : {ClientKind::consumer, ClientKind::producer, ClientKind::admin}) {
    EXPECT_TRUE(find_client_property(kind, "ssl.truststore.type"));
    EXPECT_FALSE(find_client_property(kind, "no.such.property"));
    EXPECT_FALSE(find_client_property(kind, ""));
    EXPECT_FALSE(find_client_property(kind, "zzz"));
  }
}

TEST(ClientPropertyTable, ClientsDifferInImportanceAndDefault) {
  EXPECT_EQ(find_client_property(ClientKind::consumer, "client.id")->importance, Importance::low);
  EXPECT_EQ(find_client_property(ClientKind::producer, "client.id")->importance,
            Importance::medium);
  EXPECT_EQ(find_client_property(ClientKind::producer, "receive.buffer.bytes")->default_value,
            "32768");
  EXPECT_EQ(find_client_property(ClientKind::admin, "receive.buffer.bytes")->default_value,
            "65536");
  EXPECT_TRUE(find_client_property(ClientKind::consumer, "bootstrap.servers")->required);
  EXPECT_FALSE(find_client_property(ClientKind::admin, "bootstrap.servers")->required);
}

TEST(ClientPropertyTable, ADefaultMayBeNullOrEmpty) {
  EXPECT_EQ(find_client_property(ClientKind::consumer, "group.id")->default_value, std::nullopt);
  EXPECT_EQ(find_client_property(ClientKind::consumer, "client.rack")->default_value, "");
  EXPECT_EQ(find_client_property(ClientKind::consumer, "key.deserializer")->default_value,
            std::nullopt);
}

TEST(ClientPropertyTable, ADefaultIsOfItsType) {
  const auto jitter = find_client_property(ClientKind::admin, "sasl.kerberos.ticket.renew.jitter");
  EXPECT_EQ(jitter->type, PropertyType::float64);
  EXPECT_TRUE(config::is_of_type(jitter->type, *jitter->default_value));
  EXPECT_EQ(find_client_property(ClientKind::admin, "sasl.jaas.config")->type,
            PropertyType::password);
}

}  // namespace
}  // namespace kc::kafka
