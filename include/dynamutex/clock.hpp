#pragma once
// Time, and waiting, as the outside world that is injected.

#include <chrono>
#include <memory>
#include <string>

#include "dynamutex/cancellation.hpp"
#include "dynamutex/export.hpp"

namespace dynamutex {

using Duration = std::chrono::nanoseconds;

/// Tag of the local clock that never steps and that keeps counting while the machine is suspended.
struct MonotonicTag {
  using duration = Duration;
  using rep = duration::rep;
  using period = duration::period;
};
/// Tag of the local wall clock, since 1970-01-01T00:00:00Z. It may be wrong and it may step.
struct WallTag {
  using duration = Duration;
  using rep = duration::rep;
  using period = duration::period;
};

/// An instant on this machine's suspend-aware monotonic clock. Deadlines and leases are told in it.
using MonotonicTime = std::chrono::time_point<MonotonicTag, Duration>;
/// An instant on this machine's wall clock: for signing and for a first guess, never for who holds a lock.
using WallTime = std::chrono::time_point<WallTag, Duration>;

/// The local clocks and waiting on them.
///
/// Thread-safe: implementations allow every call from any thread at once.
class Clock {
 public:
  virtual ~Clock() = default;

  [[nodiscard]] virtual MonotonicTime now() const noexcept = 0;
  [[nodiscard]] virtual WallTime wall_now() const noexcept = 0;

  /// Blocks until `until` or until `cancellation` (may be null) is cancelled, whichever is first.
  /// Returns false if it was cancelled. A machine that wakes from suspend after `until` returns at once.
  virtual bool wait_until(MonotonicTime until, const Cancellation* cancellation) noexcept = 0;
};

/// The machine's own clocks: CLOCK_BOOTTIME and CLOCK_REALTIME (Linux clock_gettime(2)).
[[nodiscard]] DYNAMUTEX_EXPORT std::unique_ptr<Clock> make_system_clock();

/// Names the run of the machine from whose start CLOCK_BOOTTIME counts (Linux random(4), boot_id): a monotonic time that was
/// written down means something only under the same name. Empty where it cannot be read. Blocks for the file system.
[[nodiscard]] DYNAMUTEX_EXPORT std::string boot_id();

/// `time + span`, held at the ends of the clock instead of overflowing, so that "no deadline" stays one.
[[nodiscard]] constexpr MonotonicTime saturating_add(MonotonicTime time, Duration span) noexcept {
  if (span > Duration::zero() && time > MonotonicTime::max() - span) return MonotonicTime::max();
  if (span < Duration::zero() && time < MonotonicTime::min() - span) return MonotonicTime::min();
  return time + span;
}

}  // namespace dynamutex
