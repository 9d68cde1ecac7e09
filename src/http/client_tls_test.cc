// The client over TLS: whom it trusts, and what it shows.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "base/error.h"
#include "http/client.h"
#include "http/server.h"
#include "http/test_certificate.h"

namespace kc::http {
namespace {

using base::Error;
using base::Reaction;
using testing::HasSubstr;

class ClientTls : public testing::Test {
 protected:
  ClientTls() { authority_.issue("server"); }
  std::unique_ptr<Server> serve(const std::string& client_ca = "") const {
    ServerOptions options;
    options.host = "";  // any address, also those that the certificate does not name
    options.tls = {authority_.certificate_file("server"), authority_.key_file("server"), client_ca};
    return std::make_unique<Server>(options, [](const ServerRequest&) {
      return ServerResponse{200, "text/plain", "ok", {}};
    });
  }
  static std::string text(const std::string& file) {
    std::stringstream text;
    text << std::ifstream(file).rdbuf();
    return text.str();
  }
  TlsOptions trusting() const { return {.trusted = text(authority_.file())}; }
  static int get(const Server& server, const TlsOptions& tls, const char* host = "127.0.0.1") {
    ClientOptions options;
    options.tls = tls;
    return Client(options)
        .get("https://" + std::string(host) + ":" + std::to_string(server.port()))
        .status;
  }
  static Error failure(const Server& server, const TlsOptions& tls,
                       const char* host = "127.0.0.1") {
    try {
      get(server, tls, host);
    } catch (const Error& error) {
      return error;
    }
    return Error(Reaction::skip_record, "nothing was thrown");
  }

  TestAuthority authority_;
};

TEST_F(ClientTls, AServerIsTrustedByItsAuthorityOnly) {
  const auto server = serve();
  EXPECT_EQ(get(*server, trusting()), 200);
  // The system's authorities do not know it.
  const Error error = failure(*server, {});
  EXPECT_EQ(error.reaction(), Reaction::fix_config);
  EXPECT_THAT(error.what(), HasSubstr("certificate"));
  EXPECT_FALSE(error.in_doubt());
  EXPECT_EQ(get(*server, {.verify_certificate = false}), 200);
}

TEST_F(ClientTls, ACertificateIsForItsHostsOnly) {
  const auto server = serve();
  EXPECT_EQ(failure(*server, trusting(), "127.0.0.2").reaction(), Reaction::fix_config);
  TlsOptions any_host = trusting();
  any_host.verify_host = false;
  EXPECT_EQ(get(*server, any_host, "127.0.0.2"), 200);
}

TEST_F(ClientTls, ItsOwnCertificateIsShownToAServerThatAsks) {
  const auto server = serve(authority_.file());
  EXPECT_EQ(failure(*server, trusting()).reaction(), Reaction::retry);
  authority_.issue("client");
  TlsOptions tls = trusting();
  tls.chain = text(authority_.certificate_file("client"));
  tls.key = text(authority_.key_file("client"));
  EXPECT_EQ(get(*server, tls), 200);
}

TEST_F(ClientTls, WhatIsNoCertificateIsAMatterOfTheConfiguration) {
  const auto server = serve();
  EXPECT_EQ(failure(*server, {.trusted = "no PEM"}).reaction(), Reaction::fix_config);
  TlsOptions tls = trusting();
  tls.chain = tls.key = "no PEM";
  EXPECT_EQ(failure(*server, tls).reaction(), Reaction::fix_config);
}

}  // namespace
}  // namespace kc::http
