// What taking, renewing and giving back cost, counted in round trips.

#include <chrono>
#include <memory>

#include "simulation/lock_user.hpp"
#include "simulation/schedule.hpp"
#include "simulation/stage.hpp"

namespace dynamutex::simulation {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr std::uint64_t kOneIn = 50;
/// Of four rounds, three lose a reply; the very first acquire loses one or does not.
constexpr int kRounds = 24;
static_assert(kRounds / 4 * 3 == kLostRepliesMin);

/// Long enough that even a silent loss leaves more than half of the lease.
constexpr Duration kLease = seconds(60);

Settings quiet_settings(Mode mode, Random& random) {
  Settings settings;
  settings.mode = mode;
  settings.fenced = random.coin();
  settings.server_error_max = milliseconds(500);
  settings.front_ends = {random.between(milliseconds(-400), milliseconds(400))};
  settings.lease = kLease;
  settings.retention = std::chrono::hours(24 * 7);
  settings.latency_max = milliseconds(random.between(1, 40));
  settings.attempt_timeout = seconds(1);
  settings.attempts_max = 4;
  settings.faults_for = std::chrono::hours(1);
  return settings;
}

class RoundTrips {
 public:
  RoundTrips(std::uint64_t seed, Mode mode, bool tracing, Tally& tally)
      : world_(seed), tally_(tally), settings_(quiet_settings(mode, world_.random)), server_(settings_.schema.key, {}),
        network_(world_, server_, faults_, tally.faults,
                 {{}, settings_.latency_max, settings_.latency_max, kLease, {}, settings_.front_ends}),
        checker_(world_, server_, settings_, tally) {
    world_.tracing = tracing;
    network_.watch(&checker_);
    world_.on_event = [this] { checker_.check(); };
    machine_.boot = seconds(1000);
    machine_.rate_ppm = settings_.draw_rate_ppm(world_.random);
  }

  Verdict run() {
    LockUser user({world_, server_, network_, checker_, settings_, tally_}, machine_, 1, "alone");
    LockUser next({world_, server_, network_, checker_, settings_, tally_}, machine_, 2, "next");
    user.start_counting(kRounds);
    checker_.require(world_.run(kRounds * 1000), "no schedule goes on without end");
    if (checker_.violation().empty()) {
      world_.go_on();
      user.start_handing_over(next);
    }
    checker_.require(world_.run(kRounds * 1000), "no schedule goes on without end");
    checker_.require(world_.drain(), "every call ends when all its requests fail");
    tally_.events += world_.events();
    tally_.requests += static_cast<std::uint64_t>(user.process().requests);
    return {checker_.violation(), world_.digest()};
  }

 private:
  World world_;
  Tally& tally_;
  Settings settings_;
  FaultPlan faults_;
  Server server_;
  Network network_;
  Checker checker_;
  Machine machine_;
};

}  // namespace

void LockUser::start_counting(int rounds) {
  stage_.world.spawn(process_, [this, rounds] {
    first_round(!stage_.settings.fenced && stage_.world.random.coin());
    for (int i = 0; i < rounds && !over(); ++i) count_round(i % 4);
    stage_.world.stop();
  });
}

lock::AcquireOptions LockUser::counted_options() const {
  lock::AcquireOptions options;
  options.lease = stage_.settings.lease;
  options.fenced = stage_.settings.fenced;
  return options;
}

void LockUser::expect_requests(int before, bool lost, const char* what) {
  const int sent = process_.requests - before;
  const auto took = [&] { return std::string(what) + " took " + std::to_string(sent); };
  if (!lost) {
    stage_.checker.require(sent == 1, "without a fault each step is one round trip", took);
    return;
  }
  ++stage_.tally.replies_lost_alone;
  if (sent == 2) ++stage_.tally.recovered_in_one;
  stage_.checker.require(sent == 2, "a lost reply costs one more round trip", took);
}

/// A process's first acquire guesses its expiry, and learns the servers' time by it. A fenced lock's very first token needs that
/// time before it is written: that is more than one round trip.
void LockUser::first_round(bool lost) {
  if (lost) stage_.network.lose_next_reply(process_, stage_.world.random.coin());
  ++process_.acquisition;
  const int before = process_.requests;
  auto lease = client_->acquire(stage_.settings.name(0), counted_options());
  if (over()) return;
  stage_.checker.require(lease.ok(), "a free lock is taken at once", [&] { return lease.error().message; });
  if (!lease) return;
  if (!stage_.settings.fenced) expect_requests(before, lost, "taking for the first time");
  stage_.checker.granted(process_, *lease, 0);
  stage_.checker.ended(process_, *lease);
  lease->release();
}

/// Takes, renews and gives back once. The reply that gets lost: of no step, of taking, of renewing, of giving back.
void LockUser::count_round(int lost_step) {
  const auto lose = [&](int step) {
    if (step == lost_step) stage_.network.lose_next_reply(process_, stage_.world.random.coin());
    return process_.requests;
  };
  ++process_.acquisition;
  int before = lose(1);
  auto lease = client_->acquire(stage_.settings.name(0), counted_options());
  if (over()) return;
  stage_.checker.require(lease.ok(), "a free lock is taken at once", [&] { return lease.error().message; });
  if (!lease) return;
  expect_requests(before, lost_step == 1, "taking");
  stage_.checker.granted(process_, *lease, 0);

  before = lose(2);
  const auto renewed = lease->renew();
  if (over()) return;
  stage_.checker.require(renewed.ok(), "a held lock is renewed");
  expect_requests(before, lost_step == 2, "renewing");

  before = lose(3);
  const lock::ReleaseOutcome outcome = lease->release();
  if (over()) return;
  stage_.checker.ended(process_, *lease);
  stage_.checker.require(outcome == lock::ReleaseOutcome::released, "a held lock is given back");
  expect_requests(before, lost_step == 3, "giving back");
  if (lost_step == 0) ++stage_.tally.plain_rounds;
}

void LockUser::start_handing_over(LockUser& next) {
  stage_.world.spawn(process_, [this, &next] {
    ++process_.acquisition;
    auto lease = client_->acquire(stage_.settings.name(0), counted_options());
    if (over()) return;
    stage_.checker.require(lease.ok(), "a free lock is taken at once");
    if (!lease) return;
    stage_.checker.granted(process_, *lease, 0);
    const auto given_back = std::make_shared<std::optional<TrueTime>>();
    stage_.world.spawn(next.process_, [&next, given_back] { next.wait_for_hand_over(given_back); });
    stage_.world.sleep(stage_.world.random.between(milliseconds(1), stage_.settings.lease / 2));
    if (over()) return;
    lease->release();
    if (over()) return;
    stage_.checker.ended(process_, *lease);
    *given_back = stage_.world.now();
  });
}

void LockUser::wait_for_hand_over(const std::shared_ptr<std::optional<TrueTime>>& given_back) {
  World& world = stage_.world;
  lock::AcquireOptions options = counted_options();
  options.wait = stage_.settings.lease * 2;
  ++process_.acquisition;
  const auto lease = client_->acquire(stage_.settings.name(0), options);
  if (over()) return;
  stage_.checker.require(lease.ok(), "a waiter gets the lock");
  // The longest pause, on a clock that may be slow; a look that just missed it, a look, and a write.
  const Duration due = milliseconds(1002) + stage_.settings.latency_max * 6;
  const TrueTime since = given_back->value_or(world.now());
  stage_.checker.require(world.now() - since <= due, "a waiter gets a lock that is given back in time",
                         [&] { return std::to_string((world.now() - since).count() / 1'000'000) + " ms"; });
  if (lease) ++stage_.tally.handed_over;
  world.stop();
}

bool counts_round_trips(std::uint64_t seed) noexcept { return seed % kOneIn == 0; }

Verdict run_round_trips(std::uint64_t seed, Mode mode, bool tracing, Tally& tally) {
  ++tally.schedules;
  return RoundTrips(seed, mode, tracing, tally).run();
}

}  // namespace dynamutex::simulation
