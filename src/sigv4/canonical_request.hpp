#pragma once
// Stage 1 in parts, for callers that need the headers' names as well.

#include <string_view>

#include "dynamutex/sigv4/request.hpp"
#include "sigv4/canonical_headers.hpp"
#include "sigv4/failure.hpp"
#include "sigv4/writer.hpp"

namespace dynamutex::sigv4 {

/// Writes the canonical request. `headers` are those of `request`, read; `signed_names` what they write as names.
[[nodiscard]] Failure append_canonical_request(Writer& out, const Request& request, const CanonicalHeaders& headers,
                                                    std::string_view signed_names, const Options& options);

}  // namespace dynamutex::sigv4
