#include "http/deadline_timer.hpp"

#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>

namespace dynamutex::http {

DeadlineTimer::DeadlineTimer() noexcept : descriptor_(::timerfd_create(CLOCK_BOOTTIME, TFD_CLOEXEC | TFD_NONBLOCK)) {}

DeadlineTimer::~DeadlineTimer() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

void DeadlineTimer::cover(MonotonicTime deadline, MonotonicTime now) noexcept {
  if (descriptor_ < 0 || armed_for_ <= deadline) return;
  // Relative, because `now` may be of a simulated clock. Setting the timer also clears an expiry that nobody read.
  const Duration left = std::clamp<Duration>(deadline - now, Duration(1), std::chrono::hours(24));
  const auto whole = std::chrono::duration_cast<std::chrono::seconds>(left);
  itimerspec when{};
  when.it_value.tv_sec = static_cast<time_t>(whole.count());
  when.it_value.tv_nsec = static_cast<long>((left - whole).count());
  if (::timerfd_settime(descriptor_, 0, &when, nullptr) == 0) armed_for_ = now + left;
}

}  // namespace dynamutex::http
