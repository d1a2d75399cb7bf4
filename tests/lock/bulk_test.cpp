// LockClient::acquire_all and release_all, in virtual time.

#include <doctest/doctest.h>

#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "dynamutex/lock/lock_client.hpp"
#include "virtual_table.hpp"

using namespace std::chrono_literals;
using namespace dynamutex;
using namespace dynamutex::lock;
using test::Reply;
using test::Started;
using test::VirtualTable;

namespace {

struct Setup {
  test::FakeClock clock;
  test::CountingEntropy entropy;
  VirtualTable table{clock};
  LockClient client{table, clock, entropy};
  std::map<std::size_t, Lease> leases;
  std::map<std::size_t, Error> errors;

  static std::vector<LockName> names(int count) {
    std::vector<LockName> all;
    for (int i = 0; i < count; ++i) all.emplace_back("lock-" + std::to_string(i));
    return all;
  }

  AcquireAllReport acquire(const std::vector<LockName>& all, const AcquireOptions& options = {}, const BulkOptions& bulk = {}) {
    return client.acquire_all(
        all, options,
        [&](std::size_t index, Result<Lease> lease) {
          REQUIRE(leases.count(index) + errors.count(index) == 0);
          if (lease) {
            CHECK(lease->name() == all[index]);
            leases.emplace(index, *std::move(lease));
          } else {
            errors.emplace(index, lease.error());
          }
        },
        bulk);
  }
  std::vector<ReleaseOutcome> release(const BulkOptions& bulk = {}) {
    std::vector<Lease> all;
    for (auto& [index, lease] : leases) all.push_back(std::move(lease));
    leases.clear();
    return client.release_all(std::move(all), bulk);
  }
};

AcquireOptions waiting(Duration wait) {
  AcquireOptions options;
  options.wait = wait;
  return options;
}

Reply hangs() { return {}; }

}  // namespace

TEST_CASE("many locks are taken and released with one request each, so many at once") {
  Setup setup;
  const MonotonicTime began = setup.clock.now();
  const auto report = setup.acquire(Setup::names(1000));
  CHECK(report.acquired == 1000);
  CHECK(setup.leases.size() == 1000);
  CHECK(setup.table.in_flight_max == 64);
  CHECK(setup.table.started.size() == 1000);
  CHECK(setup.clock.now() - began == 16 * 20ms);

  const auto outcomes = setup.release();
  CHECK(std::count(outcomes.begin(), outcomes.end(), ReleaseOutcome::released) == 1000);
  CHECK(setup.table.started.size() == 2000);
  CHECK(setup.table.in_flight_max == 64);
  CHECK(setup.clock.now() - began == 32 * 20ms);
  CHECK(setup.table.multis == 0);
}

TEST_CASE("a table that does one after another is asked one after another") {
  Setup setup;
  setup.table.sequential = true;
  const MonotonicTime began = setup.clock.now();
  CHECK(setup.acquire(Setup::names(10)).acquired == 10);
  CHECK(setup.clock.now() - began == 10 * 20ms);
  CHECK(setup.release().size() == 10);
}

TEST_CASE("every name has its own answer, and each its own error") {
  Setup setup;
  setup.table.answer = [](const Started& request, const dynamo::Operation&) -> Reply {
    if (request.key == "held") return {20ms, test::refused_by_other(request.key)};
    if (request.key == "denied") return {20ms, make_error(ErrorKind::denied, "no permission")};
    return {20ms};
  };
  const auto report = setup.acquire({"a", "held", "", "denied", "b", "a"});
  CHECK(report.acquired == 2);
  CHECK(report.contended == 1);
  CHECK(report.failed == 3);
  CHECK(setup.leases.count(0) + setup.leases.count(4) == 2);
  CHECK(setup.errors.at(1).kind == ErrorKind::contended);
  CHECK(setup.errors.at(2).kind == ErrorKind::invalid);
  CHECK(setup.errors.at(3).kind == ErrorKind::denied);
  CHECK(setup.errors.at(5).kind == ErrorKind::invalid);
  CHECK(setup.errors.at(5).message.find("twice") != std::string::npos);
}

TEST_CASE("locks that are waited for take no place from the others") {
  Setup setup;
  setup.table.answer = [&](const Started& request, const dynamo::Operation&) -> Reply {
    if (request.key.front() == 'h') return {20ms, test::refused_by_other(request.key)};
    return {20ms};
  };
  std::vector<LockName> names;
  for (int i = 0; i < 50; ++i) names.emplace_back("held-" + std::to_string(i));
  for (int i = 0; i < 50; ++i) names.emplace_back("free-" + std::to_string(i));
  MonotonicTime last_free;
  const MonotonicTime began = setup.clock.now();
  BulkOptions bulk;
  bulk.parallelism = 4;
  const auto report = setup.client.acquire_all(
      names, waiting(10s),
      [&](std::size_t, Result<Lease> lease) {
        if (lease) last_free = setup.clock.now();
      },
      bulk);
  CHECK(report.acquired == 50);
  CHECK(report.contended == 50);
  CHECK(last_free - began < 5s);
  CHECK(setup.table.in_flight_max == 4);
}

TEST_CASE("a lost reply is settled for the one lock that it was about") {
  Setup setup;
  bool lost = false;
  setup.table.answer = [&](const Started& request, const dynamo::Operation& operation) -> Reply {
    const auto* put = std::get_if<dynamo::PutItem>(&operation);
    if (request.key != "lock-3" || put == nullptr) return {20ms};
    if (!std::exchange(lost, true)) return {20ms, make_error(ErrorKind::ambiguous, "connection lost")};
    return {20ms, dynamo::WriteOutcome{dynamo::WriteOutcome::Status::condition_failed, put->item, false}};
  };
  CHECK(setup.acquire(Setup::names(10)).acquired == 10);
  CHECK(setup.table.started.size() == 11);
}

TEST_CASE("what is not begun when the time for all is over is not tried") {
  Setup setup;
  BulkOptions bulk;
  bulk.parallelism = 2;
  bulk.timeout = 100ms;
  const MonotonicTime began = setup.clock.now();
  const auto report = setup.acquire(Setup::names(20), {}, bulk);
  // Two were begun too late for their answers, and are taken back.
  CHECK(report.acquired == 8);
  CHECK(report.failed == 12);
  CHECK(setup.clock.now() - began <= 100ms + 100ms);
  std::size_t untried = 0;
  for (const auto& [index, error] : setup.errors) {
    if (error.message.find("not tried") == std::string::npos) continue;
    CHECK(error.kind == ErrorKind::timed_out);
    ++untried;
  }
  CHECK(untried == 10);
}

TEST_CASE("the time for all bounds those that hang") {
  Setup setup;
  setup.table.answer = [](const Started&, const dynamo::Operation&) { return hangs(); };
  BulkOptions bulk;
  bulk.timeout = 2s;
  const MonotonicTime began = setup.clock.now();
  const auto report = setup.acquire(Setup::names(5), waiting(1h), bulk);
  CHECK(report.failed == 5);
  CHECK(setup.clock.now() - began <= 2s);
  for (const auto& [index, error] : setup.errors) CHECK(error.kind == ErrorKind::ambiguous);
}

TEST_CASE("a cancellation ends the waits at once, and what was not tried is not tried any more") {
  Setup setup;
  Cancellation cancellation;
  setup.table.answer = [](const Started& request, const dynamo::Operation&) -> Reply {
    return {20ms, test::refused_by_other(request.key)};
  };
  int answers = 0;
  setup.table.before_wait = [&] {
    if (++answers == 100) cancellation.cancel();
  };
  AcquireOptions options = waiting(1h);
  options.cancellation = &cancellation;
  BulkOptions bulk;
  bulk.parallelism = 4;
  const MonotonicTime began = setup.clock.now();
  const auto report = setup.acquire(Setup::names(200), options, bulk);
  CHECK(report.failed == 200);
  CHECK(setup.clock.now() - began < 10s);
  std::size_t untried = 0;
  for (const auto& [index, error] : setup.errors) {
    CHECK(error.kind == ErrorKind::timed_out);
    if (error.message.find("not tried") != std::string::npos) ++untried;
  }
  CHECK(untried > 0);
  CHECK(untried < 200);
}

TEST_CASE("releases that hang end in doubt when the time for all is over, and are not tried again") {
  Setup setup;
  setup.acquire(Setup::names(10));
  setup.table.answer = [](const Started&, const dynamo::Operation&) { return hangs(); };
  BulkOptions bulk;
  bulk.parallelism = 2;
  bulk.timeout = 4s;
  const MonotonicTime began = setup.clock.now();
  const auto outcomes = setup.release(bulk);
  CHECK(std::count(outcomes.begin(), outcomes.end(), ReleaseOutcome::in_doubt) == 10);
  CHECK(setup.clock.now() - began == 4s);
}

TEST_CASE("a release of many tells of each how it went, in their order") {
  Setup setup;
  setup.acquire(Setup::names(6));
  setup.leases.at(1).release();
  setup.table.answer = [](const Started& request, const dynamo::Operation&) -> Reply {
    // The last is answered first.
    const Duration after = 100ms - 10ms * (request.key.back() - '0');
    if (request.key == "lock-4") return {after, test::refused_by_other(request.key)};
    return {after};
  };
  const auto outcomes = setup.release();
  const std::vector<ReleaseOutcome> expected = {ReleaseOutcome::released, ReleaseOutcome::released,     ReleaseOutcome::released,
                                                ReleaseOutcome::released, ReleaseOutcome::already_lost, ReleaseOutcome::released};
  CHECK(outcomes == expected);
}
