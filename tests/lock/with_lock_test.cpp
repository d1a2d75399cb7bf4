#include "dynamutex/lock/with_lock.hpp"

#include <doctest/doctest.h>

#include <chrono>

#include "scripted_table.hpp"

using namespace std::chrono_literals;
using namespace dynamutex;
using namespace dynamutex::lock;
using test::LockSetup;

namespace {
WithLockOptions without_renewal() {
  WithLockOptions options;
  options.renew = false;
  return options;
}
}  // namespace

TEST_CASE("with_lock acquires, runs, releases, and hands on what the function returned") {
  LockSetup setup;
  setup.table.then_applied().then_applied();
  const auto section = with_lock(*setup.client, setup.clock, setup.entropy, "x", without_renewal(), [](Lease& lease) {
    CHECK(lease.still_held());
    return 42;
  });
  REQUIRE(section.ok());
  CHECK(section->outcome == SectionOutcome::completed);
  CHECK(section->release == ReleaseOutcome::released);
  CHECK(section->value == 42);
  CHECK(setup.table.asked.back().operation == "delete");
}

TEST_CASE("a function that outlives its lease is told as lost") {
  LockSetup setup;
  setup.table.then_applied().then_refused(setup.record("theirs", std::nullopt));
  const auto section =
      with_lock(*setup.client, setup.clock, setup.entropy, "x", without_renewal(), [&](Lease&) { setup.clock.advance(1min); });
  REQUIRE(section.ok());
  CHECK(section->outcome == SectionOutcome::lost);
  CHECK(section->release == ReleaseOutcome::already_lost);
}

TEST_CASE("a function that takes longer than its time-out is told apart from a loss") {
  LockSetup setup;
  setup.table.then_applied().then_applied();
  WithLockOptions options = without_renewal();
  options.timeout = 5s;
  const auto section =
      with_lock(*setup.client, setup.clock, setup.entropy, "x", options, [&](Lease&) { setup.clock.advance(6s); });
  REQUIRE(section.ok());
  CHECK(section->outcome == SectionOutcome::timed_out);
}

TEST_CASE("where the lock is held the function does not run") {
  LockSetup setup;
  setup.table.then_refused(setup.record("theirs", setup.server_now() + 20s));
  bool ran = false;
  const auto section = with_lock(*setup.client, setup.clock, setup.entropy, "x", without_renewal(), [&](Lease&) { ran = true; });
  REQUIRE_FALSE(section.ok());
  CHECK(section.error().kind == ErrorKind::contended);
  CHECK_FALSE(ran);
}

TEST_CASE("a function that throws still releases the lock") {
  LockSetup setup;
  setup.table.then_applied().then_applied();
  CHECK_THROWS_AS(
      (void)with_lock(*setup.client, setup.clock, setup.entropy, "x", without_renewal(), [](Lease&) -> int { throw 1; }), int);
  CHECK(setup.table.asked.back().operation == "delete");
}
