// What a RenewalLoop still does, and what not, once a lease or a table is removed or the loop is stopped.

#include "lock/renewal_loop.hpp"

#include <doctest/doctest.h>

#include <atomic>
#include <chrono>
#include <future>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <variant>
#include <vector>

#include "renewal_site.hpp"

using namespace std::chrono_literals;
using namespace dynamutex;
using namespace dynamutex::lock;
using test::lease_on;
using test::RenewalSetup;
using test::RenewalSite;
using test::Reply;
using test::Started;

TEST_CASE("a lease that is removed during its request frees its place, and is neither renewed nor told of") {
  RenewalSetup setup(1);
  bool removed = false;
  const auto first = setup.site.add(*setup.loop, "first");
  setup.site.add(*setup.loop, "second");
  setup.site.table.answer = [](const Started& request, const dynamo::Operation&) {
    return request.key == "first" ? Reply{} : Reply{20ms};
  };
  setup.site.table.before_wait = [&] {
    if (removed || setup.site.table.started.empty() || setup.site.table.started.back().key != "first") return;
    removed = true;
    setup.loop->remove(first.get());
  };
  setup.run_for(30s);
  CHECK(removed);
  for (const auto& news : setup.site.renewed) CHECK(news.key == "second");
  CHECK(setup.site.at_risk.empty());
  CHECK(setup.site.lost.empty());
  CHECK(setup.site.leases[1]->remaining() > 0ns);
  // The turn is free: nobody waits for the request that hung.
  setup.site.table.answer = [](const Started&, const dynamo::Operation&) { return Reply{20ms}; };
  CHECK(first->release(3s) == ReleaseOutcome::released);
}

TEST_CASE("a release overtakes a renewal that hangs, and names both versions") {
  RenewalSetup setup;
  const auto lease = setup.site.add(*setup.loop, "x");
  const std::string version = lease->version();
  std::optional<ReleaseOutcome> outcome;
  std::string condition;
  setup.site.table.answer = [&](const Started&, const dynamo::Operation& operation) {
    if (const auto* erase = std::get_if<dynamo::DeleteItem>(&operation)) condition = erase->condition.text;
    return std::holds_alternative<dynamo::PutItem>(operation) ? Reply{} : Reply{20ms};
  };
  setup.site.table.before_wait = [&] {
    if (!outcome) outcome = lease->release(3s);
  };
  const MonotonicTime due = setup.clock.now() + 4s;
  setup.run_for(20s);
  REQUIRE(outcome.has_value());
  CHECK(*outcome == ReleaseOutcome::released);
  CHECK(condition == "recordVersionNumber = :v OR recordVersionNumber = :w");
  CHECK(setup.site.table.started[1].at < due);
  CHECK(setup.site.lost.empty());
  CHECK(setup.site.at_risk.empty());
}

TEST_CASE("a loop that ends with requests under way ends them, and leaves the leases as they are") {
  RenewalSetup setup;
  setup.site.add_many(*setup.loop, 10);
  setup.site.table.answer = [](const Started&, const dynamo::Operation&) { return Reply{}; };
  while (setup.site.table.in_flight < 10) REQUIRE(setup.loop->step());
  setup.loop->stop();
  CHECK_FALSE(setup.loop->step());
  setup.loop.reset();
  CHECK(setup.site.table.multis == 0);
  CHECK(setup.site.held() == 10);
  setup.site.table.answer = [](const Started&, const dynamo::Operation&) { return Reply{20ms}; };
  for (const auto& lease : setup.site.leases) CHECK(lease->release(3s) == ReleaseOutcome::released);
}

TEST_CASE("a table is let go of when its last lease is") {
  RenewalSetup setup;
  setup.site.add_many(*setup.loop, 2);
  RenewalSite other(setup.clock, setup.entropy);
  other.add(*setup.loop, "other", 300s);
  setup.run_for(5s);
  CHECK(setup.site.table.multis == 1);
  setup.loop->remove(setup.site.leases[0].get());
  REQUIRE(setup.loop->step());
  CHECK(setup.site.table.multis == 1);
  setup.loop->remove(setup.site.leases[1].get());
  REQUIRE(setup.loop->step());
  CHECK(setup.site.table.multis == 0);
}

TEST_CASE("events may add and remove leases") {
  RenewalSetup setup;
  const auto lease = lease_on(setup.site.core, "x", 10s);
  const auto next = lease_on(setup.site.core, "y", 30s);
  int told = 0;
  setup.loop->add(lease, {[&] {
                            ++told;
                            setup.loop->add(next, {});
                            setup.loop->remove(lease.get());
                          },
                          {},
                          {}});
  setup.run_for(25s);
  CHECK(told == 1);
  CHECK(lease->remaining() == 0ns);
  CHECK(next->remaining() > 0ns);
}

TEST_CASE("nothing is sent about a lease from the moment it was removed, though its renewal was in doubt") {
  RenewalSetup setup;
  setup.site.add(*setup.loop, "other", 300s);  // So that the table stays open.
  const auto lease = setup.site.add(*setup.loop, "x");
  bool removed = false;
  std::size_t writes = 0;
  setup.site.table.answer = [&](const Started& request, const dynamo::Operation&) {
    if (request.key != "x") return Reply{20ms};
    CHECK_FALSE(removed);
    // The first is not answered: the second one settles it, and would go on to renew.
    return ++writes == 1 ? Reply{} : Reply{20ms};
  };
  setup.site.table.before_wait = [&] {
    if (writes < 2 || removed) return;
    setup.loop->remove(lease.get());
    removed = true;
  };
  setup.run_for(20s);
  CHECK(removed);
  CHECK(lease->writes().second.has_value());
}

TEST_CASE("what events hold is destroyed where it may call the loop") {
  struct Calling {
    Calling(RenewalLoop& of, const LeaseState* about) : loop(of), key(about) {}
    ~Calling() { loop.remove(key); }
    RenewalLoop& loop;
    const LeaseState* key;
  };
  RenewalSetup setup;
  setup.site.add(*setup.loop, "other", 300s);  // So that the loop never runs out of leases.
  const auto second = lease_on(setup.site.core, "second", 10s);
  const auto calling = [&] { return std::make_shared<Calling>(*setup.loop, second.get()); };
  const auto lease = lease_on(setup.site.core, "first", 10s);
  setup.loop->add(second, {});
  SUBCASE("when they are replaced") {
    setup.loop->add(lease, {[held = calling()] {}, nullptr, nullptr});
    setup.loop->add(lease, {});
  }
  SUBCASE("when the lease is removed") {
    setup.loop->add(lease, {[held = calling()] {}, nullptr, nullptr});
    setup.loop->remove(lease.get());
  }
  SUBCASE("when the lease is lost") {
    setup.site.table.answer = [](const Started& request, const dynamo::Operation&) {
      return request.key == "first" ? Reply{} : Reply{20ms};
    };
    bool told = false;
    setup.loop->add(lease, {nullptr, nullptr, [held = calling(), &told](const Error&) { told = true; }});
    setup.run_for(11s);
    CHECK(told);
  }
  setup.run_for(1s);
}

TEST_CASE("nothing is asked about a lease once it was removed, though the answer to its renewal leaves a question") {
  RenewalSetup setup;
  setup.site.add(*setup.loop, "other", 300s);  // So that the table stays open.
  const auto lease = setup.site.add(*setup.loop, "x");
  bool removed = false;
  std::size_t asked = 0;
  setup.site.table.answer = [&](const Started& request, const dynamo::Operation&) {
    if (request.key != "x") return Reply{20ms};
    ++asked;
    // Refused, without the record that stands there: that would be read.
    return Reply{20ms, dynamo::WriteOutcome{dynamo::WriteOutcome::Status::condition_failed, std::nullopt, false}};
  };
  setup.site.table.before_wait = [&] {
    if (asked == 0 || removed) return;
    setup.loop->remove(lease.get());
    removed = true;
  };
  setup.run_for(20s);
  CHECK(removed);
  CHECK(asked == 1);
}

TEST_CASE("a loop that is stopped while it opens a line sends nothing on it") {
  RenewalSetup setup;
  setup.site.table.sequential = true;
  setup.site.add(*setup.loop, "x");
  setup.site.table.before_multi = [&] { setup.loop->stop(); };
  while (setup.loop->step()) {}
  CHECK(setup.site.table.started.empty());
}

TEST_CASE("a table whose last lease an event removed is let go of before the next event") {
  RenewalSetup setup;
  RenewalSite other(setup.clock, setup.entropy);
  const auto hangs = [](const Started&, const dynamo::Operation&) { return Reply{}; };
  setup.site.table.answer = hangs;
  other.table.answer = hangs;
  const auto last = lease_on(other.core, "last", 18s);
  setup.loop->add(last, {});
  std::vector<int> multis;
  const auto at_risk = [&](const Error&) {
    multis.push_back(other.table.multis);
    setup.loop->remove(last.get());
  };
  const auto a = lease_on(setup.site.core, "a", 12s);
  const auto b = lease_on(setup.site.core, "b", 12s);
  setup.loop->add(a, {nullptr, at_risk, nullptr});
  setup.loop->add(b, {nullptr, at_risk, nullptr});
  setup.run_for(9s);
  CHECK(multis == std::vector<int>{1, 0});
}

TEST_CASE("removing a lease waits for no other table, and for no event of another lease") {
  RenewalSetup setup;
  RenewalSite other(setup.clock, setup.entropy);
  const auto last = lease_on(other.core, "last", 9s);
  setup.loop->add(last, {});
  const auto a = lease_on(setup.site.core, "a", 12s);
  const auto b = lease_on(setup.site.core, "b", 12s);
  setup.loop->add(a, {});
  std::future<void> removing;
  setup.loop->add(b, {[&] {
                        if (removing.valid()) return;
                        setup.loop->remove(last.get());  // Its table stands until this event has returned.
                        removing = std::async(std::launch::async, [&] { setup.loop->remove(a.get()); });
                        CHECK(removing.wait_for(60s) == std::future_status::ready);
                      },
                      nullptr, nullptr});
  setup.run_for(5s);
  CHECK(removing.valid());
}

TEST_CASE("removing a lease waits for its journal, but not from there") {
  RenewalSetup setup;
  std::promise<void> begun;
  std::atomic<bool> writing{false};
  const auto lease = lease_on(setup.site.core, "x", 12s);
  Adopted adopted;
  bool by_the_journal = false;
  adopted.journal = [&]() -> Result<void> {
    if (by_the_journal) {
      setup.loop->remove(lease.get());
      return {};
    }
    writing = true;
    begun.set_value();
    std::this_thread::sleep_for(100ms);  // In which `remove` would return.
    writing = false;
    return {};
  };
  lease->carry_on(std::move(adopted));
  SUBCASE("from another thread") {
    setup.loop->add(lease, {});
    setup.site.add(*setup.loop, "other", 300s);  // So that the table stays open.
    std::thread stepping([&] {
      while (setup.loop->step()) {}
    });
    begun.get_future().wait();
    setup.loop->remove(lease.get());
    CHECK_FALSE(writing);
    setup.loop->stop();
    stepping.join();
  }
  SUBCASE("from the journal of a renewal by hand") {
    by_the_journal = true;
    setup.loop->add(lease, {});
    CHECK(lease->renew({}).ok());
  }
}
