#include "dynamutex/clock.hpp"

#include <doctest/doctest.h>

#include <thread>

using namespace std::chrono_literals;
using dynamutex::Cancellation;
using dynamutex::MonotonicTime;

TEST_CASE("a wait that is already over returns at once") {
  const auto clock = dynamutex::make_system_clock();
  CHECK(clock->wait_until(clock->now() - 1s, nullptr));
  CHECK(clock->wait_until(MonotonicTime::min(), nullptr));
}

TEST_CASE("a wait ends no earlier than asked") {
  const auto clock = dynamutex::make_system_clock();
  const auto until = clock->now() + 5ms;
  CHECK(clock->wait_until(until, nullptr));
  CHECK(clock->now() >= until);
}

TEST_CASE("cancelling ends a wait without end from another thread") {
  const auto clock = dynamutex::make_system_clock();
  Cancellation cancellation;
  std::thread other([&] { cancellation.cancel(); });
  CHECK_FALSE(clock->wait_until(MonotonicTime::max(), &cancellation));
  other.join();
  CHECK(cancellation.cancelled());
  CHECK_FALSE(clock->wait_until(clock->now() - 1s, &cancellation));
}

TEST_CASE("a deadline beyond the end of the clock stays at its end") {
  CHECK(dynamutex::saturating_add(MonotonicTime::max() - 1s, 2s) == MonotonicTime::max());
  CHECK(dynamutex::saturating_add(MonotonicTime(5s), dynamutex::Duration::max()) == MonotonicTime::max());
  CHECK(dynamutex::saturating_add(MonotonicTime(5s), 2s) == MonotonicTime(7s));
}

TEST_CASE("the boot has a name, the same one each time") {
  CHECK(dynamutex::boot_id().size() == 36);
  CHECK(dynamutex::boot_id() == dynamutex::boot_id());
}
