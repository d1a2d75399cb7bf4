#pragma once
// The four stages of Signature Version 4, each a pure function. When AWS answers SignatureDoesNotMatch it shows its own
// canonical request and string to sign: compare them with these, stage by stage.
// Source: AWS, "Create a signed AWS API request", steps 1 to 4.

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "dynamutex/export.hpp"
#include "dynamutex/result.hpp"
#include "dynamutex/secret.hpp"
#include "dynamutex/sigv4/request.hpp"

namespace dynamutex::sigv4 {

/// A SHA-256 as 64 lower-case hexadecimal digits. A plain value.
struct HexDigest {
  std::array<char, 64> digits;
  [[nodiscard]] std::string_view view() const noexcept { return {digits.data(), digits.size()}; }
};

/// The SHA-256 of `data`, e.g. for a payload that is signed more than once.
[[nodiscard]] DYNAMUTEX_EXPORT HexDigest sha256_hex(std::string_view data) noexcept;

/// The key that signs for one day, region and service, held as the two HMAC-SHA-256 states after the inner and the outer
/// pad (RFC 2104, section 4), so that a signature starts from there. A value; its memory is wiped when it goes.
class SigningKey {
 public:
  using State = std::array<std::uint32_t, 8>;

  SigningKey() noexcept : inner_{}, outer_{} {}
  SigningKey(const State& inner, const State& outer) noexcept : inner_(inner), outer_(outer) {}
  SigningKey(const SigningKey&) noexcept = default;
  SigningKey& operator=(const SigningKey&) noexcept = default;
  ~SigningKey() { wipe(this, sizeof *this); }

  [[nodiscard]] const State& inner() const noexcept { return inner_; }
  [[nodiscard]] const State& outer() const noexcept { return outer_; }

 private:
  State inner_;
  State outer_;
};

/// Stage 1, the canonical request, of exactly the headers given (nothing is added).
/// Errors: `invalid`, and the message says which part: method, path, query, a header's name or value, no or two `host`,
/// a hash that is none, `x-amz-content-sha256` that contradicts the payload. It holds the session token if a header does.
[[nodiscard]] DYNAMUTEX_EXPORT Result<std::string> canonical_request(const Request& request, const Options& options = {});

/// Stage 2, the string to sign. Errors: `invalid` for an empty or malformed region or service.
[[nodiscard]] DYNAMUTEX_EXPORT Result<std::string> string_to_sign(const Scope& scope, std::string_view canonical_request);

/// Stage 3, the signing key. A secret may have any length but 0. Errors: `invalid` for an empty secret, region or service.
[[nodiscard]] DYNAMUTEX_EXPORT Result<SigningKey> signing_key(const Secret& secret_access_key, const Scope& scope);

/// Stage 4, the signature.
[[nodiscard]] DYNAMUTEX_EXPORT HexDigest signature(const SigningKey& key, std::string_view string_to_sign) noexcept;

}  // namespace dynamutex::sigv4
