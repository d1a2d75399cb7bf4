#include "cli/plan.hpp"

#include <doctest/doctest.h>

#include <vector>

using namespace std::chrono_literals;
using dynamutex::Duration;
using dynamutex::MonotonicTime;
using dynamutex::cli::EndCause;
using dynamutex::cli::kill_margin;
using dynamutex::cli::next_step;
using dynamutex::cli::Plan;
using dynamutex::cli::SectionLimits;
using dynamutex::cli::SectionState;
using dynamutex::cli::Step;

namespace {

constexpr MonotonicTime kStart{1000s};

struct Event {
  Duration at;  ///< Since the start.
  Step step;
  EndCause cause;
};

/// A section on a simulated clock: sleeps exactly as long as the plan says, and lets the test change the world meanwhile.
struct Simulation {
  SectionLimits limits{20s, 5s, Duration::max()};
  SectionState state;
  MonotonicTime now = kStart;
  std::vector<Event> events;

  explicit Simulation(SectionLimits with_limits) : limits(with_limits) {
    state.started = kStart;
    state.lease_end = kStart + limits.lease;
  }

  /// Does everything that is due by `until`.
  void run_until(Duration until) {
    for (int step = 0; step < 1000; ++step) {
      const Plan plan = next_step(limits, state, now);
      state.cause = plan.cause;
      if (plan.step == Step::wait) {
        REQUIRE(plan.wake_at > now);
        if (plan.wake_at > kStart + until) break;
        now = plan.wake_at;
        continue;
      }
      events.push_back({now - kStart, plan.step, plan.cause});
      if (plan.step == Step::kill) state.killed = true;
      if (plan.step == Step::terminate) state.terminated = now;
    }
    now = kStart + until;
  }

  void check_event(std::size_t index, Step step, EndCause cause, Duration at) const {
    REQUIRE(events.size() > index);
    CHECK(events[index].step == step);
    CHECK(events[index].cause == cause);
    CHECK(events[index].at.count() == at.count());
  }
};

}  // namespace

TEST_CASE("a command under a lease that is renewed is left alone") {
  Simulation simulation({20s, 5s, Duration::max()});
  for (Duration at = 0s; at < 1h; at += 7s) {
    simulation.run_until(at);
    simulation.state.lease_end = simulation.now + 20s;
  }
  CHECK(simulation.events.empty());
}

TEST_CASE("a lease that is not renewed ends the command with TERM, then KILL, both before its end") {
  Simulation simulation({20s, 5s, Duration::max()});
  simulation.run_until(60s);
  REQUIRE(simulation.events.size() == 2);
  simulation.check_event(0, Step::terminate, EndCause::lease, 14s);
  simulation.check_event(1, Step::kill, EndCause::lease, 19s);
}

TEST_CASE("TERM and KILL come in order and before the end, whatever the lease and the grace") {
  for (const Duration lease : {Duration(1s), Duration(2s), Duration(20s), Duration(1h), Duration(8784h)}) {
    for (const Duration kill_after : {Duration(0s), Duration(1ms), Duration(5s), Duration(10h), Duration::max()}) {
      CAPTURE(lease.count());
      CAPTURE(kill_after.count());
      Simulation simulation({lease, kill_after, Duration::max()});
      simulation.run_until(lease);
      REQUIRE(!simulation.events.empty());
      const Event& last = simulation.events.back();
      CHECK(last.step == Step::kill);
      CHECK(last.at <= lease - 100ms);
      CHECK(last.at >= lease - lease / 10);
      CHECK(simulation.events.front().at > lease / 2);
      // Renewals are tried at a third of the lease, and want time to be tried again.
      if (kill_after > 0s) CHECK(simulation.events.front().step == Step::terminate);
    }
  }
}

TEST_CASE("the margin before the end is a twentieth of the lease, and never under 100 ms") {
  CHECK(kill_margin(1s) == 100ms);
  CHECK(kill_margin(2s) == 100ms);
  CHECK(kill_margin(20s) == 1s);
}

TEST_CASE("the guard comes after the supervisor's own KILL and before the lease's end") {
  for (const Duration lease : {Duration(1s), Duration(20s), Duration(1h)}) {
    const MonotonicTime end = kStart + lease;
    CHECK(dynamutex::cli::guard_time(end, lease) > end - kill_margin(lease));
    CHECK(dynamutex::cli::guard_time(end, lease) <= end - 50ms);
  }
}

TEST_CASE("a lease that is taken away ends the command at once") {
  Simulation simulation({20s, 5s, Duration::max()});
  simulation.run_until(3s);
  simulation.state.taken_away = true;
  simulation.run_until(60s);
  REQUIRE(simulation.events.size() == 2);
  simulation.check_event(0, Step::terminate, EndCause::lease, 3s);
  simulation.check_event(1, Step::kill, EndCause::lease, 8s);
}

TEST_CASE("KILL after a loss comes no later than the lease would have allowed") {
  Simulation simulation({20s, 1h, Duration::max()});
  simulation.run_until(3s);
  simulation.state.taken_away = true;
  simulation.run_until(60s);
  REQUIRE(simulation.events.size() == 2);
  simulation.check_event(1, Step::kill, EndCause::lease, 19s);
}

TEST_CASE("a process that wakes after its lease kills first and asks nothing") {
  Simulation simulation({20s, 5s, Duration::max()});
  simulation.run_until(1s);
  simulation.now = kStart + 10h;
  const Plan plan = next_step(simulation.limits, simulation.state, simulation.now);
  CHECK(plan.step == Step::kill);
  CHECK(plan.cause == EndCause::lease);
}

TEST_CASE("a process that wakes between TERM and KILL has only the rest of the grace") {
  Simulation simulation({20s, 5s, Duration::max()});
  simulation.run_until(1s);
  simulation.now = kStart + 18s;
  simulation.run_until(60s);
  REQUIRE(simulation.events.size() == 2);
  simulation.check_event(0, Step::terminate, EndCause::lease, 18s);
  simulation.check_event(1, Step::kill, EndCause::lease, 19s);
}

TEST_CASE("the time-out sends TERM, and KILL after the grace, while the lease goes on") {
  Simulation simulation({20s, 5s, 3s});
  simulation.run_until(60s);
  REQUIRE(simulation.events.size() == 2);
  simulation.check_event(0, Step::terminate, EndCause::timeout, 3s);
  simulation.check_event(1, Step::kill, EndCause::timeout, 8s);
}

TEST_CASE("a grace of zero kills at once") {
  Simulation simulation({20s, 0s, 3s});
  simulation.run_until(60s);
  REQUIRE(simulation.events.size() == 2);
  simulation.check_event(0, Step::terminate, EndCause::timeout, 3s);
  simulation.check_event(1, Step::kill, EndCause::timeout, 3s);
}

TEST_CASE("a lease that ends during the grace after a time-out kills earlier, and is told as the loss") {
  Simulation simulation({20s, 1h, 3s});
  simulation.run_until(60s);
  REQUIRE(simulation.events.size() == 2);
  simulation.check_event(0, Step::terminate, EndCause::timeout, 3s);
  simulation.check_event(1, Step::kill, EndCause::lease, 19s);
}

TEST_CASE("a loss during the grace after a time-out gives no second grace, and is told") {
  Simulation simulation({20s, 5s, 3s});
  simulation.run_until(4s);
  simulation.state.taken_away = true;
  simulation.run_until(60s);
  REQUIRE(simulation.events.size() == 2);
  simulation.check_event(1, Step::kill, EndCause::lease, 8s);
}

TEST_CASE("a renewal after TERM does not take the TERM back, nor the KILL") {
  Simulation simulation({20s, 5s, Duration::max()});
  simulation.run_until(15s);
  simulation.state.lease_end = simulation.now + 20s;
  simulation.run_until(60s);
  REQUIRE(simulation.events.size() == 2);
  simulation.check_event(1, Step::kill, EndCause::lease, 19s);
}

TEST_CASE("after KILL only the command's end matters") {
  Simulation simulation({20s, 5s, 3s});
  simulation.run_until(60s);
  CHECK(next_step(simulation.limits, simulation.state, simulation.now).wake_at == MonotonicTime::max());
}

TEST_CASE("the lease is looked at often enough that a loss finds a fresh end") {
  const Plan plan = next_step({20s, 5s, Duration::max()}, {kStart, kStart + 20s, false, EndCause::none, {}, false}, kStart);
  CHECK(plan.step == Step::wait);
  CHECK(plan.wake_at <= kStart + 7s);
}
