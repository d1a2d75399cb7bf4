#include "sigv4/signing_key.hpp"

#include <algorithm>
#include <cstring>

#include "sigv4/cursor.hpp"
#include "sigv4/sha256.hpp"
#include "sigv4/text.hpp"

namespace dynamutex::sigv4 {
namespace {

constexpr std::size_t access_key_id_size_max = 128;  // IAM API reference, AccessKey

/// What may stand between the slashes of a credential scope and before the comma that ends it.
bool is_scope_name(std::string_view name, std::size_t size_max) noexcept {
  return !name.empty() && name.size() <= size_max &&
         std::all_of(name.begin(), name.end(), [](char c) { return c > ' ' && c < 0x7f && c != '/' && c != ','; });
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

Failure check_scope(const Scope& scope) {
  if (!is_scope_name(scope.region, scope_name_size_max)) {
    return failure("the region is empty or malformed; give one such as us-east-1");
  }
  if (!is_scope_name(scope.service, scope_name_size_max)) {
    return failure("the service is empty or malformed; give its signing name, such as dynamodb");
  }
  return nullptr;
}

Failure check_credentials(const Credentials& credentials, const Scope& scope) {
  if (!is_scope_name(credentials.access_key_id, access_key_id_size_max)) {
    return failure("the access key id is empty or malformed; check the credentials");
  }
  if (credentials.secret_access_key.empty()) return failure("the secret access key is empty; check the credentials");
  return check_scope(scope);
}

std::string_view write_string_to_sign(StringToSign& memory, const Scope& scope,
                                      const HexDigest& canonical_request_hash) noexcept {
  Cursor cursor(memory.data());
  cursor.put(algorithm).put("\n").put(scope.date.text()).put("\n").put(scope.date.day()).put("/").put(scope.region);
  cursor.put("/").put(scope.service).put(scope_end).put("\n").put(canonical_request_hash.view());
  return {memory.data(), static_cast<std::size_t>(cursor.at() - memory.data())};
}

HexDigest sha256_hex(std::string_view data) noexcept {
  Sha256 hash;
  hash.update(data.data(), data.size());
  unsigned char digest[32];
  hash.finish(digest);
  return to_hex(digest);
}

Result<std::string> string_to_sign(const Scope& scope, std::string_view canonical_request) {
  if (auto failed = check_scope(scope)) return std::move(*failed);
  StringToSign memory;
  return std::string(write_string_to_sign(memory, scope, sha256_hex(canonical_request)));
}

Result<SigningKey> signing_key(const Secret& secret_access_key, const Scope& scope) {
  if (secret_access_key.empty()) return invalid("the secret access key is empty; check the credentials");
  if (auto failed = check_scope(scope)) return std::move(*failed);
  Digest digest;
  hmac(key_from_secret(secret_access_key.reveal()), scope.date.day(), digest);
  hmac(key_from_digest(digest), scope.region, digest);
  hmac(key_from_digest(digest), scope.service, digest);
  hmac(key_from_digest(digest), "aws4_request", digest);
  return key_from_digest(digest);
}

HexDigest signature(const SigningKey& key, std::string_view string_to_sign) noexcept {
  Digest digest;
  hmac(key, string_to_sign, digest);
  return to_hex(digest.bytes);
}

}  // namespace dynamutex::sigv4
