// Many leases in the care of one Renewer.

#include <chrono>
#include <vector>

#include "simulation/lock_user.hpp"
#include "simulation/schedule.hpp"
#include "simulation/stage.hpp"

namespace dynamutex::simulation {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr std::uint64_t kOneIn = 400;
constexpr std::uint64_t kWhich = 25;
constexpr std::uint64_t kEventsMax = 200'000;

/// More leases than one request after another could keep: 40 within a third of 4 s, at 40 ms each on average.
CrowdPlan fast_plan() {
  CrowdPlan plan;
  plan.short_lease = seconds(4);
  plan.short_count = 40;
  plan.loses_replies = true;
  plan.in_flight_max = 8;
  plan.until = seconds(12);
  return plan;
}

/// More requests hang than may be under way. The longest that a Renewer waits for one, 10 s, leaves the others time.
CrowdPlan hanging_plan() {
  CrowdPlan plan;
  plan.short_lease = seconds(24);
  plan.short_count = 6;
  plan.long_lease = seconds(120);
  plan.long_count = 12;
  plan.hanging_count = 3;
  plan.in_flight_max = 2;
  plan.until = seconds(100);
  return plan;
}

/// At times more is due than there is room for: what ends first has to come first. 50 leases of 24 s are due within 2 s, and take 7 s
/// to be renewed; those of 9 s have 6 s left when they are due.
CrowdPlan crowded_plan() {
  CrowdPlan plan;
  plan.short_lease = seconds(9);
  plan.short_count = 4;
  plan.long_lease = seconds(24);
  plan.long_count = 50;
  plan.in_flight_max = 1;
  plan.latency_min = milliseconds(60);
  plan.latency_max = milliseconds(90);
  plan.until = seconds(24);
  return plan;
}

CrowdPlan draw_plan(Random& random) {
  switch (random.below(3)) {
    case 0: return fast_plan();
    case 1: return hanging_plan();
    default: return crowded_plan();
  }
}

Settings crowd_settings(Mode mode, const CrowdPlan& plan, Random& random) {
  Settings settings;
  settings.mode = mode;
  settings.server_error_max = milliseconds(500);
  settings.front_ends = {random.between(milliseconds(-400), milliseconds(400))};
  settings.lease = std::max(plan.short_lease, plan.long_lease);
  settings.retention = std::chrono::hours(24 * 7);
  settings.latency_min = plan.latency_min;
  settings.latency_max = plan.latency_max;
  // Only the Renewer gives up what hangs.
  settings.attempt_timeout = seconds(200);
  settings.attempts_max = 4;
  settings.locks = plan.short_count + plan.long_count;
  settings.faults_for = plan.until;
  return settings;
}

class Crowd {
 public:
  Crowd(std::uint64_t seed, Mode mode, bool tracing, Tally& tally)
      : world_(seed), tally_(tally), plan_(draw_plan(world_.random)), settings_(crowd_settings(mode, plan_, world_.random)),
        server_(settings_.schema.key, {}),
        network_(
            world_, server_, faults_, tally.faults,
            {settings_.latency_min, settings_.latency_max, settings_.latency_max, settings_.lease, {}, settings_.front_ends}),
        checker_(world_, server_, settings_, tally) {
    world_.tracing = tracing;
    network_.watch(&checker_);
    world_.on_event = [this] { checker_.check(); };
    faults_.active = true;
    machine_.boot = seconds(1000);
    machine_.rate_ppm = settings_.draw_rate_ppm(world_.random);
  }

  Verdict run() {
    LockUser user({world_, server_, network_, checker_, settings_, tally_}, machine_, 1, "keeper");
    user.start_crowd(plan_);
    checker_.require(world_.run(kEventsMax), "no schedule goes on without end");
    checker_.require(world_.drain(), "every call ends when all its requests fail");
    tally_.events += world_.events();
    tally_.requests += static_cast<std::uint64_t>(user.process().requests);
    return {checker_.violation(), world_.digest()};
  }

 private:
  World world_;
  Tally& tally_;
  const CrowdPlan plan_;
  const Settings settings_;
  FaultPlan faults_;
  Server server_;
  Network network_;
  Checker checker_;
  Machine machine_;
};

}  // namespace

void LockUser::start_crowd(const CrowdPlan& plan) {
  stage_.world.spawn(process_, [this, plan] {
    keep_crowd(plan);
    renewer_.reset();
    if (!over()) stage_.world.stop();
  });
}

void LockUser::keep_crowd(const CrowdPlan& plan) {
  renewer_ = std::make_unique<lock::Renewer>(clock_, entropy_, lock::RenewerOptions{plan.in_flight_max});
  HeldLocks held;
  ++process_.acquisition;
  acquire_crowd(held, plan.short_count, plan.long_count, plan.long_lease);
  acquire_crowd(held, 0, plan.short_count, plan.short_lease);
  const int hanging_from = plan.short_count + plan.long_count - plan.hanging_count;
  for (int lock = hanging_from; lock < stage_.settings.locks; ++lock) stage_.network.hang(stage_.settings.name(lock));
  // No lock twice: a lease may end when two replies in a row are lost.
  for (int lock = 0; !over() && stage_.world.now() < plan.until; ++lock) {
    if (plan.loses_replies) stage_.network.lose_next_reply(process_, false, stage_.settings.name(lock % plan.short_count));
    stage_.world.sleep(milliseconds(700));
  }
  for (Held& one : held) {
    if (over()) return;
    if (one.lock < hanging_from) {
      stage_.checker.require(one.lease.still_held(), "a Renewer keeps a lease whose requests are answered",
                             [&] { return "lock " + std::to_string(one.lock); });
      ++stage_.tally.crowds_kept;
    }
    end_care(one);
    stage_.checker.ended(process_, one.lease);
  }
}

void LockUser::acquire_crowd(HeldLocks& held, int first, int count, Duration lease) {
  std::vector<lock::LockName> names;
  for (int i = 0; i < count; ++i) names.push_back(stage_.settings.name(first + i));
  lock::AcquireOptions options;
  options.lease = lease;
  static_cast<void>(client_->acquire_all(names, options, [&](std::size_t index, Result<lock::Lease> taken) {
    if (over()) return;
    stage_.checker.require(taken.ok(), "a free lock is taken at once", [&] { return taken.error().message; });
    if (taken) take_in(held, *std::move(taken), first + static_cast<int>(index), true);
  }));
}

bool keeps_a_crowd(std::uint64_t seed) noexcept { return seed % kOneIn == kWhich; }

Verdict run_crowd(std::uint64_t seed, Mode mode, bool tracing, Tally& tally) {
  ++tally.schedules;
  return Crowd(seed, mode, tracing, tally).run();
}

}  // namespace dynamutex::simulation
