#include "dynamutex/clock.hpp"

#include <poll.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <cstdint>

namespace dynamutex {
namespace {

using std::chrono::duration_cast;
using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr milliseconds kSlice{50};

Duration read_clock(clockid_t id) noexcept {
  timespec now{};
  ::clock_gettime(id, &now);
  return seconds(now.tv_sec) + Duration(now.tv_nsec);
}

timespec to_timespec(Duration since_epoch) noexcept {
  const auto whole = duration_cast<seconds>(since_epoch);
  timespec result{};
  result.tv_sec = static_cast<time_t>(whole.count());
  result.tv_nsec = static_cast<long>((since_epoch - whole).count());
  return result;
}

/// A timer on CLOCK_BOOTTIME: poll(2)'s own time-out stands still while the machine sleeps.
class BoottimeTimer {
 public:
  explicit BoottimeTimer(MonotonicTime until) noexcept
      : descriptor_(::timerfd_create(CLOCK_BOOTTIME, TFD_CLOEXEC | TFD_NONBLOCK)) {
    itimerspec when{};
    when.it_value = to_timespec(std::max(until.time_since_epoch(), Duration(1)));
    if (descriptor_ >= 0) ::timerfd_settime(descriptor_, TFD_TIMER_ABSTIME, &when, nullptr);
  }
  ~BoottimeTimer() {
    if (descriptor_ >= 0) ::close(descriptor_);
  }
  BoottimeTimer(const BoottimeTimer&) = delete;
  BoottimeTimer& operator=(const BoottimeTimer&) = delete;

  [[nodiscard]] int descriptor() const noexcept { return descriptor_; }

 private:
  int descriptor_;
};

class SystemClock final : public Clock {
 public:
  MonotonicTime now() const noexcept override { return MonotonicTime(read_clock(CLOCK_BOOTTIME)); }
  WallTime wall_now() const noexcept override { return WallTime(read_clock(CLOCK_REALTIME)); }

  bool wait_until(MonotonicTime until, const Cancellation* cancellation) noexcept override {
    const auto cancelled = [&] { return cancellation != nullptr && cancellation->cancelled(); };
    if (cancelled() || now() >= until) return !cancelled();
    const BoottimeTimer timer(until);
    const int cancel_descriptor = cancellation != nullptr ? cancellation->descriptor() : -1;
    const bool needs_slices = timer.descriptor() < 0 || (cancellation != nullptr && cancel_descriptor < 0);
    while (!cancelled()) {
      const auto left = until - now();
      if (left <= Duration::zero()) return true;
      pollfd watched[] = {{timer.descriptor(), POLLIN, 0}, {cancel_descriptor, POLLIN, 0}};
      const auto slice = duration_cast<milliseconds>(std::min<Duration>(left, kSlice)) + milliseconds(1);
      ::poll(watched, 2, needs_slices ? static_cast<int>(slice.count()) : -1);
    }
    return false;
  }
};

}  // namespace

std::unique_ptr<Clock> make_system_clock() { return std::make_unique<SystemClock>(); }

}  // namespace dynamutex
