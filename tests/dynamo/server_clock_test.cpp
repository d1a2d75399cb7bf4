#include "dynamutex/dynamo/server_clock.hpp"

#include <doctest/doctest.h>

#include <chrono>

using namespace std::chrono_literals;
using namespace dynamutex;
using dynamutex::dynamo::ServerClock;
using dynamutex::dynamo::ServerClockOptions;
using dynamutex::dynamo::ServerTime;

namespace {
constexpr ServerClockOptions kNoDrift{500ms, 0};
MonotonicTime at(Duration span) { return MonotonicTime(span); }
ServerTime server(Duration span) { return ServerTime(span); }
}  // namespace

TEST_CASE("without a reply nothing is known of the servers' time") {
  const ServerClock clock;
  CHECK_FALSE(clock.bounds(at(1s)).has_value());
  CHECK_FALSE(clock.silent());
}

TEST_CASE("one reply bounds the servers' time by its date, its error and the exchange") {
  ServerClock clock(kNoDrift);
  clock.observe(at(10s), at(11s), server(5000s));
  // server - local is at least D - e - b = 5000 - 0.5 - 11, at most D + 1 + e - a = 5000 + 1.5 - 10.
  const auto bounds = clock.bounds(at(20s));
  REQUIRE(bounds.has_value());
  CHECK(bounds->earliest == server(5008500ms));
  CHECK(bounds->latest == server(5011500ms));
  CHECK(bounds->width() == 3s);
}

TEST_CASE("replies at different parts of a second narrow the bounds") {
  ServerClock clock(kNoDrift);
  // The server is exactly 1000 s ahead; replies are instantaneous.
  for (const Duration now : {100'000ms, 101'250ms, 102'500ms, 103'999ms}) {
    clock.observe(at(now), at(now), server(std::chrono::floor<std::chrono::seconds>(now) + 1000s));
  }
  const auto bounds = clock.bounds(at(104s));
  REQUIRE(bounds.has_value());
  CHECK(bounds->earliest <= server(1104s));
  CHECK(bounds->latest >= server(1104s));
  // Only the servers' own error is left on either side, and what lies between the replies' parts of a second.
  CHECK(bounds->width() <= 1s + 1ms);
}

TEST_CASE("bounds widen as they age, by what a clock that is fast or slow by the whole drift does not tell") {
  constexpr Duration kRounding = 10ns;
  ServerClock clock(ServerClockOptions{500ms, 100'000});
  clock.observe(at(1000s), at(1000s), server(5000s));
  const auto fresh = clock.bounds(at(1000s));
  const auto later = clock.bounds(at(1990s));
  const auto before = clock.bounds(at(10s));
  REQUIRE(fresh.has_value());
  // While a clock tells 990 s, at the rate 1.1 truly 900 s pass, and at the rate 0.9 truly 1100 s.
  CHECK(fresh->earliest + 900s - later->earliest >= 0s);
  CHECK(fresh->earliest + 900s - later->earliest <= kRounding);
  CHECK(later->latest - (fresh->latest + 1100s) >= 0s);
  CHECK(later->latest - (fresh->latest + 1100s) <= kRounding);
  CHECK(fresh->earliest - 1100s - before->earliest >= 0s);
  CHECK(fresh->earliest - 1100s - before->earliest <= kRounding);
  CHECK(before->latest - (fresh->latest - 900s) >= 0s);
  CHECK(before->latest - (fresh->latest - 900s) <= kRounding);
}

TEST_CASE("a slow exchange leaves open what a slow clock does not tell of it") {
  constexpr Duration kRounding = 10ns;
  ServerClock clock(ServerClockOptions{0ms, 100'000});
  clock.observe(at(1000s), at(1900s), server(5000s));
  const auto bounds = clock.bounds(at(1900s));
  REQUIRE(bounds.has_value());
  // The server may have answered just now, or when it was asked, 1000 s ago at the rate 0.9.
  CHECK(server(5000s) - bounds->earliest >= 0s);
  CHECK(server(5000s) - bounds->earliest <= kRounding);
  CHECK(bounds->latest - server(6001s) >= 0s);
  CHECK(bounds->latest - server(6001s) <= kRounding);
}

TEST_CASE("a drift beyond all use counts as the largest") {
  ServerClock clock(ServerClockOptions{0ms, 2'000'000});
  clock.observe(at(1000s), at(1000s), server(5000s));
  const auto bounds = clock.bounds(at(1300s));
  REQUIRE(bounds.has_value());
  CHECK(bounds->earliest <= server(5200s));
  CHECK(bounds->latest >= server(5601s));
  CHECK(bounds->latest <= server(5601s + 10ns));
}

TEST_CASE("a reply that contradicts all before it starts afresh") {
  ServerClock clock(kNoDrift);
  clock.observe(at(10s), at(10s), server(5000s));
  clock.observe(at(11s), at(11s), server(9000s));
  const auto bounds = clock.bounds(at(11s));
  REQUIRE(bounds.has_value());
  CHECK(bounds->earliest == server(8999500ms));
  CHECK(bounds->latest == server(9001500ms));
}

TEST_CASE("replies that come in out of order are both used") {
  ServerClock forward(kNoDrift);
  ServerClock backward(kNoDrift);
  forward.observe(at(10s), at(10s), server(5000s));
  forward.observe(at(20500ms), at(20500ms), server(5010s));
  backward.observe(at(20500ms), at(20500ms), server(5010s));
  backward.observe(at(10s), at(10s), server(5000s));
  CHECK(forward.bounds(at(30s))->earliest == backward.bounds(at(30s))->earliest);
  CHECK(forward.bounds(at(30s))->latest == backward.bounds(at(30s))->latest);
}

TEST_CASE("servers that do not tell their time are silent until one does") {
  ServerClock clock;
  clock.observe(at(1s), at(1s), std::nullopt);
  CHECK(clock.silent());
  CHECK_FALSE(clock.bounds(at(1s)).has_value());
  clock.observe(at(2s), at(2s), server(5000s));
  CHECK_FALSE(clock.silent());
  clock.observe(at(3s), at(3s), std::nullopt);
  CHECK_FALSE(clock.silent());
  CHECK(clock.bounds(at(3s)).has_value());
}
