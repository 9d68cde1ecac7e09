// The server over TLS, as a client that checks certificates sees it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <httplib.h>

#include <fstream>
#include <sstream>

#include "base/error.h"
#include "http/server.h"
#include "http/test_certificate.h"
#include "http/test_socket.h"

namespace kc::http {
namespace {

using testing::HasSubstr;

class TlsTest : public testing::Test {
 protected:
  TlsTest() { authority_.issue("server"); }
  ServerOptions options() const {
    ServerOptions options;
    options.tls = {authority_.certificate_file("server"), authority_.key_file("server"), ""};
    return options;
  }
  static ServerResponse echo(const ServerRequest& request) {
    return {200, "text/plain", request.body, {}};
  }
  // With the certificate of that name, or none.
  std::unique_ptr<httplib::SSLClient> client(const Server& server,
                                             const std::string& name = "") const {
    auto client = std::make_unique<httplib::SSLClient>(
        "127.0.0.1", server.port(), name.empty() ? "" : authority_.certificate_file(name),
        name.empty() ? "" : authority_.key_file(name));
    client->set_ca_cert_path(authority_.file());
    client->enable_server_certificate_verification(true);
    client->set_keep_alive(true);
    return client;
  }

  TestAuthority authority_;
};

TEST_F(TlsTest, BodiesOfAnySizeGoBothWaysOnOneConnection) {
  const Server server(options(), echo);
  EXPECT_THAT(server.url(), testing::StartsWith("https://127.0.0.1:"));
  auto https = client(server);
  for (const size_t size : {size_t{0}, size_t{1}, size_t{20'000}, size_t{20} << 20}) {
    const std::string body(size, 'x');
    const auto answer = https->Post("/", body, "text/plain");
    ASSERT_TRUE(answer) << httplib::to_string(answer.error());
    EXPECT_EQ(answer->body.size(), size);
  }
}

TEST_F(TlsTest, ClientNeedsACertificateWhereOneIsAskedFor) {
  auto mutual = options();
  mutual.tls.client_ca_file = authority_.file();
  const Server server(mutual, echo);
  EXPECT_FALSE(client(server)->Get("/"));
  authority_.issue("client");
  EXPECT_EQ(client(server, "client")->Get("/")->status, 200);
  const TestAuthority stranger;
  stranger.issue("client");
  httplib::SSLClient other("127.0.0.1", server.port(), stranger.certificate_file("client"),
                           stranger.key_file("client"));
  other.enable_server_certificate_verification(false);
  EXPECT_FALSE(other.Get("/"));
}

TEST_F(TlsTest, CertificatesInMemoryServeAsFilesDo) {
  const auto text = [](const std::string& file) {
    std::stringstream content;
    content << std::ifstream(file).rdbuf();
    return content.str();
  };
  ServerOptions in_memory;
  // A chain: the own one and what signed it.
  in_memory.tls.chain = text(authority_.certificate_file("server")) + text(authority_.file());
  in_memory.tls.key = text(authority_.key_file("server"));
  authority_.issue("client");
  {
    const Server server(in_memory, echo);
    EXPECT_EQ(client(server)->Get("/")->status, 200);
  }
  in_memory.tls.client_ca = text(authority_.file());
  in_memory.tls.client_certificate = ClientCertificate::requested;
  const TestAuthority stranger;
  stranger.issue("client");
  {
    const Server server(in_memory, echo);
    EXPECT_EQ(client(server)->Get("/")->status, 200);
    EXPECT_EQ(client(server, "client")->Get("/")->status, 200);
    httplib::SSLClient other("127.0.0.1", server.port(), stranger.certificate_file("client"),
                             stranger.key_file("client"));
    other.enable_server_certificate_verification(false);
    EXPECT_FALSE(other.Get("/"));
  }
  in_memory.tls.client_certificate = ClientCertificate::required;
  const Server server(in_memory, echo);
  EXPECT_FALSE(client(server)->Get("/"));
  EXPECT_EQ(client(server, "client")->Get("/")->status, 200);
  in_memory.tls.key = "no PEM";
  EXPECT_THROW(Server(in_memory, echo), base::Error);
  ServerOptions missing;
  missing.tls.certificate_file = "/no/such/file.pem";
  try {
    const Server none(missing, echo);
    FAIL();
  } catch (const base::Error& e) {
    EXPECT_THAT(e.what(), testing::HasSubstr("No such file or directory"));
  }
}

TEST_F(TlsTest, WhatIsNotTlsIsCutOff) {
  const Server server(options(), echo);
  TestSocket socket(server.port());
  socket.send("GET / HTTP/1.1\r\n\r\n");
  EXPECT_THAT(socket.read_to_end(), testing::Not(HasSubstr("200")));
  EXPECT_EQ(client(server)->Get("/")->status, 200);
}

TEST_F(TlsTest, UnusableFilesAreNamed) {
  auto broken = options();
  broken.tls.key_file = authority_.file();
  try {
    const Server server(broken, echo);
    FAIL();
  } catch (const base::Error& e) {
    EXPECT_EQ(e.reaction(), base::Reaction::fix_config);
    EXPECT_THAT(e.what(), HasSubstr(authority_.file()));
  }
  broken = options();
  broken.tls.certificate_file = "/does/not/exist.pem";
  EXPECT_THROW(Server(broken, echo), base::Error);
  broken = options();
  broken.tls.client_ca_file = authority_.key_file("server");
  EXPECT_THROW(Server(broken, echo), base::Error);
}

}  // namespace
}  // namespace kc::http
