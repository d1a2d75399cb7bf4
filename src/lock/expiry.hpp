#pragma once
// What `expiresAt` a holder writes, and whether the servers' time bears it out afterwards.

#include <optional>

#include "dynamutex/clock.hpp"
#include "dynamutex/dynamo/server_clock.hpp"

namespace dynamutex::lock {

/// Wider bounds than this are no better than a guess.
constexpr Duration kBoundsWidthMax = std::chrono::seconds(3);
/// What a guess adds to the wall clock: enough for a clock that is right to within half a second to be borne out.
constexpr Duration kGuessMargin = std::chrono::seconds(2);

/// An expiry to be written, and how it came about.
struct Expiry {
  std::optional<dynamo::ServerTime> expires_at;  ///< Empty where the servers do not tell their time.
  bool guessed = false;                          ///< From the wall clock: to be checked against the reply's date.
};

/// The expiry of a lease that is renewed at local time `from`: from the servers' time however wide its bounds are, or none.
[[nodiscard]] Expiry known_expiry(const dynamo::ServerClock& server_clock, MonotonicTime from, Duration lease);

/// The expiry of a lease that is first taken at local time `from`: a guess from the wall clock where the bounds are missing or
/// too wide.
[[nodiscard]] Expiry choose_expiry(const dynamo::ServerClock& server_clock, MonotonicTime from, WallTime wall_from,
                                   Duration lease);

/// Whether a guessed expiry may stand, now that a reply came: it is no earlier than the latest time at which the lease can
/// end, and not so late that a crash would keep the lock from others for much longer than the lease.
[[nodiscard]] bool borne_out(const Expiry& expiry, const dynamo::ServerClock& server_clock, MonotonicTime from, Duration lease);

}  // namespace dynamutex::lock
