// One holder per OpenSSL handle of this folder. Only its sources include it.
#pragma once

#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/pkcs12.h>
#include <openssl/provider.h>
#include <openssl/x509.h>

#include <memory>

namespace kc::security {

template <auto release>
struct Release {
  template <typename T>
  void operator()(T* handle) const noexcept {
    release(handle);
  }
};

using BioHandle = std::unique_ptr<BIO, Release<BIO_free_all>>;
using KeyHandle = std::unique_ptr<EVP_PKEY, Release<EVP_PKEY_free>>;
using CertificateHandle = std::unique_ptr<X509, Release<X509_free>>;
using DigestHandle = std::unique_ptr<EVP_MD_CTX, Release<EVP_MD_CTX_free>>;
using CipherHandle = std::unique_ptr<EVP_CIPHER_CTX, Release<EVP_CIPHER_CTX_free>>;
using PlainKeyHandle = std::unique_ptr<PKCS8_PRIV_KEY_INFO, Release<PKCS8_PRIV_KEY_INFO_free>>;
using EncryptedKeyHandle = std::unique_ptr<X509_SIG, Release<X509_SIG_free>>;
using PbeParameterHandle = std::unique_ptr<PBEPARAM, Release<PBEPARAM_free>>;
using Pkcs12Handle = std::unique_ptr<PKCS12, Release<PKCS12_free>>;
using LibraryHandle = std::unique_ptr<OSSL_LIB_CTX, Release<OSSL_LIB_CTX_free>>;
using ProviderHandle = std::unique_ptr<OSSL_PROVIDER, Release<OSSL_PROVIDER_unload>>;

}  // namespace kc::security
