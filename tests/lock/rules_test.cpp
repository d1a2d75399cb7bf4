#include "lock/rules.hpp"

#include <doctest/doctest.h>

#include <chrono>

using namespace std::chrono_literals;
using namespace dynamutex;
using namespace dynamutex::lock;

namespace {
MonotonicTime at(Duration span) { return MonotonicTime(span); }
dynamo::ServerTime server(Duration span) { return dynamo::ServerTime(span); }

struct Scene {
  Record record;
  Sight sight;
  Scene() {
    record.version = "theirs";
    record.lease = 20s;
    sight.record = &record;
    sight.unchanged_since = at(100s);
    sight.looked_at = at(100s);
    sight.now = at(100s);
    sight.drift_ppm = 500;
  }
};
}  // namespace

TEST_CASE("where there is no record, or a released one, the lock is free") {
  Sight nothing;
  CHECK(decide(nothing).step == Step::create);
  Scene scene;
  scene.record.released = true;
  CHECK(decide(scene.sight).step == Step::create);
}

TEST_CASE("a record with the version that I wrote is my own write, even when it is expired") {
  Scene scene;
  const std::string mine = "theirs";
  scene.sight.my_version = &mine;
  scene.record.expires_at = server(1s);
  scene.sight.server = dynamo::ServerTimeBounds{server(5000s), server(5001s)};
  CHECK(decide(scene.sight).step == Step::mine);
}

TEST_CASE("a record is dead only when even the earliest servers' time is beyond its expiry") {
  Scene scene;
  scene.record.expires_at = server(5000s);
  scene.sight.server = dynamo::ServerTimeBounds{server(4999s), server(5003s)};
  CHECK(decide(scene.sight).step == Step::wait);
  scene.sight.server = dynamo::ServerTimeBounds{server(5000s), server(5003s)};
  CHECK(decide(scene.sight).step == Step::wait);
  scene.sight.server = dynamo::ServerTimeBounds{server(5000s + 1ns), server(5003s)};
  CHECK(decide(scene.sight).step == Step::take_over);
}

TEST_CASE("without the servers' time, or without an expiry, only watching for the stretched lease proves death") {
  Scene scene;
  scene.record.expires_at = server(1s);
  scene.sight.looked_at = at(120s);
  CHECK(decide(scene.sight).step == Step::wait);
  scene.sight.looked_at = at(100s) + stretched(20s, 500);
  CHECK(decide(scene.sight).step == Step::take_over);

  scene.record.expires_at.reset();
  scene.sight.server = dynamo::ServerTimeBounds{server(5000s), server(5003s)};
  CHECK(decide(scene.sight).step == Step::take_over);
  scene.sight.looked_at = at(119s);
  CHECK(decide(scene.sight).step == Step::wait);
}

TEST_CASE("a waiter looks again no later than the record can turn out dead") {
  Scene scene;
  CHECK(decide(scene.sight).look_again == at(100s) + stretched(20s, 500));
  scene.record.expires_at = server(5007s);
  scene.sight.server = dynamo::ServerTimeBounds{server(5000s), server(5003s)};
  CHECK(decide(scene.sight).look_again == at(107s) + 1ms);
}

TEST_CASE("a clock that is fast or slow by the whole of a large drift tells neither too little nor too much") {
  // At the rate 1.1 a clock tells 22 s in 20 s, at the rate 0.9 it tells 18 s.
  CHECK(stretched(20s, 100'000) >= 22s);
  CHECK(stretched(20s, 100'000) <= 22s + 1ms);
  CHECK(shrunk(20s, 100'000) <= 18s);
  CHECK(shrunk(20s, 100'000) >= 18s - 1ms);
}

TEST_CASE("stretching and shrinking bracket the true span for clocks within the drift") {
  CHECK(stretched(20s, 500) > 20s + 9ms);
  CHECK(stretched(20s, 500) < 20s + 11ms);
  CHECK(shrunk(20s, 500) < 20s - 9ms);
  CHECK(shrunk(20s, 500) > 20s - 11ms);
}

TEST_CASE("a record whose lease is for ever is watched for ever, and not taken at the first look") {
  for (const Duration lease : {Duration::max(), Duration::max() - 1ns, Duration(Duration::max().count() / 1000 * 999)}) {
    Scene scene;
    scene.record.lease = lease;
    scene.sight.looked_at = at(24h * 365 * 200);
    scene.sight.now = scene.sight.looked_at;
    CHECK(stretched(lease, 500) >= lease);
    CHECK(decide(scene.sight).step == Step::wait);
    CHECK(decide(scene.sight).look_again > scene.sight.now);
  }
}
