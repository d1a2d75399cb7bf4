#pragma once
// The rules of the lock as one pure decision: given the record, the servers' time and what was observed, what next?

#include <optional>
#include <string>

#include "dynamutex/clock.hpp"
#include "dynamutex/dynamo/server_clock.hpp"
#include "dynamutex/lock/record.hpp"

namespace dynamutex::lock {

/// `span * (1 + drift)`: when a clock that is fast by `drift_ppm` at most has told as much, at least `span` has truly passed.
/// Duration::max() where that is more than a Duration holds: a foreign record's lease may be "for ever".
[[nodiscard]] Duration stretched(Duration span, unsigned drift_ppm) noexcept;
/// `span * (1 - drift)`: when a clock that is slow by `drift_ppm` at most has told as much, at most `span` has truly passed.
[[nodiscard]] Duration shrunk(Duration span, unsigned drift_ppm) noexcept;

/// What a contender knows when it decides. `record` is what its last look or its last refused write showed.
struct Sight {
  const Record* record = nullptr;                  ///< Null where there is none.
  const std::string* my_version = nullptr;         ///< Of my write that may have been applied; null before the first.
  std::optional<dynamo::ServerTimeBounds> server;  ///< The servers' time at `now`.
  MonotonicTime unchanged_since;                   ///< Receipt of the first look that showed this very version.
  MonotonicTime looked_at;                         ///< Sending of the last look that showed it.
  MonotonicTime now;
  unsigned drift_ppm = 0;
};

enum class Step {
  mine,       ///< The record is the work of my own write, whose reply was lost.
  create,     ///< There is no lock: write if it is still so.
  take_over,  ///< The record is dead: write if it is still this version.
  wait,       ///< Somebody holds the lock.
};

struct Decision {
  Step step = Step::wait;
  /// wait: the first moment at which the record can turn out dead, if it does not change; max() while unknown.
  MonotonicTime look_again = MonotonicTime::max();
};

/// The lock's rules. A record is dead when the servers' earliest possible time is beyond its `expiresAt`, or when it was seen
/// unchanged for its own lease, stretched by the drift, from the receipt of the first look to the sending of the last.
[[nodiscard]] Decision decide(const Sight& sight) noexcept;

}  // namespace dynamutex::lock
