#include <doctest/doctest.h>

#include <algorithm>
#include <chrono>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "dynamutex/lock/lease_handle.hpp"
#include "scripted_table.hpp"

using namespace std::chrono_literals;
using namespace dynamutex;
using namespace dynamutex::lock;
using test::Asked;
using test::LockSetup;

namespace {

/// One process acquired the lock and ended; the test is the next one.
struct HandedOver : LockSetup {
  explicit HandedOver(AcquireOptions acquire = {}) {
    table.then_applied();
    Lease lease = *client->acquire("x", acquire);
    written = table.asked.back().item;
    handle = lease.detach("boot");
    table.asked.clear();
  }

  /// Adopts while `standing` is the record.
  Result<Lease> adopt(std::optional<dynamo::Item> standing, const std::string& boot = "boot") {
    table.then_item(std::move(standing));
    AdoptOptions options;
    options.boot_id = boot;
    options.before_renewal = [this](const LeaseHandle& now) -> Result<void> {
      stored.push_back(now);
      if (storing_fails) return make_error(ErrorKind::not_applied, "disk full");
      return {};
    };
    return client->adopt(handle, options);
  }

  [[nodiscard]] dynamo::Item written_as(const std::string& version) const {
    Record record = *decode(written, {});
    record.version = version;
    return encode(record, {}, Compat::java);
  }

  LeaseHandle handle;
  dynamo::Item written;
  std::vector<LeaseHandle> stored;
  bool storing_fails = false;
};

}  // namespace

TEST_CASE("a lease that is let go of is not released, and its handle says all that is needed") {
  AcquireOptions options;
  options.lease = 30s;
  HandedOver world(options);
  CHECK(world.table.asked.empty());
  CHECK(world.handle.name == LockName("x"));
  CHECK(world.handle.owner == "me");
  CHECK(world.handle.lease == 30s);
  CHECK(world.handle.boot_id == "boot");
  CHECK(world.handle.held.version == *world.written.find_as<std::string>("recordVersionNumber"));
  CHECK(world.handle.held.valid_until > world.clock.now() + 29s);
  CHECK(world.handle.held.valid_until < world.clock.now() + 30s);
  CHECK_FALSE(world.handle.pending.has_value());
}

TEST_CASE("an adopted lease has the time left that it had, and is renewed and released like any other") {
  AcquireOptions options;
  options.data = "build 7";
  HandedOver world(options);
  world.clock.advance(5s);
  auto lease = world.adopt(world.written);
  REQUIRE(lease.ok());
  CHECK(lease->remaining() == world.handle.held.valid_until - world.clock.now());
  CHECK(lease->owner() == "me");

  world.table.asked.clear();
  world.table.then_applied();
  REQUIRE(lease->renew().ok());
  const Asked put = world.table.asked.at(0);
  CHECK(put.value(":v") == world.handle.held.version);
  CHECK(put.item.find_as<dynamo::Binary>("data")->bytes == "build 7");
  CHECK(lease->remaining() > 19s);

  world.table.then_applied();
  CHECK(lease->release() == ReleaseOutcome::released);
  CHECK(world.table.asked.back().value(":v") == put.text("recordVersionNumber"));
}

TEST_CASE("a renewal is written down before it is sent, and settled after it") {
  HandedOver world;
  auto lease = world.adopt(world.written);
  REQUIRE(lease.ok());
  world.table.then([&](const Asked& asked) {
    REQUIRE(world.stored.size() == 1);
    CHECK(world.stored[0].held.version == world.handle.held.version);
    REQUIRE(world.stored[0].pending.has_value());
    CHECK(world.stored[0].pending->version == asked.text("recordVersionNumber"));
    return test::WriteOutcome{};
  });
  REQUIRE(lease->renew().ok());
  const LeaseHandle after = lease->handle("boot");
  CHECK(after.held.version == world.stored[0].pending->version);
  CHECK(after.held.valid_until == world.stored[0].pending->valid_until);
  CHECK_FALSE(after.pending.has_value());
}

TEST_CASE("a renewal that cannot be written down is not sent") {
  HandedOver world;
  world.storing_fails = true;
  auto lease = world.adopt(world.written);
  REQUIRE(lease.ok());
  world.table.asked.clear();
  const auto renewed = lease->renew();
  REQUIRE_FALSE(renewed.ok());
  CHECK(renewed.error().message == "disk full");
  CHECK(world.table.asked.empty());
  CHECK_FALSE(lease->handle("boot").pending.has_value());
}

TEST_CASE("a renewal that overtakes another while that is written down sends nothing that was not written down") {
  HandedOver world;
  std::optional<Lease> lease;
  std::thread overtaking;
  Result<void> second;
  std::vector<std::string> stored;
  bool fails = false;
  AdoptOptions options;
  options.boot_id = "boot";
  options.before_renewal = [&](const LeaseHandle& now) -> Result<void> {
    if (!overtaking.joinable()) {
      overtaking = std::thread([&] { second = lease->renew(); });
      std::this_thread::sleep_for(100ms);  // In which it would ask the table.
      CHECK(world.table.asked.empty());
      if (fails) return make_error(ErrorKind::not_applied, "disk full");
    }
    stored.push_back(now.pending->version);
    return {};
  };
  SUBCASE("and was") {}
  SUBCASE("and could not be") { fails = true; }
  world.table.then_item(world.written);
  lease = *world.client->adopt(world.handle, options);
  world.table.asked.clear();
  for (int i = 0; i < 3; ++i) world.table.then_applied();
  const auto first = lease->renew();
  overtaking.join();
  CHECK_FALSE(first.ok());
  CHECK(second.ok());
  CHECK_FALSE(world.table.asked.empty());
  for (const Asked& put : world.table.asked) {
    CHECK(std::find(stored.begin(), stored.end(), put.text("recordVersionNumber")) != stored.end());
  }
  CHECK(lease->version() == stored.back());
}

TEST_CASE("after a crash in the middle of a renewal the pending version in the record is mine") {
  HandedOver world;
  const MonotonicTime sent = world.clock.now() + 4s;
  world.handle.pending = LeaseTerm{"pending", sent + 19s};
  world.clock.advance(6s);
  auto lease = world.adopt(world.written_as("pending"));
  REQUIRE(lease.ok());
  CHECK(lease->version() == "pending");
  CHECK(lease->remaining() == sent + 19s - world.clock.now());
  CHECK_FALSE(lease->handle("boot").pending.has_value());
}

TEST_CASE("a pending renewal that has not arrived is sent again as it was, and counts from when it was first sent") {
  HandedOver world;
  world.handle.pending = LeaseTerm{"pending", world.handle.held.valid_until + 4s};
  world.clock.advance(6s);
  auto lease = world.adopt(world.written);
  REQUIRE(lease.ok());
  CHECK(lease->remaining() == world.handle.held.valid_until - world.clock.now());

  // The first copy arrives at last, before the second.
  world.table.asked.clear();
  world.table.then_refused(world.written_as("pending")).then_fails(ErrorKind::denied);
  REQUIRE_FALSE(lease->renew().ok());
  CHECK(world.table.asked.at(0).text("recordVersionNumber") == "pending");
  CHECK(world.table.asked.at(0).value(":v") == world.handle.held.version);
  CHECK(lease->version() == "pending");
  CHECK(lease->remaining() == world.handle.held.valid_until + 4s - world.clock.now());
}

TEST_CASE("a release frees the lock whether a pending renewal has arrived or not") {
  HandedOver world;
  world.handle.pending = LeaseTerm{"pending", world.handle.held.valid_until + 4s};
  auto lease = world.adopt(world.written);
  REQUIRE(lease.ok());
  world.table.then_applied();
  CHECK(lease->release() == ReleaseOutcome::released);
  CHECK(world.table.asked.back().value(":v") == world.handle.held.version);
  CHECK(world.table.asked.back().value(":w") == "pending");
}

TEST_CASE("another's record, a released one or none is a lost lease") {
  HandedOver world;
  Record released = *decode(world.written, {});
  released.released = true;
  Record higher = *decode(world.written, {});
  higher.fencing_token = FencingToken{7};
  for (const std::optional<dynamo::Item>& standing :
       {std::optional(world.record("theirs", std::nullopt)), std::optional(encode(released, {}, Compat::java)),
        std::optional(encode(higher, {}, Compat::java)), std::optional<dynamo::Item>()}) {
    const auto lease = world.adopt(standing);
    REQUIRE_FALSE(lease.ok());
    CHECK(lease.error().kind == ErrorKind::lost);
  }
}

TEST_CASE("a lease of another boot, of no clock that this can be, or whose time is over cannot be renewed, only released") {
  for (const char* const reason : {"other boot", "no boot", "beyond a lease", "over"}) {
    CAPTURE(reason);
    const std::string why = reason;
    HandedOver world;
    world.handle.pending = LeaseTerm{"pending", world.handle.held.valid_until};
    if (why == "no boot") world.handle.boot_id.clear();
    if (why == "beyond a lease") world.handle.held.valid_until = world.handle.pending->valid_until = world.clock.now() + 21s;
    if (why == "over") world.clock.advance(20s);
    auto lease = world.adopt(world.written, why == "other boot" ? "another" : why == "no boot" ? "" : "boot");
    REQUIRE(lease.ok());
    CHECK_FALSE(lease->still_held());
    const auto renewed = lease->renew();
    REQUIRE_FALSE(renewed.ok());
    CHECK(renewed.error().kind == ErrorKind::lost);
    CHECK(world.stored.empty());
    world.table.then_applied();
    CHECK(lease->release() == ReleaseOutcome::released);
    CHECK(world.table.asked.back().value(":w") == "pending");
  }
}

TEST_CASE("a fenced lease keeps its token over the hand-over") {
  LockSetup world;
  AcquireOptions options;
  options.fenced = true;
  world.table.then([](const Asked&) { return test::applied_with_token(41); });
  const LeaseHandle handle = world.client->acquire("x", options)->detach("boot");
  REQUIRE(handle.fencing_token.has_value());
  Record standing = *decode(world.record(handle.held.version, world.server_now() + 20s), {});
  standing.fencing_token = handle.fencing_token;
  world.table.then_item(encode(standing, {}, Compat::java));
  const auto lease = world.client->adopt(handle, {"boot", {}, nullptr});
  REQUIRE(lease.ok());
  CHECK(lease->fencing_token() == FencingToken{41});
}

TEST_CASE("a handle that cannot be one is refused before anything is asked") {
  HandedOver world;
  const LeaseHandle good = world.handle;
  for (int wrong = 0; wrong < 3; ++wrong) {
    LeaseHandle handle = good;
    if (wrong == 0) handle.held.version.clear();
    if (wrong == 1) handle.lease = 0s;
    if (wrong == 2) handle.name = LockName("");
    const auto lease = world.client->adopt(handle, {"boot", {}, nullptr});
    REQUIRE_FALSE(lease.ok());
    CHECK(lease.error().kind == ErrorKind::invalid);
  }
  CHECK(world.table.asked.empty());
}
