#include "dynamutex/lock/lease.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <optional>

#include "scripted_table.hpp"
#include "support/in_child.hpp"

using namespace std::chrono_literals;
using namespace dynamutex;
using namespace dynamutex::lock;
using test::Asked;
using test::LockSetup;
using test::WriteOutcome;

namespace {

struct Held : LockSetup {
  explicit Held(AcquireOptions options = {}) {
    table.then_applied();
    lease = *client->acquire("x", options);
    acquired = table.asked.back();
    table.asked.clear();
  }
  std::optional<Lease> lease;
  Asked acquired;
};

}  // namespace

TEST_CASE("a renewal replaces my own record with a fresh version and a full lease") {
  Held held;
  held.clock.advance(6s);
  held.table.then_applied();
  REQUIRE(held.lease->renew().ok());
  const Asked& put = held.table.asked.at(0);
  CHECK(put.condition == "recordVersionNumber = :v");
  CHECK(put.value(":v") == held.acquired.text("recordVersionNumber"));
  CHECK(put.text("recordVersionNumber") != held.acquired.text("recordVersionNumber"));
  CHECK(put.text("ownerName") == "me");
  CHECK(std::stoll(put.number("expiresAt")) >= std::stoll(held.acquired.number("expiresAt")) + 5'000);
  CHECK(held.lease->remaining() > 19900ms);
  CHECK(held.lease->version() == put.text("recordVersionNumber"));
}

TEST_CASE("the payload survives renewals") {
  AcquireOptions options;
  options.data = "build 7";
  Held held(options);
  held.table.then_applied();
  REQUIRE(held.lease->renew().ok());
  CHECK(held.table.asked.at(0).item.find_as<dynamo::Binary>("data")->bytes == "build 7");
}

TEST_CASE("a renewal that finds another's record, or none, has lost the lease") {
  for (const bool taken : {true, false}) {
    Held held;
    if (taken) {
      held.table.then_refused(held.record("theirs", held.server_now() + 20s));
    } else {
      held.table.then_refused(std::nullopt).then_item(std::nullopt);
    }
    const auto renewed = held.lease->renew();
    REQUIRE_FALSE(renewed.ok());
    CHECK(renewed.error().kind == ErrorKind::lost);
    CHECK_FALSE(held.lease->still_held());
    REQUIRE(held.lease->loss().has_value());
    CHECK(held.lease->loss()->message.find(taken ? "held by other" : "removed") != std::string::npos);
    // Nothing is sent for a lease that is known to be lost.
    CHECK(held.lease->release() == ReleaseOutcome::already_lost);
    CHECK(held.lease->renew().error().kind == ErrorKind::lost);
  }
}

TEST_CASE("a renewal whose reply was lost is found again by its version") {
  Held held;
  held.clock.advance(5s);
  held.table.then_fails(ErrorKind::ambiguous).then([](const Asked& asked) {
    return WriteOutcome{WriteOutcome::Status::condition_failed, asked.item, false};
  });
  REQUIRE(held.lease->renew().ok());
  CHECK(held.table.asked.size() == 2);
  CHECK(held.lease->remaining() > 19s);
}

TEST_CASE("a renewal in doubt is settled, with its own version, before the next one") {
  Held held;
  held.table.takes = 1s;
  held.table.then_fails(ErrorKind::ambiguous);
  const auto first = held.lease->renew(held.clock.now() + 1s);
  REQUIRE_FALSE(first.ok());
  CHECK(first.error().kind == ErrorKind::ambiguous);
  CHECK(held.lease->still_held());
  CHECK(held.lease->remaining() < 19s);

  held.table.then([](const Asked& asked) { return WriteOutcome{WriteOutcome::Status::condition_failed, asked.item, false}; });
  held.table.then_applied();
  REQUIRE(held.lease->renew().ok());
  REQUIRE(held.table.asked.size() == 3);
  CHECK(held.table.asked[0].text("recordVersionNumber") == held.table.asked[1].text("recordVersionNumber"));
  CHECK(held.table.asked[2].value(":v") == held.table.asked[0].text("recordVersionNumber"));
}

TEST_CASE("a renewal that certainly did not happen leaves nothing to settle") {
  Held held;
  held.table.then_fails(ErrorKind::not_applied);
  CHECK(held.lease->renew().error().kind == ErrorKind::not_applied);
  held.table.then_applied();
  REQUIRE(held.lease->renew().ok());
  CHECK(held.table.asked.size() == 2);
}

TEST_CASE("a renewal never reaches beyond the lease's end, and none begins after it") {
  Held held;
  held.clock.advance(10s);
  held.table.then_applied();
  const MonotonicTime end = held.clock.now() + held.lease->remaining();
  REQUIRE(held.lease->renew().ok());
  CHECK(held.table.deadlines.back() <= end);
  held.clock.advance(30s);
  CHECK(held.lease->renew().error().kind == ErrorKind::lost);
  CHECK(held.table.asked.size() == 1);
  // Nobody may have noticed: the release still gives the lock back.
  held.table.then_applied();
  CHECK(held.lease->release() == ReleaseOutcome::released);
}

TEST_CASE("a renewal never writes an expiry from the wall clock") {
  Held held;
  AcquireOptions options;
  options.lease = 2h;
  held.table.then_applied().then_applied();
  Lease lease = *held.client->acquire("y", options);
  held.table.server_ahead.reset();
  held.clock.wall_offset = -1h;
  held.clock.advance(1h);  // Drift made the bounds wider than a first acquisition would accept.
  held.table.then_applied();
  held.table.script.clear();
  held.table.then_applied();
  REQUIRE(lease.renew().ok());
  const long long expires = std::stoll(held.table.asked.back().number("expiresAt"));
  const auto now = std::chrono::duration_cast<std::chrono::milliseconds>(held.server_now().time_since_epoch()).count();
  CHECK(expires >= now + 7'200'000);
}

TEST_CASE("a release is one conditional delete of my own record") {
  Held held;
  held.table.then_applied();
  CHECK(held.lease->release() == ReleaseOutcome::released);
  const Asked& erase = held.table.asked.at(0);
  CHECK(erase.operation == "delete");
  CHECK(erase.condition == "recordVersionNumber = :v");
  CHECK(erase.value(":v") == held.acquired.text("recordVersionNumber"));
  CHECK_FALSE(held.lease->still_held());
  CHECK_FALSE(held.lease->loss().has_value());
  CHECK(held.lease->release() == ReleaseOutcome::released);
  CHECK(held.table.asked.size() == 1);
}

TEST_CASE("a release tells a lock that was lost from one that is in doubt") {
  Held lost;
  lost.table.then_refused(lost.record("theirs", std::nullopt));
  CHECK(lost.lease->release() == ReleaseOutcome::already_lost);
  CHECK(lost.lease->loss().has_value());

  Held doubt;
  doubt.table.takes = 2s;
  doubt.table.then_fails(ErrorKind::ambiguous).then_fails(ErrorKind::ambiguous);
  CHECK(doubt.lease->release() == ReleaseOutcome::in_doubt);
}

TEST_CASE("a release whose reply was lost counts as done when the record is gone") {
  Held held;
  held.table.then_fails(ErrorKind::ambiguous).then_refused(std::nullopt);
  CHECK(held.lease->release() == ReleaseOutcome::released);
  Held inside;
  inside.table.then_refused(std::nullopt, true);
  CHECK(inside.lease->release() == ReleaseOutcome::released);
}

TEST_CASE("a release with a renewal in doubt deletes either of the two versions") {
  Held held;
  held.table.takes = 1s;
  held.table.then_fails(ErrorKind::ambiguous);
  REQUIRE_FALSE(held.lease->renew(held.clock.now() + 1s).ok());
  held.table.then_applied();
  CHECK(held.lease->release() == ReleaseOutcome::released);
  const Asked& erase = held.table.asked.back();
  CHECK(erase.condition == "recordVersionNumber = :v OR recordVersionNumber = :w");
  CHECK(erase.value(":v") == held.acquired.text("recordVersionNumber"));
  CHECK(erase.value(":w") == held.table.asked.front().text("recordVersionNumber"));
}

TEST_CASE("a lease is not held from the moment its release begins") {
  Held held;
  held.table.then([&](const Asked&) {
    CHECK_FALSE(held.lease->still_held());
    return WriteOutcome{};
  });
  CHECK(held.lease->release() == ReleaseOutcome::released);
}

TEST_CASE("a lease that goes out of scope is released, a moved-from one is not") {
  Held held;
  held.table.then_applied();
  {
    const Lease moved = *std::move(held.lease);
    held.lease.reset();
    CHECK(held.table.asked.empty());
  }
  CHECK(held.table.asked.size() == 1);
}

TEST_CASE("assigning to a lease releases what it held") {
  Held held;
  held.table.then_applied();
  Lease other = *held.client->acquire("y");
  held.table.asked.clear();
  held.table.then_applied();
  *held.lease = std::move(other);
  REQUIRE(held.table.asked.size() == 1);
  CHECK(held.table.asked[0].text("key") == "x");
  CHECK(held.lease->name().key == "y");
}

TEST_CASE("a fenced lease is released by marking its row, token kept") {
  LockSetup setup;
  setup.table.then([](const Asked&) { return test::applied_with_token(7); });
  AcquireOptions options;
  options.fenced = true;
  Lease lease = *setup.client->acquire("x", options);
  setup.table.then_applied();
  REQUIRE(lease.renew().ok());
  CHECK(setup.table.asked.back().number("fencingToken") == "7");
  // A late copy of the acquiring write may have brought this version back with a higher token.
  CHECK(setup.table.asked.back().condition == "(recordVersionNumber = :v) AND fencingToken = :f");
  CHECK(setup.table.asked.back().value(":f") == "7");
  setup.table.then_applied();
  CHECK(lease.release() == ReleaseOutcome::released);
  const Asked& put = setup.table.asked.back();
  CHECK(put.operation == "put");
  CHECK(put.text("isReleased") == "1");
  CHECK(put.number("fencingToken") == "7");
}

TEST_CASE("a renewal that was answered after the lease's end does not bring it back, and its record is given back") {
  Held held;
  held.clock.advance(6s);
  // The process stood still while the answer waited to be read.
  held.table.then([&](const Asked&) {
    held.clock.advance(15s);
    return WriteOutcome{};
  });
  const auto renewed = held.lease->renew();
  REQUIRE_FALSE(renewed.ok());
  CHECK(renewed.error().kind == ErrorKind::lost);
  CHECK_FALSE(held.lease->still_held());
  const std::string written = held.table.asked[0].text("recordVersionNumber");
  held.table.then_applied();
  CHECK(held.lease->release() == ReleaseOutcome::released);
  CHECK(held.table.asked[1].condition == "recordVersionNumber = :v OR recordVersionNumber = :w");
  CHECK(held.table.asked[1].value(":w") == written);
}

TEST_CASE("a renewal that is refused by an item that is no lock's record has lost the lease") {
  dynamo::Item stranger;
  stranger.set("key", std::string("x"));
  stranger.set("note", std::string("made by hand"));
  for (const bool shown : {true, false}) {
    Held held;
    if (shown) {
      held.table.then_refused(stranger);
    } else {
      held.table.then_refused(std::nullopt).then_item(stranger);
    }
    const auto renewed = held.lease->renew();
    REQUIRE_FALSE(renewed.ok());
    CHECK(renewed.error().kind == ErrorKind::lost);
    CHECK_FALSE(held.lease->still_held());
    CHECK(held.lease->loss().has_value());
  }
}

TEST_CASE("a lease is its process's: a child of fork lets go of its copy, and may release it only by saying so") {
  Held held;
  CHECK(testing::in_child([&] {
          { const Lease copy = *std::move(held.lease); }
          return static_cast<int>(held.table.asked.size());
        }) == 0);
  held.table.then_applied();
  held.lease.reset();
  CHECK(held.table.asked.size() == 1);
}
