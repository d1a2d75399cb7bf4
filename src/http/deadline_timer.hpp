#pragma once
// A descriptor that wakes poll(2) at a deadline, also when the machine slept through it.

#include "dynamutex/clock.hpp"

namespace dynamutex::http {

/// A timer on CLOCK_BOOTTIME (timerfd_create(2)): poll(2)'s own time-out stands still while the machine is suspended, so a
/// request would outlive its deadline by the time slept.
///
/// Not thread-safe. Owns one descriptor (close-on-exec). It may fire early, never late: a timer that is still armed for an
/// earlier request's deadline is left alone, which makes a system call per request rare. Its owner looks at the clock.
class DeadlineTimer {
 public:
  DeadlineTimer() noexcept;
  ~DeadlineTimer();
  DeadlineTimer(const DeadlineTimer&) = delete;
  DeadlineTimer& operator=(const DeadlineTimer&) = delete;

  /// -1 where the kernel gave none.
  [[nodiscard]] int descriptor() const noexcept { return descriptor_; }

  /// Makes sure that it fires no later than `deadline`.
  void cover(MonotonicTime deadline, MonotonicTime now) noexcept;
  /// To be told when the descriptor was readable.
  void fired() noexcept { armed_for_ = MonotonicTime::max(); }

 private:
  int descriptor_;
  MonotonicTime armed_for_ = MonotonicTime::max();
};

}  // namespace dynamutex::http
