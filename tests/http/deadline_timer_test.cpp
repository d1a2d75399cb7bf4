#include "http/deadline_timer.hpp"

#include <doctest/doctest.h>
#include <poll.h>

using namespace std::chrono_literals;
using dynamutex::MonotonicTime;
using dynamutex::http::DeadlineTimer;

namespace {

bool fires_within(const DeadlineTimer& timer, std::chrono::milliseconds time) {
  pollfd watched{timer.descriptor(), POLLIN, 0};
  return ::poll(&watched, 1, static_cast<int>(time.count())) == 1;
}

constexpr MonotonicTime kNow{100s};

}  // namespace

TEST_CASE("the timer fires by the earliest deadline it was asked to cover") {
  DeadlineTimer timer;
  timer.cover(kNow + 1h, kNow);
  CHECK_FALSE(fires_within(timer, 0ms));
  timer.cover(kNow + 1ms, kNow);
  timer.cover(kNow + 1h, kNow);
  CHECK(fires_within(timer, 20s));
}

TEST_CASE("a timer that fired is set anew for the next deadline") {
  DeadlineTimer timer;
  timer.cover(kNow - 1s, kNow);
  CHECK(fires_within(timer, 20s));
  timer.fired();
  timer.cover(kNow + 1h, kNow);
  CHECK_FALSE(fires_within(timer, 0ms));
}

TEST_CASE("without a deadline the timer rests") {
  DeadlineTimer timer;
  timer.cover(MonotonicTime::max(), kNow);
  CHECK_FALSE(fires_within(timer, 0ms));
}
