#pragma once
// Pieces of stages 2 to 4 that the zero-allocation path shares with the public functions.

#include <array>
#include <cstddef>
#include <string_view>

#include "dynamutex/sigv4/credentials.hpp"
#include "dynamutex/sigv4/stages.hpp"
#include "sigv4/failure.hpp"

namespace dynamutex::sigv4 {

inline constexpr std::string_view algorithm = "AWS4-HMAC-SHA256";
inline constexpr std::string_view scope_end = "/aws4_request";

[[nodiscard]] Failure check_scope(const Scope& scope);
/// Key id, secret and scope.
[[nodiscard]] Failure check_credentials(const Credentials& credentials, const Scope& scope);

/// Longest region and service.
inline constexpr std::size_t scope_name_size_max = 64;

/// Room for any string to sign: algorithm, time, scope and hash on four lines.
using StringToSign = std::array<char, algorithm.size() + 1 + 16 + 1 + 8 + 1 + scope_name_size_max + 1 + scope_name_size_max +
                                          scope_end.size() + 1 + 64>;

/// The string to sign for a canonical request of this hash, in `memory`. `scope` was checked.
[[nodiscard]] std::string_view write_string_to_sign(StringToSign& memory, const Scope& scope,
                                                    const HexDigest& canonical_request_hash) noexcept;

}  // namespace dynamutex::sigv4
