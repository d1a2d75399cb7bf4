#include "http/certificates.hpp"

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <stdlib.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <memory>

namespace dynamutex::testing {
namespace {

using Key = std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)>;
using Certificate = std::unique_ptr<X509, decltype(&X509_free)>;

void require(bool condition) {
  if (!condition) std::abort();
}

Key make_key() {
  Key key(EVP_EC_gen("P-256"), &EVP_PKEY_free);
  require(key != nullptr);
  return key;
}

void add_extension(X509* certificate, X509* issuer, int nid, const char* value) {
  X509V3_CTX context;
  X509V3_set_ctx_nodb(&context);
  X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
  X509_EXTENSION* const extension = X509V3_EXT_conf_nid(nullptr, &context, nid, value);
  require(extension != nullptr && X509_add_ext(certificate, extension, -1) == 1);
  X509_EXTENSION_free(extension);
}

/// Signed by itself where there is no issuer.
Certificate make_certificate(const std::string& name, EVP_PKEY* key, X509* issuer, EVP_PKEY* issuer_key,
                             const char* alternative_names) {
  Certificate certificate(X509_new(), &X509_free);
  X509* const x = certificate.get();
  static long serial = 1;
  X509_set_version(x, 2);
  ASN1_INTEGER_set(X509_get_serialNumber(x), serial++);
  X509_gmtime_adj(X509_getm_notBefore(x), -3600);
  X509_gmtime_adj(X509_getm_notAfter(x), 24L * 3600);
  X509_set_pubkey(x, key);
  X509_NAME_add_entry_by_txt(X509_get_subject_name(x), "CN", MBSTRING_ASC, reinterpret_cast<const unsigned char*>(name.c_str()),
                             -1, -1, 0);
  X509_set_issuer_name(x, X509_get_subject_name(issuer != nullptr ? issuer : x));
  add_extension(x, issuer != nullptr ? issuer : x, NID_basic_constraints, issuer != nullptr ? "CA:FALSE" : "critical,CA:TRUE");
  if (alternative_names != nullptr) add_extension(x, issuer, NID_subject_alt_name, alternative_names);
  require(X509_sign(x, issuer_key, EVP_sha256()) != 0);
  return certificate;
}

template <class Write>
std::string write_pem(const std::string& path, Write write) {
  std::FILE* const file = std::fopen(path.c_str(), "we");
  require(file != nullptr && write(file) == 1);
  std::fclose(file);
  return path;
}

}  // namespace

Certificates::Certificates() {
  std::string pattern = (std::filesystem::temp_directory_path() / "dynamutex-tls-XXXXXX").string();
  require(::mkdtemp(pattern.data()) != nullptr);
  folder_ = pattern;

  const auto save = [this](const std::string& name, X509* certificate) {
    return write_pem(folder_ + '/' + name + ".pem", [&](std::FILE* file) { return PEM_write_X509(file, certificate); });
  };
  const Key ca_key = make_key();
  const Certificate authority = make_certificate("test CA", ca_key.get(), nullptr, ca_key.get(), nullptr);
  ca = save("ca", authority.get());
  const Key foreign_key = make_key();
  foreign_ca = save("foreign-ca", make_certificate("foreign CA", foreign_key.get(), nullptr, foreign_key.get(), nullptr).get());

  const auto make_pair = [&](const std::string& name, const char* alternative_names) {
    const Key key = make_key();
    const Certificate leaf = make_certificate(name, key.get(), authority.get(), ca_key.get(), alternative_names);
    Pair pair;
    pair.certificate = save(name, leaf.get());
    pair.key = write_pem(folder_ + '/' + name + "-key.pem", [&](std::FILE* file) {
      return PEM_write_PrivateKey(file, key.get(), nullptr, nullptr, 0, nullptr, nullptr);
    });
    return pair;
  };
  localhost = make_pair("localhost", "DNS:localhost,IP:127.0.0.1");
  elsewhere = make_pair("elsewhere.example", "DNS:elsewhere.example");
  client = make_pair("appliance", nullptr);
}

Certificates::~Certificates() {
  std::error_code ignored;
  std::filesystem::remove_all(folder_, ignored);
}

}  // namespace dynamutex::testing
