// The offsets of a source by its files; those of sinks are tested on a real Kafka (tests/system).
#include "main/stopped_connector.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>

#include "base/base64.h"
#include "base/error.h"
#include "http/server.h"
#include "http/test_certificate.h"

namespace kc::main {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using worker::PartitionOffset;

std::string failure(const std::function<void()>& call) {
  try {
    call();
  } catch (const base::Error& error) {
    EXPECT_EQ(error.reaction(), base::Reaction::fix_config);
    return error.what();
  }
  ADD_FAILURE() << "nothing was thrown";
  return {};
}

class StoppedConnectorTest : public testing::Test {
 protected:
  StoppedConnectorTest() {
    std::filesystem::create_directories(folder_);
    write("source.properties",
          "name=s\nconnector.class=KineticaSource\nkinetica.url=http://127.0.0.1:1\n"
          "kinetica.table_names=T,U\n");
    write_worker("http://127.0.0.1:0");
  }
  ~StoppedConnectorTest() override { std::filesystem::remove_all(folder_); }

  std::string path(const std::string& name) const { return (folder_ / name).string(); }
  void write(const std::string& name, const std::string& text) const {
    std::ofstream(path(name)) << text;
  }
  void write_worker(const std::string& listener, const std::string& more = "") const {
    write("worker.properties",
          "bootstrap.servers=127.0.0.1:1\n"
          "key.converter=org.apache.kafka.connect.storage.StringConverter\n"
          "value.converter=org.apache.kafka.connect.json.JsonConverter\n"
          "listeners=" +
              listener + "\noffset.storage.file.filename=" + path("connect.offsets") + "\n" + more);
  }
  StoppedConnector open(const std::string& connector = "source.properties") const {
    return {path("worker.properties"), path(connector)};
  }

  const std::filesystem::path folder_ =
      std::filesystem::path(testing::TempDir()) / ("offsets-" + std::to_string(::getpid()));
  const std::vector<PartitionOffset> two_{{R"({"table":"T"})", R"({"record":41})"},
                                          {R"({"table":"U"})", R"({"record":7})"}};
};

TEST_F(StoppedConnectorTest, WhatIsExportedIsImported) {
  worker::OffsetStore(path("connect.offsets"))
      .put("other", {{R"({"table":"T"})", "{\"record\":1}"}});
  open().alter(two_);
  const std::string text = offsets_text(open().list());
  EXPECT_EQ(text,
            "{\"offsets\":[\n"
            "{\"partition\":{\"table\":\"T\"},\"offset\":{\"record\":41}},\n"
            "{\"partition\":{\"table\":\"U\"},\"offset\":{\"record\":7}}\n"
            "]}\n");
  open().reset();
  EXPECT_THAT(open().list(), IsEmpty());
  open().alter(read_offsets(text));
  EXPECT_EQ(open().list(), two_);
  EXPECT_EQ(worker::OffsetStore(path("connect.offsets")).get("other", R"({"table":"T"})"),
            "{\"record\":1}")
      << "another connector's";
}

TEST_F(StoppedConnectorTest, AnOffsetOfNullIsForgotten) {
  open().alter(two_);
  open().alter(read_offsets(R"({"offsets":[{"partition":{"table":"T"},"offset":null}]})"));
  EXPECT_THAT(open().list(), ElementsAre(two_[1]));
}

TEST_F(StoppedConnectorTest, NothingIsChangedWhileTheWorkerRuns) {
  std::string connectors = R"(["s"])";
  int status = 200;
  const http::Server rest({}, [&](const http::ServerRequest& request) {
    http::ServerResponse response;
    response.status = request.path == "/connectors" ? status : 404;
    response.body = connectors;
    return response;
  });
  open().alter(two_);
  write_worker(rest.url());
  EXPECT_EQ(open().running_at(), rest.url());
  EXPECT_THAT(failure([&] { open().reset(); }),
              HasSubstr("PUT " + rest.url() + "/connectors/s/stop"));
  EXPECT_THAT(failure([&] { open().alter(two_); }), HasSubstr("Nothing was changed"));
  EXPECT_EQ(open().list(), two_) << "reading is harmless";

  status = 401;  // somebody's, who does not tell
  EXPECT_EQ(open().running_at(), rest.url());
  status = 200;
  connectors = R"(["another"])";
  EXPECT_EQ(open().running_at(), std::nullopt);
  open().reset();
  EXPECT_THAT(open().list(), IsEmpty());
}

// Answers as a worker of this connector whose API asks for this header.
http::Server serve(const http::ServerOptions& options, const std::string& authorization) {
  return {options, [authorization](const http::ServerRequest& request) {
            http::ServerResponse response;
            const std::string* const given = request.header("Authorization");
            if (!authorization.empty() && (given == nullptr || *given != authorization)) {
              response.status = 401;
            } else {
              response.body = R"(["another"])";
            }
            return response;
          }};
}

TEST_F(StoppedConnectorTest, AWorkerIsAskedOverHttpsAsItsFileSays) {
  const http::TestAuthority authority;
  authority.issue("server");
  // A PEM key store: key and certificate in one file.
  const std::string store = path("server.pem");
  std::ofstream(store) << std::ifstream(authority.key_file("server")).rdbuf()
                       << std::ifstream(authority.certificate_file("server")).rdbuf();
  http::ServerOptions options;
  options.tls = {authority.certificate_file("server"), authority.key_file("server"), ""};
  const std::string keystore = "listeners.https.ssl.keystore.location=" + store + "\n";
  {
    const http::Server rest = serve(options, "");
    write_worker(rest.url(), keystore);
    EXPECT_EQ(open().running_at(), std::nullopt) << "it says that it does not have the connector";
    // One whose certificate is not the file's may be anybody.
    authority.issue("stranger");
    std::ofstream(store) << std::ifstream(authority.key_file("stranger")).rdbuf()
                         << std::ifstream(authority.certificate_file("stranger")).rdbuf();
    EXPECT_EQ(open().running_at(), rest.url());
  }
  {
    // Clients show a certificate: the worker's own is one of that authority.
    options.tls.client_ca_file = authority.file();
    const http::Server rest = serve(options, "");
    std::ofstream(store) << std::ifstream(authority.key_file("server")).rdbuf()
                         << std::ifstream(authority.certificate_file("server")).rdbuf();
    write_worker(rest.url(), keystore);
    EXPECT_EQ(open().running_at(), rest.url()) << "nobody who shows none is answered";
    write_worker(rest.url(), keystore +
                                 "listeners.https.ssl.client.auth=required\n"
                                 "listeners.https.ssl.truststore.location=" +
                                 authority.file() + "\n");
    EXPECT_EQ(open().running_at(), std::nullopt);
  }
  write_worker("https://127.0.0.1:1", keystore);
  EXPECT_EQ(open().running_at(), std::nullopt) << "nobody listens";
}

TEST_F(StoppedConnectorTest, AWorkerIsAskedWithAUserOfItsOwn) {
  const http::Server rest = serve({}, "Basic " + base::base64_encode("alice:wonder"));
  write_worker(rest.url(),
               "rest.extension.classes=org.apache.kafka.connect.rest.basic.auth."
               "extension.BasicAuthSecurityRestExtension\n");
  EXPECT_EQ(open().running_at(), rest.url()) << "no credentials are known";
  write("users", "alice=wonder\nbob=builder\n");
  write("jaas.conf",
        "KafkaConnect { org.apache.kafka.connect.rest.basic.auth.extension."
        "PropertyFileLoginModule required file=\"" +
            path("users") + "\"; };");
  ::setenv("KAFKA_OPTS", ("-Djava.security.auth.login.config=" + path("jaas.conf")).c_str(), 1);
  EXPECT_EQ(open().running_at(), std::nullopt);
  ::unsetenv("KAFKA_OPTS");
}

TEST_F(StoppedConnectorTest, FaultsOfTheFilesAreNamed) {
  write("nameless.properties", "connector.class=KineticaSource\n");
  EXPECT_THAT(failure([&] { open("nameless.properties"); }), HasSubstr("has no name"));
  write("foreign.properties", "name=f\nconnector.class=FileStreamSource\n");
  EXPECT_THAT(failure([&] { open("foreign.properties"); }),
              HasSubstr("connector.class = FileStreamSource"));
  write("connect.offsets", "garbage");
  EXPECT_THAT(failure([&] { open(); }), HasSubstr("connect.offsets"));
  write("worker.properties", "rest.port=no\n");
  const std::string faults = failure([&] { open(); });
  EXPECT_THAT(faults, HasSubstr("offset.storage.file.filename"));
  EXPECT_THAT(faults, HasSubstr("rest.port = no"));
}

TEST(ReadOffsets, SaysWhereTheTextIsNotOfTheForm) {
  const auto fault = [](const char* text) { return failure([&] { read_offsets(text); }); };
  EXPECT_THAT(fault("[]"), HasSubstr("no JSON object with a list \"offsets\""));
  EXPECT_THAT(fault("{\"offsets\":["), HasSubstr("no JSON object"));
  EXPECT_THAT(fault(R"({"offsets":[{"partition":{},"offset":{}},{"offset":{}}]})"),
              HasSubstr("Entry 2 of \"offsets\" has no object \"partition\""));
  EXPECT_THAT(fault(R"({"offsets":[{"partition":{},"offset":3}]})"), HasSubstr("Entry 1"));
  EXPECT_THAT(fault(R"({"offsets":[{"partition":{}}]})"), HasSubstr("has no \"offset\""));
}

}  // namespace
}  // namespace kc::main
