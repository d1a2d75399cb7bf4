#pragma once
// Signing keys, remembered: deriving one costs more than the rest of a signature.

#include <cstddef>
#include <memory>

#include "dynamutex/export.hpp"
#include "dynamutex/sigv4/credentials.hpp"
#include "dynamutex/sigv4/stages.hpp"

namespace dynamutex::sigv4 {

/// Signing keys by access key id, secret, day, region and service. The secret is part of the key: after a rotation under
/// the same key id an old signing key is never met again.
///
/// Thread-safe: one per client, or one per process. It owns copies of what it compares, secrets included, and wipes them
/// and the keys when they are replaced and when it goes. Bounded: the least recently used key gives way. It blocks only
/// on its own mutex, and allocates only when a key is new.
class DYNAMUTEX_EXPORT SigningKeyCache {
 public:
  /// `capacity`: keys remembered at most, at least 1.
  explicit SigningKeyCache(std::size_t capacity = 8);
  ~SigningKeyCache();
  SigningKeyCache(const SigningKeyCache&) = delete;
  SigningKeyCache& operator=(const SigningKeyCache&) = delete;

  /// The signing key, remembered or derived now. Errors: as `signing_key`, and `invalid` for a malformed access key id.
  [[nodiscard]] Result<SigningKey> get(const Credentials& credentials, const Scope& scope);

  /// Keys held now, never more than the capacity.
  [[nodiscard]] std::size_t size() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace dynamutex::sigv4
