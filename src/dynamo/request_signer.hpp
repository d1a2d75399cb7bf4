#pragma once
// Signed requests for DynamoDB's JSON protocol.
// https://smithy.io/2.0/aws/protocols/aws-json-1_0-protocol.html

#include <array>
#include <optional>
#include <string>
#include <string_view>

#include "dynamutex/clock.hpp"
#include "dynamutex/error.hpp"
#include "dynamutex/http/transport.hpp"
#include "dynamutex/sigv4/key_cache.hpp"
#include "dynamutex/sigv4/signer.hpp"

namespace dynamutex::dynamo {

/// A request and the memory of what is in it; used again for the next one. It holds the session token only as a view.
class SignedRequest {
 public:
  SignedRequest() = default;
  SignedRequest(const SignedRequest&) = delete;
  SignedRequest& operator=(const SignedRequest&) = delete;

  http::Request request;

 private:
  friend class RequestSigner;
  std::optional<sigv4::AmzDate> date_;
  std::array<http::Header, 7> headers_;
  std::array<char, 1024> authorization_;
};

/// Signs requests to one endpoint. Thread-safe. It remembers signing keys.
class RequestSigner {
 public:
  /// `endpoint` is as `checked_endpoint` leaves it. Both strings must outlive the signer.
  RequestSigner(std::string_view endpoint, std::string_view region);

  /// Fills in all of `out.request` but its deadline and its cancellation. It borrows `target` (with its prefix), `body` and `keys`.
  /// Errors: `invalid`, where the keys or the time are of no use for signing.
  [[nodiscard]] Result<void> sign(std::string_view target, std::string_view body, const sigv4::Credentials& keys, WallTime at,
                                  SignedRequest& out);

 private:
  const std::string_view endpoint_;
  const std::string_view region_;
  const std::string host_;
  sigv4::SigningKeyCache keys_;
};

}  // namespace dynamutex::dynamo
