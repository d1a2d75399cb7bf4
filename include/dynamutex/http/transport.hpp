#pragma once
// One request, one deadline, one answer.

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "dynamutex/cancellation.hpp"
#include "dynamutex/clock.hpp"
#include "dynamutex/http/header_fields.hpp"
#include "dynamutex/result.hpp"

namespace dynamutex::http {

/// A request; all views are borrowed for the time of the call.
struct Request {
  std::string_view method = "POST";
  std::string_view url;  ///< "https://host[:port]/path[?query]"; "http://" only where the transport allows it.
  const Header* headers = nullptr;
  std::size_t header_count = 0;
  std::string_view body;
  MonotonicTime deadline = MonotonicTime::max();           ///< For everything: resolving, connecting, sending, receiving.
  const Cancellation* cancellation = nullptr;              ///< Ends the request at once; may be null.
  std::size_t response_bytes_max = std::size_t{4} << 20U;  ///< Cap on the body, and on the header block.
};

/// A complete reply.
struct DYNAMUTEX_EXPORT Response {
  int status = 0;
  HeaderFields headers;  ///< In order, names as received, values without surrounding white space.
  std::string body;
  MonotonicTime sent;      ///< Before the first byte of the request went out.
  MonotonicTime received;  ///< After the last byte of the reply came in.
};

/// Many requests under way at once, from one thread (as curl's multi interface).
///
/// Each request is sent at most once and ends by its own deadline, or at once when its cancellation asks; nothing is sent
/// and nothing ends but inside `wait`. Not thread-safe: one thread uses it, though a Cancellation may be cancelled from any.
/// The destructor ends what is under way. Must not outlive its Transport.
class Multi {
 public:
  /// How request `id` ended; the errors are those of Transport::send.
  struct Finished {
    std::uint64_t id;
    Result<Response> result;
  };

  virtual ~Multi() = default;
  /// Copies all that `request` borrows but its cancellation, which must live until the request ended. Does not block.
  virtual void start(std::uint64_t id, const Request& request) = 0;
  /// Drives all requests until one ended; nothing once `until` came or `wake` (may be null) was cancelled.
  [[nodiscard]] virtual std::optional<Finished> wait(MonotonicTime until, const Cancellation* wake) = 0;
};

/// Sends one HTTP request, at most once.
///
/// Thread-safe: implementations allow calls from any thread at once.
/// Blocking: `send` returns by the request's deadline, or at once when cancelled.
/// Errors: `not_applied` (no byte of the request was sent), `timed_out` (the same, because of the deadline or of
/// the cancellation), `ambiguous` (the request went out at least in part and no complete reply came back),
/// `invalid` (a malformed URL). Any complete reply is a success, whatever its status. A reply that tells no length ends where
/// its connection does (RFC 9112, section 6.3), so a cut in it shows only in what the body says.
/// An implementation never sends the request a second time by itself: the server applies it at most once.
class Transport {
 public:
  virtual ~Transport() = default;
  [[nodiscard]] virtual Result<Response> send(const Request& request) = 0;
  /// For many requests at once; null where the implementation sends them one after another only.
  [[nodiscard]] virtual std::unique_ptr<Multi> multi() { return nullptr; }
};

}  // namespace dynamutex::http
