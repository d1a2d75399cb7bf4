#pragma once
// How long a wait on descriptors may take, and when a request is over before its reply.

#include <algorithm>
#include <chrono>

#include "dynamutex/clock.hpp"
#include "dynamutex/http/transport.hpp"
#include "http/curl_error.hpp"

namespace dynamutex::http {

/// A connection that was idle for longer may be gone without a word (a NAT or a load balancer forgot it), and a request on
/// it would hang until its deadline. AWS's SDK for Java draws the line at the same 60 s (connectionMaxIdleTime).
inline constexpr std::chrono::seconds kIdleMax{60};
/// How often a wait looks up where a descriptor that would end it is missing.
inline constexpr std::chrono::milliseconds kSlice{50};
/// Otherwise: libcurl's own timers and the descriptors end a wait, so this only bounds a mistake.
inline constexpr std::chrono::milliseconds kWaitMax{60'000};

/// For poll(2), which counts whole milliseconds: no shorter than until `until`, unless that is far away.
[[nodiscard]] inline std::chrono::milliseconds wait_bound(MonotonicTime until, MonotonicTime now) noexcept {
  if (until <= now) return std::chrono::milliseconds(0);
  if (until - kWaitMax >= now) return kWaitMax;
  return std::chrono::duration_cast<std::chrono::milliseconds>(until - now) + std::chrono::milliseconds(1);
}

/// Whether the caller wants the request ended now.
[[nodiscard]] inline Stop stop_asked(MonotonicTime deadline, const Cancellation* cancellation, MonotonicTime now) noexcept {
  if (cancellation != nullptr && cancellation->cancelled()) return Stop::cancelled;
  return now >= deadline ? Stop::deadline : Stop::none;
}

}  // namespace dynamutex::http
