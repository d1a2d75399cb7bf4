#include "sigv4/signing_key.hpp"

#include <algorithm>
#include <cstring>

#include "sigv4/text.hpp"

namespace dynamutex::sigv4 {
namespace {

constexpr std::size_t name_size_max = 64;
constexpr std::size_t access_key_id_size_max = 128;  // IAM API reference, AccessKey

/// What may stand between the slashes of a credential scope and before the comma that ends it.
bool is_scope_name(std::string_view name, std::size_t size_max) noexcept {
  return !name.empty() && name.size() <= size_max && std::all_of(name.begin(), name.end(), [](char c) {
    return c > ' ' && c < 0x7f && c != '/' && c != ',';
  });
}

/// Wiped memory for bytes on their way into a key.
struct Digest {
  unsigned char bytes[32];
  ~Digest() { wipe(bytes, sizeof bytes); }
};

struct Block {
  unsigned char bytes[sha256_block_size] = {};
  ~Block() { wipe(bytes, sizeof bytes); }
};

SigningKey::State padded_state(const Block& key, unsigned char pad) noexcept {
  Block padded;
  for (std::size_t i = 0; i < sha256_block_size; ++i) padded.bytes[i] = static_cast<unsigned char>(key.bytes[i] ^ pad);
  Sha256 hash;
  hash.update(padded.bytes, sizeof padded.bytes);
  return hash.state();
}

/// The states of HMAC after the pads (RFC 2104, section 2) for a key of at most one block, padded with zeros.
SigningKey key_from_block(const Block& key) noexcept { return {padded_state(key, 0x36), padded_state(key, 0x5c)}; }

SigningKey key_from_digest(const Digest& digest) noexcept {
  Block key;
  std::memcpy(key.bytes, digest.bytes, sizeof digest.bytes);
  return key_from_block(key);
}

void hmac(const SigningKey& key, std::string_view message, Digest& digest) noexcept {
  Sha256 inner(key.inner());
  inner.update(message.data(), message.size());
  inner.finish(digest.bytes);
  Sha256 outer(key.outer());
  outer.update(digest.bytes, sizeof digest.bytes);
  outer.finish(digest.bytes);
}

SigningKey key_from_secret(std::string_view secret) noexcept {
  constexpr std::string_view prefix = "AWS4";
  Block key;
  if (prefix.size() + secret.size() > sizeof key.bytes) {
    // RFC 2104, section 2: a longer key is hashed first.
    Sha256 hash;
    hash.update(prefix.data(), prefix.size());
    hash.update(secret.data(), secret.size());
    Digest digest;
    hash.finish(digest.bytes);
    return key_from_digest(digest);
  }
  std::memcpy(key.bytes, prefix.data(), prefix.size());
  std::memcpy(key.bytes + prefix.size(), secret.data(), secret.size());
  return key_from_block(key);
}

}  // namespace

Result<void> check_scope(const Scope& scope) {
  if (!is_scope_name(scope.region, name_size_max)) {
    return invalid("the region is empty or malformed; give one such as us-east-1");
  }
  if (!is_scope_name(scope.service, name_size_max)) {
    return invalid("the service is empty or malformed; give its signing name, such as dynamodb");
  }
  return {};
}

Result<void> check_credentials(const Credentials& credentials, const Scope& scope) {
  if (!is_scope_name(credentials.access_key_id, access_key_id_size_max)) {
    return invalid("the access key id is empty or malformed; check the credentials");
  }
  if (credentials.secret_access_key.empty()) return invalid("the secret access key is empty; check the credentials");
  return check_scope(scope);
}

void append_string_to_sign(Writer& out, const Scope& scope, const HexDigest& canonical_request_hash) {
  out.put(algorithm);
  out.put('\n');
  out.put(scope.date.text());
  out.put('\n');
  out.put(scope.date.day());
  out.put('/');
  out.put(scope.region);
  out.put('/');
  out.put(scope.service);
  out.put(scope_end);
  out.put('\n');
  out.put(canonical_request_hash.view());
}

HexDigest finish_hmac(const SigningKey& key, Sha256& inner) noexcept {
  unsigned char digest[32];
  inner.finish(digest);
  Sha256 outer(key.outer());
  outer.update(digest, sizeof digest);
  outer.finish(digest);
  return to_hex(digest);
}

HexDigest sha256_hex(std::string_view data) noexcept {
  Sha256 hash;
  hash.update(data.data(), data.size());
  unsigned char digest[32];
  hash.finish(digest);
  return to_hex(digest);
}

Result<std::string> string_to_sign(const Scope& scope, std::string_view canonical_request) {
  if (auto checked = check_scope(scope); !checked) return std::move(checked).error();
  std::string text;
  Writer out(text);
  append_string_to_sign(out, scope, sha256_hex(canonical_request));
  out.flush();
  return text;
}

Result<SigningKey> signing_key(const Secret& secret_access_key, const Scope& scope) {
  if (secret_access_key.empty()) return invalid("the secret access key is empty; check the credentials");
  if (auto checked = check_scope(scope); !checked) return std::move(checked).error();
  Digest digest;
  hmac(key_from_secret(secret_access_key.reveal()), scope.date.day(), digest);
  hmac(key_from_digest(digest), scope.region, digest);
  hmac(key_from_digest(digest), scope.service, digest);
  hmac(key_from_digest(digest), "aws4_request", digest);
  return key_from_digest(digest);
}

HexDigest signature(const SigningKey& key, std::string_view string_to_sign) noexcept {
  Sha256 inner(key.inner());
  inner.update(string_to_sign.data(), string_to_sign.size());
  return finish_hmac(key, inner);
}

}  // namespace dynamutex::sigv4
