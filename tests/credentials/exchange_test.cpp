#include "credentials/exchange.hpp"

#include <doctest/doctest.h>

#include <chrono>

#include "credentials/scripted_transport.hpp"
#include "support/fake_world.hpp"

using namespace dynamutex;
using namespace dynamutex::credentials;
using namespace dynamutex::testing;
using namespace std::chrono_literals;

namespace {

constexpr Patience kThree{2s, 3};

struct Exchange {
  test::FakeClock clock;
  ScriptedTransport transport;

  Result<http::Response> run(Duration until_deadline = 1h, const Cancellation* cancellation = nullptr) {
    return exchange(clock, transport, {}, kThree, clock.now() + until_deadline, cancellation);
  }
};

}  // namespace

TEST_CASE("a service that fails is asked again, as often as it may be, and its last answer is told") {
  Exchange recovers;
  recovers.transport.then(503, "").then_error(ErrorKind::not_applied).then(200, "here");
  const auto reply = recovers.run();
  REQUIRE(reply.ok());
  CHECK(reply->body == "here");
  CHECK(recovers.transport.asked.size() == 3);
  CHECK(recovers.clock.waits == 2);

  Exchange fails;
  fails.transport.then(500, "");
  const auto last = fails.run();
  REQUIRE(last.ok());
  CHECK(last->status == 500);
  CHECK(fails.transport.asked.size() == 3);

  Exchange refuses;
  refuses.transport.then(403, "");
  CHECK(refuses.run().ok());
  CHECK(refuses.transport.asked.size() == 1);
}

TEST_CASE("each attempt has its own time, which ends with the caller's at the latest") {
  Exchange long_enough;
  long_enough.transport.then(200, "");
  const MonotonicTime start = long_enough.clock.now();
  CHECK(long_enough.run(1h).ok());
  CHECK(long_enough.transport.asked.at(0).deadline == start + 2s);
  CHECK(long_enough.run(1s).ok());
  CHECK(long_enough.transport.asked.at(1).deadline == start + 1s);
}

TEST_CASE("an attempt that took its whole time is no end of the caller's time") {
  Exchange slow;
  slow.transport.then_error(ErrorKind::timed_out);
  const auto result = slow.run();
  REQUIRE_FALSE(result.ok());
  CHECK(result.error().kind == ErrorKind::not_applied);
  CHECK(slow.transport.asked.size() == 3);
}

TEST_CASE("whatever fails once the caller's time is over is told as that, and nothing is asked again") {
  for (const ErrorKind kind : {ErrorKind::not_applied, ErrorKind::ambiguous, ErrorKind::timed_out}) {
    Exchange late;
    late.transport.then_error(kind);
    const auto result = late.run(0s);
    REQUIRE_FALSE(result.ok());
    CHECK(result.error().kind == ErrorKind::timed_out);
    CHECK(late.transport.asked.size() == 1);
  }
}

TEST_CASE("a cancelled question is not repeated") {
  Cancellation cancellation;
  cancellation.cancel();
  Exchange cancelled;
  cancelled.transport.then_error(ErrorKind::not_applied);
  const auto result = cancelled.run(1h, &cancellation);
  REQUIRE_FALSE(result.ok());
  CHECK(result.error().kind == ErrorKind::timed_out);
  CHECK(cancelled.transport.asked.size() == 1);

  Exchange patient;
  Cancellation never;
  patient.transport.then_error(ErrorKind::not_applied).then(200, "");
  CHECK(patient.run(1h, &never).ok());
}

TEST_CASE("a request that is wrong stays wrong, and is not repeated") {
  Exchange wrong;
  wrong.transport.then_error(ErrorKind::invalid);
  const auto result = wrong.run();
  REQUIRE_FALSE(result.ok());
  CHECK(result.error().kind == ErrorKind::invalid);
  CHECK(wrong.transport.asked.size() == 1);
}
