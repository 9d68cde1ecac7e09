// Certificates made for a test: an authority, and what it signs, in files of a temporary folder.
#pragma once

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <string>

namespace kc::http {

class TestAuthority {
 public:
  TestAuthority() : key_(EVP_EC_gen("P-256")), certificate_(X509_new()) {
    char name[] = "/tmp/kc_certificates_XXXXXX";
    folder_ = ::mkdtemp(name);
    fill(certificate_, key_, "test authority", certificate_, "CA:TRUE", nullptr);
    write_certificate(certificate_, file());
  }
  ~TestAuthority() {
    X509_free(certificate_);
    EVP_PKEY_free(key_);
    std::filesystem::remove_all(folder_);
  }
  TestAuthority(const TestAuthority&) = delete;
  TestAuthority& operator=(const TestAuthority&) = delete;

  std::string file() const { return folder_ + "/authority.pem"; }
  // Writes NAME.pem (for 127.0.0.1 and localhost) and NAME.key.
  void issue(const std::string& name) const {
    EVP_PKEY* const key = EVP_EC_gen("P-256");
    X509* const certificate = X509_new();
    fill(certificate, key, name, certificate_, "CA:FALSE", "IP:127.0.0.1,DNS:localhost");
    write_certificate(certificate, certificate_file(name));
    std::FILE* const out = std::fopen(key_file(name).c_str(), "w");
    PEM_write_PrivateKey(out, key, nullptr, nullptr, 0, nullptr, nullptr);
    std::fclose(out);
    X509_free(certificate);
    EVP_PKEY_free(key);
  }
  std::string certificate_file(const std::string& name) const {
    return folder_ + "/" + name + ".pem";
  }
  std::string key_file(const std::string& name) const { return folder_ + "/" + name + ".key"; }

 private:
  void fill(X509* certificate, EVP_PKEY* key, const std::string& name, X509* issuer,
            const char* constraints, const char* hosts) const {
    X509_set_version(certificate, 2);
    ASN1_INTEGER_set(X509_get_serialNumber(certificate), ++serial_);
    X509_gmtime_adj(X509_getm_notBefore(certificate), -3600);
    X509_gmtime_adj(X509_getm_notAfter(certificate), 3600);
    X509_set_pubkey(certificate, key);
    X509_NAME_add_entry_by_txt(X509_get_subject_name(certificate), "CN", MBSTRING_ASC,
                               reinterpret_cast<const unsigned char*>(name.c_str()), -1, -1, 0);
    X509_set_issuer_name(certificate, X509_get_subject_name(issuer));
    extend(certificate, issuer, NID_basic_constraints, constraints);
    extend(certificate, issuer, NID_subject_key_identifier, "hash");
    if (hosts != nullptr) extend(certificate, issuer, NID_subject_alt_name, hosts);
    X509_sign(certificate, key_, EVP_sha256());
  }
  static void extend(X509* certificate, X509* issuer, int nid, const char* value) {
    X509V3_CTX context;
    X509V3_set_ctx_nodb(&context);
    X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
    X509_EXTENSION* const extension = X509V3_EXT_conf_nid(nullptr, &context, nid, value);
    X509_add_ext(certificate, extension, -1);
    X509_EXTENSION_free(extension);
  }
  static void write_certificate(X509* certificate, const std::string& path) {
    std::FILE* const out = std::fopen(path.c_str(), "w");
    PEM_write_X509(out, certificate);
    std::fclose(out);
  }

  std::string folder_;
  mutable long serial_ = 0;
  EVP_PKEY* key_;
  X509* certificate_;
};

}  // namespace kc::http
