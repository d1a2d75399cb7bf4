#pragma once
// Leases in the care of a RenewalLoop, in virtual time.

#include <doctest/doctest.h>

#include <algorithm>
#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "lock/renewal_loop.hpp"
#include "virtual_table.hpp"

namespace dynamutex::test {

/// A table, and leases on it in the care of a loop.
struct RenewalSite {
  explicit RenewalSite(FakeClock& clock, Entropy& entropy)
      : table(clock), core(std::make_shared<lock::Core>(table, clock, entropy, owner())) {}
  static lock::LockClientOptions owner() {
    lock::LockClientOptions options;
    options.owner = "me";
    return options;
  }

  std::shared_ptr<lock::LeaseState> add(lock::RenewalLoop& loop, const std::string& key,
                                        Duration length = std::chrono::seconds(10)) {
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
  void add_many(lock::RenewalLoop& loop, int count, Duration length = std::chrono::seconds(10)) {
    for (int i = 0; i < count; ++i) add(loop, "lock-" + std::to_string(i), length);
  }
  [[nodiscard]] std::size_t held() const {
    return static_cast<std::size_t>(
        std::count_if(leases.begin(), leases.end(), [](const auto& lease) { return lease->remaining() > Duration::zero(); }));
  }

  struct News {
    MonotonicTime at;
    std::string key;
    Error reason{};
  };
  VirtualTable table;
  std::shared_ptr<lock::Core> core;
  std::vector<std::shared_ptr<lock::LeaseState>> leases;
  std::vector<News> renewed;
  std::vector<News> at_risk;
  std::vector<News> lost;
};

struct RenewalSetup {
  explicit RenewalSetup(std::size_t in_flight_max = 64)
      : loop(std::make_unique<lock::RenewalLoop>(clock, entropy, lock::RenewerOptions{in_flight_max})) {}

  void run_for(Duration span) {
    const MonotonicTime end = clock.now() + span;
    while (clock.now() < end) REQUIRE(loop->step());
  }

  FakeClock clock;
  CountingEntropy entropy;
  RenewalSite site{clock, entropy};
  std::unique_ptr<lock::RenewalLoop> loop;
};

}  // namespace dynamutex::test
