// LockClient::acquire against a scripted table: what it sends, and what it makes of the answers.

#include <doctest/doctest.h>

#include <chrono>

#include "scripted_table.hpp"

using namespace std::chrono_literals;
using namespace dynamutex;
using namespace dynamutex::lock;
using test::Asked;
using test::LockSetup;
using test::WriteOutcome;

namespace {

AcquireOptions waiting(Duration wait) {
  AcquireOptions options;
  options.wait = wait;
  return options;
}

long long milliseconds_of(dynamo::ServerTime time) {
  return std::chrono::duration_cast<std::chrono::milliseconds>(time.time_since_epoch()).count();
}

/// Refuses the write and shows the record that the write itself would have left: its reply was lost before.
Result<WriteOutcome> refused_by_own_write(const Asked& asked) {
  return WriteOutcome{WriteOutcome::Status::condition_failed, asked.item, true};
}

}  // namespace

TEST_CASE("an uncontended acquire is one conditional put that prunes and creates at once") {
  LockSetup setup;
  setup.table.then_applied();
  const auto lease = setup.client->acquire("x");
  REQUIRE(lease.ok());
  REQUIRE(setup.table.asked.size() == 1);
  const Asked& put = setup.table.asked[0];
  CHECK(put.operation == "put");
  CHECK(
      put.condition ==
      "attribute_not_exists(#k) OR attribute_exists(isReleased) OR (expiresAt < :now AND expiresVersion = recordVersionNumber)");
  CHECK(put.text("key") == "x");
  CHECK(put.text("ownerName") == "me");
  CHECK(put.text("recordVersionNumber").size() == 32);
  CHECK(put.text("leaseDuration") == "20000");
  // latest_now() is at most 1.5 s ahead of the servers' time; earliest_now() at most 1.5 s behind.
  const long long now = milliseconds_of(setup.server_now());
  CHECK(std::stoll(put.number("expiresAt")) >= now + 20'000);
  CHECK(std::stoll(put.number("expiresAt")) <= now + 21'600);
  CHECK(std::stoll(put.value(":now")) <= now);
  CHECK(std::stoll(put.value(":now")) >= now - 1'600);
  CHECK(std::stoll(put.number("ttl")) == (std::stoll(put.number("expiresAt")) + 999) / 1000 + 7 * 86400);
}

TEST_CASE("a lease counts from before its write was sent, shortened by the drift") {
  LockSetup setup;
  setup.table.takes = 3s;
  setup.table.then_applied();
  const auto lease = setup.client->acquire("x");
  REQUIRE(lease.ok());
  CHECK(lease->remaining() < 17s);
  CHECK(lease->remaining() > 17s - 20ms);
  CHECK(lease->still_held());
  setup.clock.advance(16980ms);
  CHECK(lease->still_held());
  setup.clock.advance(20ms);
  CHECK_FALSE(lease->still_held());
  CHECK(lease->remaining() == 0ns);
}

TEST_CASE("a process that knows no servers' time yet does not claim that anything expired") {
  LockSetup setup(false);
  setup.table.tell_time(LockSetup::kServerAhead);
  setup.table.then_applied();
  const auto lease = setup.client->acquire("x");
  REQUIRE(lease.ok());
  CHECK(setup.table.asked[0].condition == "attribute_not_exists(#k) OR attribute_exists(isReleased)");
  CHECK(setup.table.asked.size() == 1);
}

TEST_CASE("a wrong wall clock costs one more write, before anyone relies on the lease") {
  for (const Duration error : {Duration(2h), Duration(-2h)}) {
    LockSetup setup(false);
    setup.clock.wall_offset = LockSetup::kServerAhead + error;
    setup.table.tell_time(LockSetup::kServerAhead);
    setup.table.then_applied().then_applied();
    const auto lease = setup.client->acquire("x");
    REQUIRE(lease.ok());
    REQUIRE(setup.table.asked.size() == 2);
    const Asked& rewrite = setup.table.asked[1];
    CHECK(rewrite.condition == "recordVersionNumber = :v");
    CHECK(rewrite.value(":v") == setup.table.asked[0].text("recordVersionNumber"));
    CHECK(rewrite.text("recordVersionNumber") != setup.table.asked[0].text("recordVersionNumber"));
    const long long now = milliseconds_of(setup.server_now());
    CHECK(std::stoll(rewrite.number("expiresAt")) >= now + 20'000);
    CHECK(std::stoll(rewrite.number("expiresAt")) <= now + 21'600);
  }
}

TEST_CASE("a contender that came between a wrong guess and its correction simply wins") {
  LockSetup setup(false);
  setup.clock.wall_offset = LockSetup::kServerAhead - 2h;
  setup.table.tell_time(LockSetup::kServerAhead);
  const auto theirs = setup.record("theirs", setup.server_now() + 20s);
  setup.table.then_applied().then_refused(theirs).then_item(theirs);
  const auto lease = setup.client->acquire("x");
  REQUIRE_FALSE(lease.ok());
  CHECK(lease.error().kind == ErrorKind::contended);
}

TEST_CASE("servers without a date get a record without an expiry, and are not asked to confirm a guess twice") {
  LockSetup setup(false);
  setup.table.then_applied().then_applied().then_applied();
  {
    const auto lease = setup.client->acquire("x");
    REQUIRE(lease.ok());
    REQUIRE(setup.table.asked.size() == 2);
    CHECK(setup.table.asked[0].number("expiresAt") != "(none)");
    CHECK(setup.table.asked[1].number("expiresAt") == "(none)");
    CHECK(setup.table.asked[1].number("ttl") == "(none)");
  }
  setup.table.asked.clear();
  setup.table.then_applied().then_applied();
  const auto lease = setup.client->acquire("x");
  REQUIRE(lease.ok());
  CHECK(setup.table.asked.size() == 1);
  CHECK(setup.table.asked[0].number("expiresAt") == "(none)");
}

TEST_CASE("a held lock is refused in one round trip, with its holder's name") {
  LockSetup setup;
  setup.table.then_refused(setup.record("theirs", setup.server_now() + 12s));
  const auto lease = setup.client->acquire("x");
  REQUIRE_FALSE(lease.ok());
  CHECK(lease.error().kind == ErrorKind::contended);
  CHECK(lease.error().message.find("held by other") != std::string::npos);
  CHECK(setup.table.asked.size() == 1);
}

TEST_CASE("a server that does not show the record is asked for it, consistently") {
  LockSetup setup;
  setup.table.then_refused(std::nullopt).then_item(setup.record("theirs", setup.server_now() + 12s));
  const auto lease = setup.client->acquire("x");
  REQUIRE_FALSE(lease.ok());
  CHECK(lease.error().kind == ErrorKind::contended);
  CHECK(setup.table.asked.at(1).operation == "get");
}

TEST_CASE("a refused write whose record carries my version is my lock") {
  LockSetup setup;
  setup.table.then(refused_by_own_write);
  const auto lease = setup.client->acquire("x");
  REQUIRE(lease.ok());
  CHECK(setup.table.asked.size() == 1);
}

TEST_CASE("after a lost reply the very same write goes out again") {
  LockSetup setup;
  setup.table.then_fails(ErrorKind::ambiguous).then(refused_by_own_write);
  const auto lease = setup.client->acquire("x");
  REQUIRE(lease.ok());
  REQUIRE(setup.table.asked.size() == 2);
  CHECK(setup.table.asked[0].text("recordVersionNumber") == setup.table.asked[1].text("recordVersionNumber"));
  CHECK(setup.table.asked[0].number("expiresAt") == setup.table.asked[1].number("expiresAt"));
}

TEST_CASE("a lease that settling a lost reply has half used up is made whole before it is given out") {
  LockSetup setup;
  setup.table.takes = 3s;
  setup.table.then_fails(ErrorKind::ambiguous)
      .then_fails(ErrorKind::ambiguous)
      .then_fails(ErrorKind::ambiguous)
      .then(refused_by_own_write)
      .then_applied();
  const auto lease = setup.client->acquire("x", waiting(30s));
  REQUIRE(lease.ok());
  CHECK(setup.table.asked.size() == 5);
  CHECK(lease->remaining() > 16s);
}

TEST_CASE("an acquire that gives up in doubt takes its write back and says so") {
  LockSetup setup;
  setup.table.takes = 2s;
  for (int i = 0; i < 5; ++i) setup.table.then_fails(ErrorKind::ambiguous);
  setup.table.then_applied();
  const auto lease = setup.client->acquire("x");
  REQUIRE_FALSE(lease.ok());
  CHECK(lease.error().kind == ErrorKind::ambiguous);
  const Asked& last = setup.table.asked.back();
  CHECK(last.operation == "delete");
  CHECK(last.value(":v") == setup.table.asked.front().text("recordVersionNumber"));
}

TEST_CASE("what was certainly not applied is told as it is, and nothing is taken back") {
  for (const ErrorKind kind : {ErrorKind::not_applied, ErrorKind::throttled, ErrorKind::denied, ErrorKind::not_found}) {
    LockSetup setup;
    setup.table.then_fails(kind);
    const auto lease = setup.client->acquire("x", waiting(1h));
    REQUIRE_FALSE(lease.ok());
    CHECK(lease.error().kind == kind);
    CHECK(setup.table.asked.size() == 1);
  }
}

TEST_CASE("an expired record of which the contender learns from the refusal is taken over by its version") {
  LockSetup setup(false);
  setup.table.tell_time(LockSetup::kServerAhead);
  setup.table.then_refused(setup.record("dead", setup.server_now() - 10s)).then_applied();
  const auto lease = setup.client->acquire("x");
  REQUIRE(lease.ok());
  REQUIRE(setup.table.asked.size() == 2);
  CHECK(setup.table.asked[1].condition == "recordVersionNumber = :v");
  CHECK(setup.table.asked[1].value(":v") == "dead");
}

TEST_CASE("a waiter reads while the lock is held, and writes only when it may win") {
  LockSetup setup;
  const auto theirs = setup.record("theirs", setup.server_now() + 1h);
  setup.table.then_refused(theirs);
  for (int i = 0; i < 5; ++i) setup.table.then_item(theirs);
  setup.table.then_item(std::nullopt).then_applied();
  const auto lease = setup.client->acquire("x", waiting(1min));
  REQUIRE(lease.ok());
  int writes = 0;
  for (const Asked& asked : setup.table.asked) writes += asked.operation == "put" ? 1 : 0;
  CHECK(writes == 2);
}

TEST_CASE("a waiter's pauses double from 50 ms to at most 1 s") {
  LockSetup setup;
  const auto theirs = setup.record("theirs", setup.server_now() + 1h);
  setup.table.then_refused(theirs);
  for (int i = 0; i < 12; ++i) setup.table.then_item(theirs);
  setup.table.then_item(std::nullopt).then_applied();
  REQUIRE(setup.client->acquire("x", waiting(1min)).ok());
  std::vector<Duration> pauses;
  for (std::size_t i = 1; i < 13; ++i) pauses.push_back(setup.table.asked[i].at - setup.table.asked[i - 1].at);
  CHECK(pauses[0] >= 25ms);
  CHECK(pauses[0] <= 50ms);
  CHECK(pauses[1] >= 50ms);
  CHECK(pauses[1] <= 100ms);
  CHECK(pauses[11] >= 500ms);
  CHECK(pauses[11] <= 1s);
}

TEST_CASE("a waiter wakes when the record can expire, and not a poll later") {
  LockSetup setup;
  const auto theirs = setup.record("theirs", setup.server_now() + 100ms);
  setup.table.then_refused(theirs);
  for (int i = 0; i < 40; ++i) setup.table.then_item(theirs);
  const MonotonicTime began = setup.clock.now();
  setup.table.script.clear();
  setup.table.then_refused(theirs);
  bool taken = false;
  for (int i = 0; i < 40; ++i) {
    setup.table.then([&, theirs](const Asked& asked) {
      if (asked.operation == "put") taken = true;
      return asked.operation == "put" ? WriteOutcome{} : WriteOutcome{WriteOutcome::Status::applied, theirs, false};
    });
  }
  const auto lease = setup.client->acquire("x", waiting(1min));
  REQUIRE(lease.ok());
  CHECK(taken);
  // 100 ms, and the bounds' own uncertainty of at most 1.5 s.
  CHECK(setup.clock.now() - began < 1700ms);
  CHECK(setup.clock.now() - began > 100ms);
}

TEST_CASE("a record without an expiry is taken over after it was seen unchanged for its own lease") {
  LockSetup setup;
  const auto foreign = setup.record("foreign", std::nullopt, 3s);
  setup.table.then_refused(foreign);
  for (int i = 0; i < 60; ++i) {
    setup.table.then([foreign](const Asked& asked) {
      return asked.operation == "put" ? WriteOutcome{} : WriteOutcome{WriteOutcome::Status::applied, foreign, false};
    });
  }
  const MonotonicTime began = setup.clock.now();
  const auto lease = setup.client->acquire("x", waiting(1min));
  REQUIRE(lease.ok());
  CHECK(setup.clock.now() - began >= 3s + 1500us);
  CHECK(setup.clock.now() - began < 3100ms);
}

TEST_CASE("an observation outlives a failed acquire, so that trying again and again makes progress") {
  LockSetup setup;
  const auto foreign = setup.record("foreign", std::nullopt, 3s);
  for (int i = 0; i < 4; ++i) {
    setup.table.then_refused(foreign);
    const auto lease = setup.client->acquire("x");
    REQUIRE_FALSE(lease.ok());
    CHECK(lease.error().kind == ErrorKind::contended);
    setup.clock.advance(1s);
  }
  setup.table.then_refused(foreign).then_applied();
  const auto lease = setup.client->acquire("x");
  REQUIRE(lease.ok());
}

TEST_CASE("waiting ends at its deadline, and the last pause is cut to it") {
  LockSetup setup;
  const auto theirs = setup.record("theirs", setup.server_now() + 1h);
  setup.table.then_refused(theirs);
  for (int i = 0; i < 40; ++i) setup.table.then_item(theirs);
  const MonotonicTime began = setup.clock.now();
  const auto lease = setup.client->acquire("x", waiting(2s));
  REQUIRE_FALSE(lease.ok());
  CHECK(lease.error().kind == ErrorKind::contended);
  CHECK(setup.clock.now() - began == 2s);
  for (const MonotonicTime deadline : setup.table.deadlines) CHECK(deadline <= began + 2s);
}

TEST_CASE("cancelling ends a wait without a lease") {
  LockSetup setup;
  Cancellation cancellation;
  const auto theirs = setup.record("theirs", setup.server_now() + 1h);
  setup.table.then_refused(theirs).then([&](const Asked&) {
    cancellation.cancel();
    return WriteOutcome{WriteOutcome::Status::applied, theirs, false};
  });
  AcquireOptions options = waiting(Duration::max());
  options.cancellation = &cancellation;
  const auto lease = setup.client->acquire("x", options);
  REQUIRE_FALSE(lease.ok());
  CHECK(lease.error().kind == ErrorKind::timed_out);
}

TEST_CASE("a lock that came just as it was cancelled is given back") {
  LockSetup setup;
  Cancellation cancellation;
  setup.table.then([&](const Asked&) {
    cancellation.cancel();
    return WriteOutcome{};
  });
  setup.table.then_applied();
  AcquireOptions options;
  options.cancellation = &cancellation;
  const auto lease = setup.client->acquire("x", options);
  REQUIRE_FALSE(lease.ok());
  CHECK(lease.error().kind == ErrorKind::timed_out);
  CHECK(setup.table.asked.back().operation == "delete");
}

TEST_CASE("a waiter outlasts reads that fail, once the table has answered") {
  LockSetup setup;
  const auto theirs = setup.record("theirs", setup.server_now() + 1h);
  setup.table.then_refused(theirs).then_fails(ErrorKind::not_applied).then_fails(ErrorKind::throttled);
  setup.table.then_item(std::nullopt).then_applied();
  const auto lease = setup.client->acquire("x", waiting(1min));
  REQUIRE(lease.ok());
}

TEST_CASE("a waiter pauses after a look that failed, even where the record it saw last can be dead by now") {
  LockSetup setup;
  setup.table.then_refused(setup.record("theirs", setup.server_now() + 1h, 1s));
  for (int i = 0; i < 12; ++i) setup.table.then_fails(ErrorKind::throttled);
  setup.table.then_item(std::nullopt).then_applied();
  REQUIRE(setup.client->acquire("x", waiting(1min)).ok());
  const auto& asked = setup.table.asked;
  REQUIRE(asked.size() >= 14);
  for (std::size_t i = 1; i < 14; ++i) CHECK(asked[i].at - asked[i - 1].at >= 25ms);
}

TEST_CASE("an item that is no lock record is told, not taken over") {
  LockSetup setup;
  dynamo::Item stranger;
  stranger.set("key", "x");
  stranger.set("price", dynamo::Number{"5"});
  setup.table.then_refused(stranger);
  const auto lease = setup.client->acquire("x", waiting(1h));
  REQUIRE_FALSE(lease.ok());
  CHECK(lease.error().kind == ErrorKind::invalid);
  CHECK(lease.error().message.find("no lock record") != std::string::npos);
}

TEST_CASE("whoever waits can tell for whom, and for how long at least") {
  LockSetup setup;
  const auto theirs = setup.record("theirs", setup.server_now() + 12s);
  setup.table.then_refused(theirs).then_item(std::nullopt).then_applied();
  AcquireOptions options = waiting(1min);
  int told = 0;
  options.on_wait = [&](const WaitEvent& event) {
    ++told;
    CHECK(event.holder.owner == "other");
    REQUIRE(event.holder_left.has_value());
    CHECK(*event.holder_left > 11s);
    CHECK(*event.holder_left < 14s);
  };
  REQUIRE(setup.client->acquire("x", options).ok());
  CHECK(told == 1);
}

TEST_CASE("an acquire whose record may be left behind says so also when time is up before its next write") {
  LockSetup setup(false);
  setup.clock.wall_offset = LockSetup::kServerAhead - 2h;
  setup.table.tell_time(LockSetup::kServerAhead);
  setup.table.then_applied();                                   // A guess that is refuted …
  setup.table.then_fails(ErrorKind::not_applied);               // … cannot be corrected in time …
  setup.table.then([&](const Asked&) -> Result<WriteOutcome> {  // … nor taken back.
    setup.clock.advance(1min);
    Error error;
    error.kind = ErrorKind::ambiguous;
    return error;
  });
  const auto lease = setup.client->acquire("x", waiting(10s));
  REQUIRE_FALSE(lease.ok());
  CHECK(lease.error().kind == ErrorKind::ambiguous);
}

TEST_CASE("an acquire that is given up while its lease cannot be given back says that it is in doubt") {
  LockSetup setup;
  Cancellation cancellation;
  setup.table.then([&](const Asked&) {
    cancellation.cancel();
    return WriteOutcome{};
  });
  setup.table.takes = 1s;
  setup.table.then_fails(ErrorKind::ambiguous);
  AcquireOptions options;
  options.cancellation = &cancellation;
  const auto lease = setup.client->acquire("x", options);
  REQUIRE_FALSE(lease.ok());
  CHECK(lease.error().kind == ErrorKind::ambiguous);
}

TEST_CASE("a record left behind in doubt is not forgotten when a later one is given back") {
  LockSetup setup;
  Cancellation cancellation;
  setup.table.then([&](const Asked&) {
    setup.clock.advance(21s);  // Longer than the lease: it is over before anyone could use it …
    return WriteOutcome{};
  });
  setup.table.then([&](const Asked& asked) -> Result<WriteOutcome> {
    CHECK(asked.operation == "delete");
    setup.clock.advance(1s);
    Error error;
    error.kind = ErrorKind::ambiguous;  // … and whether it was given back is in doubt.
    return error;
  });
  setup.table.then_item(std::nullopt).then([&](const Asked&) {
    cancellation.cancel();
    return WriteOutcome{};
  });
  setup.table.then_applied();
  AcquireOptions options = waiting(1min);
  options.cancellation = &cancellation;
  const auto lease = setup.client->acquire("x", options);
  REQUIRE_FALSE(lease.ok());
  CHECK(lease.error().kind == ErrorKind::ambiguous);
  CHECK(setup.table.asked.size() == 5);
}

TEST_CASE("names and options that cannot be are refused before any request") {
  LockSetup setup;
  const auto refused = [&](const LockName& name, const AcquireOptions& options) {
    const auto lease = setup.client->acquire(name, options);
    REQUIRE_FALSE(lease.ok());
    CHECK(lease.error().kind == ErrorKind::invalid);
    CHECK_FALSE(lease.error().message.empty());
  };
  refused("", {});
  refused(std::string(2049, 'x'), {});
  refused(LockName("x", "unexpected"), {});
  AcquireOptions options;
  options.lease = 999ms;
  refused("x", options);
  options.lease = kLeaseMax + 1s;
  refused("x", options);
  options = waiting(-1s);
  refused("x", options);
  options = {};
  options.data = std::string(400'000, 'x');
  refused("x", options);
  CHECK(setup.table.asked.empty());
}

TEST_CASE("a waiter that could not write when the lock was free tells why, and not that it is held") {
  LockSetup setup;
  setup.table.then_refused(setup.record("theirs", setup.server_now() + 60s)).then_item(std::nullopt);
  for (int i = 0; i < 40; ++i) setup.table.then_fails(ErrorKind::throttled).then_item(std::nullopt);
  const auto lease = setup.client->acquire("x", waiting(5s));
  REQUIRE_FALSE(lease.ok());
  CHECK(lease.error().kind == ErrorKind::throttled);
}
