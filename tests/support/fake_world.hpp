#pragma once
// Clock and entropy for unit tests: time passes only when somebody waits, or when the test says so.

#include <cstdint>

#include "dynamutex/clock.hpp"
#include "dynamutex/entropy.hpp"

namespace dynamutex::test {

/// Single-threaded. A wait jumps to its end at once.
class FakeClock final : public Clock {
 public:
  MonotonicTime now() const noexcept override { return now_; }
  WallTime wall_now() const noexcept override { return WallTime(now_.time_since_epoch()) + wall_offset; }

  bool wait_until(MonotonicTime until, const Cancellation* cancellation) noexcept override {
    if (cancellation != nullptr && cancellation->cancelled()) return false;
    if (until > now_) now_ = until;
    ++waits;
    return true;
  }

  void advance(Duration span) noexcept { now_ += span; }

  /// The wall clock is ahead of the monotonic one by this much.
  Duration wall_offset = std::chrono::hours(24 * 365 * 50);
  int waits = 0;

 private:
  MonotonicTime now_{std::chrono::seconds(1000)};
};

/// Counts: each number differs from all before it. Its halves are small, so that jitter is near its lower end.
class CountingEntropy final : public Entropy {
 public:
  std::uint64_t next() noexcept override { return ++last_; }

 private:
  std::uint64_t last_ = 0;
};

}  // namespace dynamutex::test
