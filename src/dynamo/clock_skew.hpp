#pragma once
// The wall clock that requests are signed with, corrected by the Date of the replies, as AWS's SDKs do.

#include <atomic>
#include <optional>
#include <string_view>

#include "dynamutex/clock.hpp"
#include "dynamutex/dynamo/server_clock.hpp"

namespace dynamutex::dynamo {

/// How far the local wall clock is behind the servers'. For signing only, never for who holds a lock. Thread-safe.
class ClockSkew {
 public:
  /// Takes in a reply: the skew is its Date less the middle of the exchange. A reply that took more than 15 minutes
  /// says nothing, nor does one without `date` (no Date, or an Age).
  void observe(WallTime sent, WallTime received, std::optional<ServerTime> date) noexcept;

  [[nodiscard]] Duration value() const noexcept { return Duration(skew_.load(std::memory_order_relaxed)); }
  [[nodiscard]] WallTime correct(WallTime local) const noexcept { return local + value(); }

  /// Whether a refusal with this code, of a request signed at `signed_at`, is worth another try with the present skew:
  /// the code can come from a wrong clock, and the reply's date is more than 4 minutes away from the signature's.
  [[nodiscard]] static bool explains(std::string_view code, std::optional<ServerTime> date, WallTime signed_at) noexcept;

 private:
  std::atomic<Duration::rep> skew_{0};
};

}  // namespace dynamutex::dynamo
