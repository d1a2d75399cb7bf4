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

TEST_CASE("a release overtakes who renews by hand, and a later renewal an earlier one") {
  Setup setup;
  Renewing first(*setup.lease->turn_to_renew(), {});
  REQUIRE(std::holds_alternative<Send>(first.begin()));
  Renewing second(*setup.lease->turn_to_renew(), {});
  REQUIRE(std::holds_alternative<Send>(second.begin()));
  CHECK(std::holds_alternative<Done>(first.answered(dynamo::WriteOutcome{})));
  CHECK(first.result().error().kind == ErrorKind::not_applied);
  const Turn releasing = setup.lease->take_turn();
  CHECK(std::holds_alternative<Done>(second.answered(dynamo::WriteOutcome{})));
  CHECK(second.result().error().kind == ErrorKind::not_applied);
}

TEST_CASE("who would renew a lease that is being released is told at once") {
  Setup setup;
  const Turn releasing = setup.lease->take_turn();
  const auto turn = setup.lease->turn_to_renew();
  REQUIRE_FALSE(turn.ok());
  CHECK(turn.error().kind == ErrorKind::lost);
}

TEST_CASE("a turn that was revoked sends nothing more, not even the renewal after one that it settled") {
  Setup setup;
  SUBCASE("before its first request") {
    auto turn = setup.lease->try_turn();
    setup.lease->revoke(turn->number());
    Renewing revoked(*std::move(turn), {});
    CHECK(std::holds_alternative<Done>(revoked.begin()));
    CHECK_FALSE(setup.lease->writes().second.has_value());
  }
  SUBCASE("while it settles an earlier one") {
    {
      Renewing doubtful(*setup.lease->try_turn(), {});
      REQUIRE(std::holds_alternative<Send>(doubtful.begin()));
    }
    auto turn = setup.lease->try_turn();
    const std::uint64_t number = turn->number();
    Renewing settling(*std::move(turn), {});
    REQUIRE(std::holds_alternative<Send>(settling.begin()));
    setup.lease->revoke(number);
    CHECK(std::holds_alternative<Done>(settling.answered(dynamo::WriteOutcome{})));
    CHECK(setup.lease->writes().second.has_value());
  }
  CHECK(setup.lease->try_turn().has_value());
}
