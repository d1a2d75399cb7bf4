// The turns in which requests about a lease are made.

#include "lock/lease_state.hpp"

#include <doctest/doctest.h>

#include <atomic>
#include <chrono>
#include <thread>

#include "lock/renewing.hpp"
#include "virtual_table.hpp"

using namespace std::chrono_literals;
using namespace dynamutex;
using namespace dynamutex::lock;

namespace {

struct Setup {
  test::FakeClock clock;
  test::CountingEntropy entropy;
  test::VirtualTable table{clock};
  std::shared_ptr<Core> core = std::make_shared<Core>(table, clock, entropy, LockClientOptions());
  std::shared_ptr<LeaseState> lease = test::lease_on(core, "x", 10s);
};

}  // namespace

TEST_CASE("a turn that may be overtaken is not given twice, and is free again when it ends") {
  Setup setup;
  auto first = setup.lease->try_turn();
  REQUIRE(first.has_value());
  CHECK_FALSE(setup.lease->try_turn().has_value());
  first.reset();
  CHECK(setup.lease->try_turn().has_value());
  const Turn blocking = setup.lease->take_turn();
  CHECK_FALSE(setup.lease->try_turn().has_value());
}

TEST_CASE("the answer to a renewal that was overtaken changes nothing, and its write stays in doubt") {
  Setup setup;
  const std::string version = setup.lease->version();
  setup.clock.advance(3s);
  Renewing overtaken(*setup.lease->try_turn(), {});
  REQUIRE(std::holds_alternative<Send>(overtaken.begin()));
  const Turn turn = setup.lease->take_turn();
  CHECK(std::holds_alternative<Done>(overtaken.answered(dynamo::WriteOutcome{})));
  CHECK_FALSE(overtaken.result().ok());
  CHECK(setup.lease->version() == version);
  CHECK(setup.lease->remaining() <= 7s);
  // The next renewal settles it first.
  const auto next = setup.lease->next_renewal(turn);
  REQUIRE(next.ok());
  CHECK(next->in_doubt);
}

TEST_CASE("a renewal whose reply was lost is not sent again once it was overtaken") {
  Setup setup;
  Renewing overtaken(*setup.lease->try_turn(), {});
  REQUIRE(std::holds_alternative<Send>(overtaken.begin()));
  REQUIRE(std::holds_alternative<Pause>(overtaken.answered(make_error(ErrorKind::ambiguous, "no reply"))));
  SUBCASE("by a release") {
    const Turn release = setup.lease->take_turn();
    CHECK(std::holds_alternative<Done>(overtaken.waited(true)));
    CHECK(overtaken.result().error().kind == ErrorKind::not_applied);
  }
  SUBCASE("by nobody it is") { CHECK(std::holds_alternative<Send>(overtaken.waited(true))); }
}

TEST_CASE("the end of a turn that was overtaken does not end the other one") {
  Setup setup;
  auto overtaken = setup.lease->try_turn();
  const Turn turn = setup.lease->take_turn();
  overtaken.reset();
  CHECK_FALSE(setup.lease->try_turn().has_value());
}

TEST_CASE("a turn of one thread is waited for by another's") {
  Setup setup;
  std::atomic<bool> ended{false};
  std::thread other;
  {
    const Turn turn = setup.lease->take_turn();
    other = std::thread([&] {
      const Turn next = setup.lease->take_turn();
      CHECK(ended);
    });
    ended = true;
  }
  other.join();
}
