#pragma once
// The reply as it comes in: counted before it is kept.

#include <cstddef>
#include <string_view>

#include "dynamutex/http/transport.hpp"

namespace dynamutex::http {

/// Puts a Response together from the pieces that libcurl hands out, within caps. Not thread-safe.
class ReplyCollector {
 public:
  enum class Excess { none, head, body };

  /// Forgets the last reply. `bytes_max` bounds the body, and, by itself, all header lines together, also those of
  /// interim (1xx) replies and trailers.
  void begin(std::size_t bytes_max) noexcept;

  /// Takes one header line with its line end, the status line and the empty line included. False: over the cap.
  [[nodiscard]] bool add_line(std::string_view line);
  /// Takes a piece of the body. False: over the cap.
  [[nodiscard]] bool add_body(std::string_view piece);

  /// Whether the status line and all headers of a final reply (RFC 9110, section 15: not 1xx) came in.
  [[nodiscard]] bool head_complete() const noexcept { return head_complete_; }
  [[nodiscard]] Excess excess() const noexcept { return excess_; }
  [[nodiscard]] std::size_t bytes_max() const noexcept { return bytes_max_; }
  [[nodiscard]] int status() const noexcept { return response_.status; }

  /// Hands out the reply; `begin` starts the next.
  [[nodiscard]] Response take() noexcept { return std::move(response_); }

 private:
  Response response_;
  std::size_t bytes_max_ = 0;
  std::size_t head_bytes_ = 0;
  Excess excess_ = Excess::none;
  bool head_complete_ = false;
};

}  // namespace dynamutex::http
