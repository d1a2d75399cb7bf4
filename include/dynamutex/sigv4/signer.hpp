#pragma once
// Signing requests with Signature Version 4 (AWS, "Create a signed AWS API request").
//
//   SigningKeyCache keys;                                              // one per client
//   auto date = AmzDate::from(time);                                   // whole seconds since the epoch
//   const Header headers[] = {{"content-type", "application/x-amz-json-1.0"},
//                             {"host", "dynamodb.us-east-1.amazonaws.com"},
//                             {"x-amz-date", date->text()},
//                             {"x-amz-security-token", token},         // only with a session token
//                             {"x-amz-target", "DynamoDB_20120810.PutItem"}};
//   char memory[512];
//   auto value = authorization({"POST", "/", "", headers, Payload::of(body)}, credentials,
//                              {*date, "us-east-1", "dynamodb"}, keys, {memory, sizeof memory});
//   // *value is the text of the Authorization header, inside `memory`.

#include <chrono>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "dynamutex/export.hpp"
#include "dynamutex/result.hpp"
#include "dynamutex/sigv4/credentials.hpp"
#include "dynamutex/sigv4/key_cache.hpp"
#include "dynamutex/sigv4/request.hpp"
#include "dynamutex/sigv4/stages.hpp"

namespace dynamutex::sigv4 {

/// Memory of the caller's to write into.
struct Buffer {
  char* data;
  std::size_t size;
};

/// The value of the Authorization header for a request that is complete: it has `host`, `x-amz-date` equal to the
/// scope's date and, for credentials with a session token (unless `sign_session_token` is off), `x-amz-security-token`
/// equal to it.
///
/// Thread-safe. It returns a view into `out` and keeps nothing. No heap allocation when the path is empty or "/", the
/// query empty, the headers at most 32 with names of at most 512 bytes together, and the key already in the cache.
/// 512 bytes of `out` suffice for a DynamoDB call.
/// Errors: `invalid`, as `canonical_request`; a required header missing or contradicting; malformed credentials or scope;
/// `out` too small (the message says what it takes).
[[nodiscard]] DYNAMUTEX_EXPORT Result<std::string_view> authorization(const Request& request, const Credentials& credentials,
                                                                      const Scope& scope, SigningKeyCache& keys, Buffer out,
                                                                      const Options& options = {});

/// A header that signing adds. It may hold the session token.
struct AddedHeader {
  std::string name;
  std::string value;
};

/// What `sign` did, stage by stage, to send or to look at. A plain value; it may hold the session token.
struct SignedRequest {
  std::vector<AddedHeader> added;  ///< To be added to the request, in this order; Authorization is the last.
  std::string canonical_request;
  std::string string_to_sign;
  HexDigest signature;

  /// The text of the Authorization header.
  [[nodiscard]] const std::string& authorization() const noexcept { return added.back().value; }
};

/// Signs a request for which `x-amz-date`, the session token and, if asked for, `x-amz-content-sha256` may still be missing:
/// they are added. Those that are there must be right.
///
/// Thread-safe; the result owns its memory. Errors: as `authorization`.
[[nodiscard]] DYNAMUTEX_EXPORT Result<SignedRequest> sign(const Request& request, const Credentials& credentials,
                                                          const Scope& scope, SigningKeyCache& keys, const Options& options = {});

/// A presigned query, stage by stage. A plain value; it may hold the session token.
struct PresignedRequest {
  std::string query;  ///< The request's own query and the signature's parameters: what follows the '?'.
  std::string canonical_request;
  std::string string_to_sign;
  HexDigest signature;
};

/// Longest life of a presigned URL: seven days (AWS, "Authenticating requests: using query parameters").
inline constexpr std::chrono::seconds presigned_life_max{604'800};

/// Signs a request by its query: whoever has the URL can send it for `life` (1 s to seven days) after the scope's date. All
/// headers of `request` but the hop-by-hop ones are signed, so that the sender has to send them too; `host` is enough.
/// S3 and most senders want `Payload::not_signed()`.
///
/// Thread-safe; the result owns its memory. Errors: as `canonical_request`; a `life` out of bounds; a query that has a
/// parameter of a signature already; an `x-amz-date` or `x-amz-security-token` among the headers, as they go into the query.
[[nodiscard]] DYNAMUTEX_EXPORT Result<PresignedRequest> presign(const Request& request, const Credentials& credentials,
                                                                const Scope& scope, std::chrono::seconds life,
                                                                SigningKeyCache& keys, const Options& options = {});

}  // namespace dynamutex::sigv4
