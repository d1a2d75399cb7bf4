#pragma once
// Pieces of stages 2 to 4 that the zero-allocation path shares with the public functions.

#include <string_view>

#include "dynamutex/result.hpp"
#include "dynamutex/sigv4/credentials.hpp"
#include "dynamutex/sigv4/stages.hpp"
#include "sigv4/writer.hpp"

namespace dynamutex::sigv4 {

inline constexpr std::string_view algorithm = "AWS4-HMAC-SHA256";
inline constexpr std::string_view scope_end = "/aws4_request";

[[nodiscard]] Result<void> check_scope(const Scope& scope);
/// Key id, secret and scope.
[[nodiscard]] Result<void> check_credentials(const Credentials& credentials, const Scope& scope);

/// The string to sign for a canonical request of this hash. `scope` was checked.
void append_string_to_sign(Writer& out, const Scope& scope, const HexDigest& canonical_request_hash);

/// The outer half of an HMAC whose inner half is `inner`.
[[nodiscard]] HexDigest finish_hmac(const SigningKey& key, Sha256& inner) noexcept;

}  // namespace dynamutex::sigv4
