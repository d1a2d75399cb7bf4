#pragma once
// Stage 1 in parts, for callers that need the headers' names as well.

#include <string_view>

#include "dynamutex/sigv4/request.hpp"
#include "sigv4/canonical_headers.hpp"
#include "sigv4/failure.hpp"
#include "sigv4/writer.hpp"

namespace dynamutex::sigv4 {

/// What stands for the payload. Two steps, as hashing takes a while and its result is needed last: between them the processor
/// reads the headers meanwhile.
class PayloadText {
 public:
  /// Errors: `invalid` for a given hash that is none.
  [[nodiscard]] Failure read(const Payload& payload) noexcept;
  /// 64 digits or "UNSIGNED-PAYLOAD". To be called once.
  [[nodiscard]] std::string_view text() noexcept;

 private:
  Payload payload_;
  unsigned char digest_[32];
  HexDigest hex_;
};

/// Writes the canonical request. `headers` and `payload` are those of `request`, read; `signed_names` what the headers write as
/// names.
[[nodiscard]] Failure append_canonical_request(Writer& out, const Request& request, const CanonicalHeaders& headers,
                                               std::string_view signed_names, PayloadText& payload, const Options& options);

}  // namespace dynamutex::sigv4
