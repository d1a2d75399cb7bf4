// The Renewer's work in virtual time, without its thread.

#include "lock/renewal_loop.hpp"

#include <doctest/doctest.h>

#include <atomic>
#include <chrono>
#include <future>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "virtual_table.hpp"

using namespace std::chrono_literals;
using namespace dynamutex;
using namespace dynamutex::lock;
using test::lease_on;
using test::Reply;
using test::Started;
using test::VirtualTable;

namespace {

/// A table, and leases on it in the care of a loop.
struct Site {
  explicit Site(test::FakeClock& clock, Entropy& entropy)
      : table(clock), core(std::make_shared<Core>(table, clock, entropy, owner())) {}
  static LockClientOptions owner() {
    LockClientOptions options;
    options.owner = "me";
    return options;
  }

  std::shared_ptr<LeaseState> add(RenewalLoop& loop, const std::string& key, Duration length = 10s) {
    auto state = lease_on(core, key, length);
    const auto moment = [this] { return core->clock.now(); };
    loop.add(state, {[=] {
                       renewed.push_back({moment(), key});
                     },
                     [=](const Error& error) {
                       at_risk.push_back({moment(), key, error});
                     },
                     [=](const Error& error) {
                       lost.push_back({moment(), key, error});
                     }});
    leases.push_back(state);
    return state;
  }
  void add_many(RenewalLoop& loop, int count, Duration length = 10s) {
    for (int i = 0; i < count; ++i) add(loop, "lock-" + std::to_string(i), length);
  }
  [[nodiscard]] std::size_t held() const {
    return static_cast<std::size_t>(
        std::count_if(leases.begin(), leases.end(), [](const auto& lease) { return lease->remaining() > 0ns; }));
  }

  struct News {
    MonotonicTime at;
    std::string key;
    Error reason{};
  };
  VirtualTable table;
  std::shared_ptr<Core> core;
  std::vector<std::shared_ptr<LeaseState>> leases;
  std::vector<News> renewed;
  std::vector<News> at_risk;
  std::vector<News> lost;
};

struct Setup {
  explicit Setup(std::size_t in_flight_max = 64)
      : loop(std::make_unique<RenewalLoop>(clock, entropy, RenewerOptions{in_flight_max})) {}

  void run_for(Duration span) {
    const MonotonicTime end = clock.now() + span;
    while (clock.now() < end) REQUIRE(loop->step());
  }

  test::FakeClock clock;
  test::CountingEntropy entropy;
  Site site{clock, entropy};
  std::unique_ptr<RenewalLoop> loop;
};

/// Numbers that are spread over their whole range.
struct MixedEntropy final : Entropy {
  std::uint64_t next() noexcept override {
    state += 0x9e3779b97f4a7c15ULL;
    std::uint64_t z = (state ^ (state >> 30)) * 0xbf58476d1ce4e5b9ULL;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
    return z ^ (z >> 31);
  }
  std::uint64_t state = 1;
};

}  // namespace

TEST_CASE("no more renewals are under way than may be") {
  Setup setup(8);
  setup.site.add_many(*setup.loop, 100);
  setup.run_for(60s);
  CHECK(setup.site.table.in_flight_max == 8);
  CHECK(setup.site.held() == 100);
  CHECK(setup.site.at_risk.empty());
}

TEST_CASE("the lease that ends first is renewed first") {
  Setup setup(1);
  // Each is taken a little later, and they are added in another order; all are due when the loop first looks.
  std::vector<std::shared_ptr<LeaseState>> taken;
  for (int i = 0; i < 20; ++i) {
    taken.push_back(lease_on(setup.site.core, std::to_string(i), 10s));
    setup.clock.advance(50ms);
  }
  setup.clock.advance(4s);
  for (int i = 0; i < 20; ++i) setup.loop->add(taken[static_cast<std::size_t>(i * 7 % 20)], {});
  setup.run_for(1s);
  REQUIRE(setup.site.table.started.size() == 20);
  for (std::size_t i = 0; i < 20; ++i) CHECK(setup.site.table.started[i].key == std::to_string(i));
}

TEST_CASE("leases that were taken at once are renewed between a quarter and a third of their length, spread over it") {
  test::FakeClock clock;
  MixedEntropy entropy;
  Site site(clock, entropy);
  RenewalLoop loop(clock, entropy, {});
  const MonotonicTime began = clock.now();
  site.add_many(loop, 1000, 12s);
  while (site.renewed.size() < 1000) REQUIRE(loop.step());
  std::vector<int> in_each(10);
  for (const Started& request : site.table.started) {
    const Duration after = request.at - began;
    REQUIRE(after >= 3s);
    REQUIRE(after <= 4s);
    ++in_each[static_cast<std::size_t>((after - 3s) / 101ms)];
  }
  for (const int count : in_each) {
    CHECK(count > 50);
    CHECK(count < 150);
  }
}

TEST_CASE("a dead table takes nothing from another") {
  Setup setup(4);
  Site dead(setup.clock, setup.entropy);
  dead.table.answer = [](const Started&, const dynamo::Operation&) { return Reply{}; };
  for (int i = 0; i < 100; ++i) dead.add(*setup.loop, "dead-" + std::to_string(i));
  setup.site.add_many(*setup.loop, 100);
  setup.run_for(30s);
  CHECK(setup.site.held() == 100);
  CHECK(setup.site.at_risk.empty());
  CHECK(dead.held() == 0);
  CHECK(dead.at_risk.size() == 100);
  CHECK(dead.lost.size() == 100);
}

TEST_CASE("leases whose requests hang do not starve the others of their table") {
  Setup setup(12);
  setup.site.table.answer = [](const Started& request, const dynamo::Operation&) {
    return request.key.back() == '7' ? Reply{} : Reply{20ms};
  };
  setup.site.add_many(*setup.loop, 400);
  setup.run_for(60s);
  CHECK(setup.site.held() == 360);
  CHECK(setup.site.lost.size() == 40);
  for (const auto& news : setup.site.at_risk) CHECK(news.key.back() == '7');
}

TEST_CASE("where not all can be kept, as many are kept as there is room for") {
  Setup setup(8);
  // 8 requests in 100 ms: 80 a second.
  setup.site.table.answer = [](const Started&, const dynamo::Operation&) { return Reply{100ms}; };
  setup.site.add_many(*setup.loop, 2000);
  setup.run_for(120s);
  // They all end at once, after 10 s, and are due from 3.3 s on: there is time for 533 of them.
  CHECK(setup.site.held() >= 500);
  CHECK(setup.site.held() + setup.site.lost.size() == 2000);
  // Those that are left are kept for good.
  const std::size_t lost = setup.site.lost.size();
  setup.run_for(60s);
  CHECK(setup.site.lost.size() == lost);
}

TEST_CASE("a lease that no answer can reach in time does not take the place of one that can be saved") {
  Setup setup(1);
  setup.site.table.answer = [](const Started&, const dynamo::Operation&) { return Reply{1s}; };
  const MonotonicTime began = setup.clock.now();
  // It is renewed from 10 s to 11 s, which teaches how long that takes, and from 20 s to 21 s, while the others become due.
  setup.site.add(*setup.loop, "teacher", 30s);
  while (setup.site.renewed.empty()) REQUIRE(setup.loop->step());
  setup.clock.wait_until(began + 18500ms, nullptr);
  const auto doomed = lease_on(setup.site.core, "doomed", 3s);
  setup.clock.wait_until(began + 19300ms, nullptr);
  const auto saved = lease_on(setup.site.core, "saved", 3s);
  setup.clock.wait_until(began + 20s, nullptr);
  setup.site.table.before_wait = [&] {
    if (setup.site.table.started.size() != 2) return;
    setup.loop->add(doomed, {});
    setup.loop->add(saved, {});
  };
  while (setup.clock.now() < began + 22100ms) REQUIRE(setup.loop->step());
  CHECK(doomed->remaining() == 0ns);
  CHECK(saved->remaining() > 1s);
}

TEST_CASE("news are told on time while every request hangs") {
  Setup setup(2);
  setup.site.table.answer = [](const Started&, const dynamo::Operation&) { return Reply{}; };
  const MonotonicTime began = setup.clock.now();
  setup.site.add_many(*setup.loop, 10, 30s);
  setup.run_for(40s);
  REQUIRE(setup.site.at_risk.size() == 10);
  REQUIRE(setup.site.lost.size() == 10);
  for (const auto& news : setup.site.at_risk) CHECK(news.at == began + 20s);
  for (const auto& news : setup.site.lost) CHECK(news.at == began + 30s - 15ms - 500ns);
  for (const auto& news : setup.site.at_risk) CHECK_FALSE(news.reason.message.empty());
}

TEST_CASE("a slow service is waited for longer after each failure, so that a lease outlives it") {
  Setup setup;
  setup.site.table.answer = [](const Started&, const dynamo::Operation&) { return Reply{1900ms}; };
  setup.site.add(*setup.loop, "x");
  setup.run_for(60s);
  CHECK(setup.site.held() == 1);
}

TEST_CASE("a lease that is removed during its request frees its place, and is neither renewed nor told of") {
  Setup setup(1);
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
  Setup setup;
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
  Setup setup;
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
  Setup setup;
  setup.site.add_many(*setup.loop, 2);
  Site other(setup.clock, setup.entropy);
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

TEST_CASE("a lease that the table says is another's is told as lost at once, and once") {
  Setup setup;
  setup.site.table.answer = [](const Started& request, const dynamo::Operation&) {
    return Reply{20ms, test::refused_by_other(request.key)};
  };
  setup.site.add(*setup.loop, "x");
  setup.run_for(4s);
  REQUIRE(setup.site.lost.size() == 1);
  CHECK(setup.site.lost[0].reason.message.find("held by other") != std::string::npos);
  CHECK(setup.site.at_risk.empty());
}

TEST_CASE("a table that does one after another keeps what it can, and news of others are told on time") {
  Setup setup;
  setup.site.table.sequential = true;
  setup.site.add_many(*setup.loop, 50);
  setup.run_for(60s);
  CHECK(setup.site.held() == 50);
  CHECK(setup.site.at_risk.empty());

  const MonotonicTime began = setup.clock.now();
  setup.site.table.answer = [](const Started&, const dynamo::Operation&) { return Reply{}; };
  setup.site.add(*setup.loop, "news", 3s);
  setup.run_for(3s);
  REQUIRE_FALSE(setup.site.at_risk.empty());
  const auto told =
      std::find_if(setup.site.at_risk.begin(), setup.site.at_risk.end(), [](const auto& news) { return news.key == "news"; });
  REQUIRE(told != setup.site.at_risk.end());
  CHECK(told->at == began + 2s);
}

TEST_CASE("a lease that somebody else is renewing is left alone until the turn is free") {
  Setup setup;
  const auto lease = setup.site.add(*setup.loop, "x");
  {
    const Turn turn = lease->take_turn();
    setup.run_for(4s);
    CHECK(setup.site.table.started.empty());
  }
  setup.run_for(1s);
  CHECK(setup.site.renewed.size() == 1);
}

TEST_CASE("events may add and remove leases") {
  Setup setup;
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

// Seconds of work, and minutes under a sanitizer: run by the test lock.scale.
TEST_CASE("ten thousand leases are kept for a minute at 20 ms and at 100 ms an answer, and twenty thousand at 20 ms" *
          doctest::skip()) {
  struct Case {
    int count;
    Duration answer;
    Duration taken_in;
    std::size_t in_flight_max;
  };
  for (const Case& given :
       {Case{10'000, 20ms, 3s, 64}, Case{20'000, 20ms, 3s, 216}, Case{10'000, 100ms, 3s, 512}, Case{10'000, 100ms, 0s, 512}}) {
    CAPTURE(given.count);
    CAPTURE(given.in_flight_max);
    test::FakeClock clock;
    MixedEntropy entropy;
    Site site(clock, entropy);
    site.table.answer = [&](const Started&, const dynamo::Operation&) { return Reply{given.answer}; };
    RenewalLoop loop(clock, entropy, {});
    for (int i = 0; i < given.count; ++i) {
      site.add(loop, "lock-" + std::to_string(i));
      clock.advance(given.taken_in / given.count);
    }
    const MonotonicTime end = clock.now() + 60s;
    while (clock.now() < end) REQUIRE(loop.step());
    CHECK(site.held() == static_cast<std::size_t>(given.count));
    CHECK(site.lost.empty());
    CHECK(site.at_risk.empty());
    CHECK(site.table.in_flight_max <= given.in_flight_max);
  }
}

TEST_CASE("a service that is too slow for all leases keeps nearly as many as with a few requests at once") {
  const auto kept = [](std::size_t in_flight_max) {
    test::FakeClock clock;
    MixedEntropy entropy;
    Site site(clock, entropy);
    // Fifty a second, one after another.
    MonotonicTime idle_from = clock.now();
    site.table.answer = [&](const Started& request, const dynamo::Operation&) {
      idle_from = std::max(idle_from, request.at) + 20ms;
      return Reply{idle_from - request.at};
    };
    RenewalLoop loop(clock, entropy, RenewerOptions{in_flight_max});
    site.add_many(loop, 4'000);
    const MonotonicTime end = clock.now() + 60s;
    while (clock.now() < end) REQUIRE(loop.step());
    return site.held();
  };
  const std::size_t few = kept(64);
  CHECK(few > 250);
  CHECK(kept(512) > few * 4 / 5);
}

TEST_CASE("a risk in the term of a renewal by hand is told like any other") {
  Setup setup;
  const auto lease = setup.site.add(*setup.loop, "x");
  bool works = false;
  // Refused at once, so that the renewal by hand comes between two tries.
  setup.site.table.answer = [&](const Started&, const dynamo::Operation&) {
    return works ? Reply{20ms} : Reply{1ms, make_error(ErrorKind::not_applied, "not now")};
  };
  setup.run_for(7s);
  while (setup.site.table.in_flight > 0) REQUIRE(setup.loop->step());
  REQUIRE(setup.site.at_risk.size() == 1);
  works = true;
  REQUIRE(lease->renew({}).ok());
  const MonotonicTime renewed = setup.clock.now();
  works = false;
  setup.run_for(9s);
  REQUIRE(setup.site.at_risk.size() == 2);
  CHECK(setup.site.at_risk[1].at >= renewed + 6s);
  CHECK(setup.site.renewed.empty());  // Whoever renews by hand knows it.
  CHECK(setup.site.lost.empty());
}

TEST_CASE("nothing is sent about a lease from the moment it was removed, though its renewal was in doubt") {
  Setup setup;
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
  Setup setup;
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
  Setup setup;
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
  Setup setup;
  setup.site.table.sequential = true;
  setup.site.add(*setup.loop, "x");
  setup.site.table.before_multi = [&] { setup.loop->stop(); };
  while (setup.loop->step()) {}
  CHECK(setup.site.table.started.empty());
}

TEST_CASE("a table whose last lease an event removed is let go of before the next event") {
  Setup setup;
  Site other(setup.clock, setup.entropy);
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
  Setup setup;
  Site other(setup.clock, setup.entropy);
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
  Setup setup;
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
  SUBCASE("from another thread") {
    lease->carry_on(std::move(adopted));
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
    lease->carry_on(std::move(adopted));
    setup.loop->add(lease, {});
    CHECK(lease->renew({}).ok());
  }
}
