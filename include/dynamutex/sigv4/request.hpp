#pragma once
// What is to be signed, as views of memory that the caller keeps until the call returns.

#include <array>
#include <cstddef>
#include <string_view>
#include <vector>

#include "dynamutex/sigv4/amz_date.hpp"

namespace dynamutex::sigv4 {

/// One header field. The name in any case; the value as it will be sent, without line breaks.
struct Header {
  std::string_view name;
  std::string_view value;
};

/// A view of header fields in the order in which they will be sent. It owns nothing.
class Headers {
 public:
  constexpr Headers() noexcept = default;
  constexpr Headers(const Header* first, std::size_t count) noexcept : first_(first), count_(count) {}
  template <std::size_t N>
  constexpr Headers(const Header (&headers)[N]) noexcept : Headers(headers, N) {}
  template <std::size_t N>
  constexpr Headers(const std::array<Header, N>& headers) noexcept : Headers(headers.data(), N) {}
  Headers(const std::vector<Header>& headers) noexcept : Headers(headers.data(), headers.size()) {}

  [[nodiscard]] constexpr const Header* begin() const noexcept { return first_; }
  [[nodiscard]] constexpr const Header* end() const noexcept { return first_ + count_; }
  [[nodiscard]] constexpr std::size_t size() const noexcept { return count_; }

 private:
  const Header* first_ = nullptr;
  std::size_t count_ = 0;
};

/// What stands for the body in the canonical request. A view; it owns nothing.
class Payload {
 public:
  enum class Kind : unsigned char { bytes, sha256, unsigned_payload };

  /// An empty body.
  constexpr Payload() noexcept = default;
  /// The body itself: the signer hashes it.
  [[nodiscard]] static constexpr Payload of(std::string_view body) noexcept { return {Kind::bytes, body}; }
  /// The body's SHA-256 that the caller has already: 64 lower-case hexadecimal digits.
  [[nodiscard]] static constexpr Payload hashed(std::string_view sha256_hex) noexcept { return {Kind::sha256, sha256_hex}; }
  /// "UNSIGNED-PAYLOAD", for services that allow it (S3 over https, presigned URLs).
  [[nodiscard]] static constexpr Payload not_signed() noexcept { return {Kind::unsigned_payload, {}}; }

  [[nodiscard]] constexpr Kind kind() const noexcept { return kind_; }
  /// The body, the hash, or nothing, by kind.
  [[nodiscard]] constexpr std::string_view text() const noexcept { return text_; }

 private:
  constexpr Payload(Kind kind, std::string_view text) noexcept : kind_(kind), text_(text) {}

  Kind kind_ = Kind::bytes;
  std::string_view text_;
};

/// A request as it goes over the wire. Views; it owns nothing.
struct Request {
  std::string_view method;      ///< An HTTP token in upper case, e.g. "POST".
  std::string_view path = "/";  ///< As in the request line, up to the '?'. Empty means "/".
  std::string_view query;       ///< As in the request line, after the '?', percent-encoded or raw.
  Headers headers;              ///< Must have `host`. Hop-by-hop headers may stand here; they are not signed.
  Payload payload;
};

/// Date, region and service for which a signature is valid ("20150830/us-east-1/dynamodb/aws4_request").
/// Region and service: 1 to 64 visible ASCII characters, neither '/' nor ','.
struct Scope {
  AmzDate date;
  std::string_view region;
  std::string_view service;
};

/// Where services differ. The defaults are right for all of AWS but S3.
struct Options {
  /// Remove "/./", "/../" and repeated slashes from the canonical path (RFC 3986, section 5.2.4). S3: false.
  bool normalize_path = true;
  /// Encode the path, as it stands in the request line, once more ("%20" becomes "%2520"). S3: false.
  bool double_encode_path = true;
  /// Sign the session token. False where the service wants it added after signing (AWS IoT's message broker).
  bool sign_session_token = true;
  /// Let `sign` add `x-amz-content-sha256` (S3 demands it).
  bool add_content_sha256 = false;
};

}  // namespace dynamutex::sigv4
