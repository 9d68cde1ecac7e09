#include "security/key_store.h"

#include <gmock/gmock.h>
#include <openssl/err.h>
#include <openssl/pem.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <vector>

#include "base/error.h"
#include "security/openssl_handles.h"

namespace kc::security {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;
using testing::SizeIs;

const std::string folder = KC_VECTORS_DIR "/connect/keystores/";

StoreFile trust(const std::string& file, const std::string& password = "changeit") {
  return {"ssl.truststore.location", folder + file, config::Secret(password), {}};
}

StoreFile store(const std::string& file, const std::string& key_password = "",
                const std::string& password = "changeit") {
  return {"ssl.keystore.location", folder + file, config::Secret(password),
          config::Secret(key_password)};
}

BioHandle reading(const std::string& text) {
  return BioHandle(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
}

// The subjects of the certificates, in order.
std::vector<std::string> subjects(const std::string& pem) {
  std::vector<std::string> names;
  const BioHandle input = reading(pem);
  while (const CertificateHandle one{PEM_read_bio_X509(input.get(), nullptr, nullptr, nullptr)}) {
    std::array<char, 256> name{};
    X509_NAME_get_text_by_NID(X509_get_subject_name(one.get()), NID_commonName, name.data(),
                              name.size());
    names.emplace_back(name.data());
  }
  ERR_clear_error();
  return names;
}

// Whether OpenSSL takes both as a pair, without a password.
bool is_pair(const Identity& identity) {
  const CertificateHandle certificate(
      PEM_read_bio_X509(reading(identity.chain).get(), nullptr, nullptr, nullptr));
  const KeyHandle key(
      PEM_read_bio_PrivateKey(reading(identity.key.reveal()).get(), nullptr, nullptr, nullptr));
  return certificate && key && X509_check_private_key(certificate.get(), key.get()) == 1;
}

template <typename F>
std::string failure(F read) {
  try {
    read();
  } catch (const base::Error& error) {
    EXPECT_EQ(error.reaction(), base::Reaction::fix_config);
    EXPECT_EQ(ERR_peek_error(), 0u) << "OpenSSL's queue is left to the next caller";
    return error.what();
  }
  return "(no error)";
}

std::string bytes_of(const std::string& file) {
  std::stringstream bytes;
  bytes << std::ifstream(folder + file, std::ios::binary).rdbuf();
  return bytes.str();
}

TEST(KeyStore, TrustStoresOfEveryKindGiveTheSameCertificate) {
  const std::string expected = read_trusted(trust("t.jks"));
  EXPECT_THAT(subjects(expected), SizeIs(1));
  for (const char* file : {"t.p12", "tl.p12"}) {
    EXPECT_EQ(read_trusted(trust(file)), expected) << file;
  }
  EXPECT_THAT(subjects(read_trusted(trust("t.jceks"))), SizeIs(1));
}

TEST(KeyStore, KeyStoresOfEveryKindGiveAKeyAndItsCertificates) {
  for (const auto& [file, key_password] :
       {std::pair("c.jks", "keypass1"), std::pair("c.jceks", "keypass1"),
        std::pair("default.jks", ""), std::pair("k.p12", ""), std::pair("k.p12", "changeit"),
        std::pair("kl.p12", ""), std::pair("chain.p12", ""), std::pair("encrypted.pem", "keypass1"),
        std::pair("traditional.pem", "keypass1")}) {
    const Identity identity = read_identity(store(file, key_password));
    EXPECT_TRUE(is_pair(identity)) << file;
    EXPECT_THAT(identity.key.reveal(),
                AllOf(HasSubstr("BEGIN PRIVATE KEY"), Not(HasSubstr("ENC"))));
  }
}

TEST(KeyStore, ChainsBeginWithTheOwnCertificate) {
  EXPECT_THAT(subjects(read_identity(store("chain.p12")).chain),
              ElementsAre("leaf", "intermediate", "root"));
  const auto chain = subjects(read_identity(store("encrypted.pem", "keypass1")).chain);
  EXPECT_THAT(chain, SizeIs(3));
  EXPECT_EQ(chain.front(), "leaf");
}

TEST(KeyStore, CertificatesWithoutJavasMarkAreTrustedWhereNoKeyStands) {
  EXPECT_THAT(subjects(read_trusted(trust("openssl-trust.p12"))),
              testing::UnorderedElementsAre("root", "intermediate"));
  // With a key it is the key's own, as in Java.
  EXPECT_THAT(subjects(read_trusted(trust("chain.p12"))), ElementsAre("leaf"));
  EXPECT_THAT(subjects(read_trusted(trust("c.jks"))), SizeIs(1));
}

TEST(KeyStore, AStoreMayHaveNoPassword) {
  EXPECT_THAT(subjects(read_trusted(trust("t.jks", ""))), SizeIs(1));
  EXPECT_THAT(subjects(read_trusted(trust("open.p12", ""))), ElementsAre("root"));
  EXPECT_THAT(failure([] { read_trusted(trust("t.p12", "")); }),
              AllOf(HasSubstr("the password is missing"), HasSubstr("ssl.truststore.password")));
}

TEST(KeyStore, AWrongPasswordIsNamedAndNotShown) {
  for (const char* file : {"t.jks", "t.jceks", "t.p12", "tl.p12"}) {
    EXPECT_THAT(
        failure([&] { read_trusted(trust(file, "s3cret")); }),
        AllOf(HasSubstr("ssl.truststore.location"), HasSubstr(file), HasSubstr("password is wrong"),
              HasSubstr("ssl.truststore.password"), Not(HasSubstr("s3cret"))));
  }
  for (const char* file : {"c.jks", "c.jceks", "encrypted.pem", "traditional.pem"}) {
    for (const char* password : {"s3cret", ""}) {
      EXPECT_THAT(failure([&] { read_identity(store(file, password)); }),
                  AllOf(HasSubstr("private key cannot be decrypted"), HasSubstr("ssl.key.password"),
                        Not(HasSubstr("s3cret"))))
          << file;
    }
  }
}

class DamagedStores : public testing::Test {
 protected:
  DamagedStores() {
    std::string pattern = testing::TempDir() + "kc_stores_XXXXXX";
    folder_ = mkdtemp(pattern.data());
  }
  ~DamagedStores() override { std::filesystem::remove_all(folder_); }

  StoreFile file(const std::string& content) const {
    const auto path = folder_ / "store";
    std::ofstream(path, std::ios::binary) << content;
    return {"ssl.keystore.location", path, {}, config::Secret("keypass1")};
  }

 private:
  std::filesystem::path folder_;
};

TEST_F(DamagedStores, EveryTruncationIsRefusedByName) {
  for (const char* name : {"c.jks", "c.jceks", "k.p12", "kl.p12", "encrypted.pem"}) {
    const std::string whole = bytes_of(name);
    for (size_t size = 0; size < whole.size(); size += 1 + whole.size() / 97) {
      StoreFile store = file(whole.substr(0, size));
      EXPECT_THAT(failure([&] { read_identity(store); }), HasSubstr("ssl.keystore.location"))
          << name << " " << size;
    }
  }
}

TEST_F(DamagedStores, WhatIsNoStoreIsRefused) {
  EXPECT_THAT(failure([&] { read_trusted(file("garbage")); }),
              HasSubstr("neither a JKS nor a JCEKS nor a PKCS12 nor a PEM file"));
  EXPECT_THAT(failure([&] { read_trusted(file("")); }), HasSubstr("empty or cannot be read"));
  EXPECT_THAT(failure([&] { read_trusted(file("\x30\x82")); }), HasSubstr("PKCS12"));
  EXPECT_THAT(failure([&] { read_trusted(trust("missing.jks")); }), HasSubstr("cannot be read"));
  EXPECT_THAT(failure([&] { read_trusted(file(bytes_of("t.jks") + "more")); }),
              HasSubstr("damaged"));
  EXPECT_THAT(failure([&] { read_identity(trust("t.jks")); }), HasSubstr("no private key"));
}

TEST(KeyStore, PemTextMayStandOnOneLine) {
  std::string text = bytes_of("encrypted.pem");
  std::replace(text.begin(), text.end(), '\n', ' ');
  EXPECT_TRUE(is_pair(parse_identity(text, "ssl.keystore.key", config::Secret("keypass1"))));
  EXPECT_THAT(subjects(parse_trusted(text, "ssl.truststore.certificates")), SizeIs(3));
  EXPECT_THAT(failure([&] { parse_identity(text, "ssl.keystore.key", config::Secret("s3cret")); }),
              AllOf(HasSubstr("configuration ssl.keystore.key"), HasSubstr("ssl.key.password"),
                    Not(HasSubstr("s3cret")), Not(HasSubstr("BEGIN"))));
  EXPECT_THAT(failure([] { parse_trusted("s3cret", "ssl.truststore.certificates"); }),
              AllOf(HasSubstr("no certificate to trust"), Not(HasSubstr("s3cret"))));
}

}  // namespace
}  // namespace kc::security
