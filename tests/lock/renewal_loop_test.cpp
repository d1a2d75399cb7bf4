// The Renewer's work in virtual time, without its thread.

#include "lock/renewal_loop.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <chrono>
#include <string>
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

namespace {

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
  RenewalSetup setup(8);
  setup.site.add_many(*setup.loop, 100);
  setup.run_for(60s);
  CHECK(setup.site.table.in_flight_max == 8);
  CHECK(setup.site.held() == 100);
  CHECK(setup.site.at_risk.empty());
}

TEST_CASE("the lease that ends first is renewed first") {
  RenewalSetup setup(1);
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
  RenewalSite site(clock, entropy);
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
  RenewalSetup setup(4);
  RenewalSite dead(setup.clock, setup.entropy);
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
  RenewalSetup setup(12);
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
  RenewalSetup setup(8);
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
  RenewalSetup setup(1);
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
  RenewalSetup setup(2);
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
  RenewalSetup setup;
  setup.site.table.answer = [](const Started&, const dynamo::Operation&) { return Reply{1900ms}; };
  setup.site.add(*setup.loop, "x");
  setup.run_for(60s);
  CHECK(setup.site.held() == 1);
}

TEST_CASE("a lease that the table says is another's is told as lost at once, and once") {
  RenewalSetup setup;
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
  RenewalSetup setup;
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
  RenewalSetup setup;
  const auto lease = setup.site.add(*setup.loop, "x");
  {
    const Turn turn = lease->take_turn();
    setup.run_for(4s);
    CHECK(setup.site.table.started.empty());
  }
  setup.run_for(1s);
  CHECK(setup.site.renewed.size() == 1);
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
    RenewalSite site(clock, entropy);
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
    RenewalSite site(clock, entropy);
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
  RenewalSetup setup;
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
