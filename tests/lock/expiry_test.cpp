#include "lock/expiry.hpp"

#include <doctest/doctest.h>

#include <chrono>

using namespace std::chrono_literals;
using namespace dynamutex;
using namespace dynamutex::lock;

namespace {
constexpr MonotonicTime kNow{1000s};
constexpr WallTime kWall{50'000s};

void teach(dynamo::ServerClock& clock, Duration date) { clock.observe(kNow, kNow, dynamo::ServerTime(date)); }
}  // namespace

TEST_CASE("with the servers' time known, the expiry is the latest time at which the lease can end") {
  dynamo::ServerClock clock(dynamo::ServerClockOptions{500ms, 0});
  teach(clock, 50'000s);
  const Expiry expiry = choose_expiry(clock, kNow, WallTime(1s), 20s);
  CHECK_FALSE(expiry.guessed);
  CHECK(expiry.expires_at == dynamo::ServerTime(50'021'500ms));
}

TEST_CASE("the first expiry of a process is guessed from the wall clock") {
  const dynamo::ServerClock clock;
  const Expiry expiry = choose_expiry(clock, kNow, kWall, 20s);
  CHECK(expiry.guessed);
  CHECK(expiry.expires_at == dynamo::ServerTime(50'022s));
}

TEST_CASE("bounds that drift made too wide give way to a guess, but never in a renewal") {
  dynamo::ServerClock clock(dynamo::ServerClockOptions{500ms, 500});
  teach(clock, 50'000s);
  const MonotonicTime later = kNow + 2000s;
  CHECK(choose_expiry(clock, later, kWall + 2000s, 20s).guessed);
  const Expiry renewal = known_expiry(clock, later, 20s);
  CHECK_FALSE(renewal.guessed);
  CHECK(*renewal.expires_at >= dynamo::ServerTime(52'022'500ms));
}

TEST_CASE("where the servers do not tell their time there is no expiry and no guess") {
  dynamo::ServerClock clock;
  clock.observe(kNow, kNow, std::nullopt);
  CHECK_FALSE(choose_expiry(clock, kNow, kWall, 20s).expires_at.has_value());
  CHECK_FALSE(choose_expiry(clock, kNow, kWall, 20s).guessed);
  CHECK_FALSE(known_expiry(clock, kNow, 20s).expires_at.has_value());
}

TEST_CASE("a guess stands only if it is neither too early nor much too late") {
  // A wall clock that is right, and ones that are off in either direction.
  const auto stands = [](Duration wall_error) {
    dynamo::ServerClock clock;
    const Expiry expiry = choose_expiry(clock, kNow, kWall + wall_error, 20s);
    teach(clock, 50'000s);
    return borne_out(expiry, clock, kNow, 20s);
  };
  CHECK(stands(0s));
  CHECK(stands(400ms));
  CHECK_FALSE(stands(-600ms));
  CHECK_FALSE(stands(-2h));
  CHECK_FALSE(stands(2h));
  CHECK_FALSE(stands(2s));
}

TEST_CASE("a guess that no date confirms does not stand") {
  dynamo::ServerClock clock;
  const Expiry expiry = choose_expiry(clock, kNow, kWall, 20s);
  clock.observe(kNow, kNow, std::nullopt);
  CHECK_FALSE(borne_out(expiry, clock, kNow, 20s));
}
