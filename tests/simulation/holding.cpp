// What a process does while it holds a lock, and how it gives it back.

#include <algorithm>
#include <chrono>
#include <utility>

#include "lock/renewal.hpp"
#include "lock/rules.hpp"
#include "simulation/lock_user.hpp"

namespace dynamutex::simulation {
namespace {

using std::chrono::milliseconds;

}  // namespace

/// The renewal of one lease by a second fiber, as the Renewer's thread does it.
struct LockUser::Renewal {
  lock::Lease* lease = nullptr;
  Cancellation stop;
  bool done = false;
  Task* joiner = nullptr;
};

void LockUser::hold(lock::Lease& lease, int lock) {
  Random& random = stage_.world.random;
  const Duration span = random.between(Duration(0), stage_.settings.lease * (random.coin() ? 1 : 4));
  // Most work is done well within one lease.
  const std::uint64_t kind = random.below(4);
  std::shared_ptr<Renewal> renewal;
  if (kind < 2) renewal = start_renewal(lease);
  keep(lease, lock, stage_.world.now() + span, kind == 2);
  if (renewal) end_renewal(*renewal);
  if (over()) return;
  if (!lease.still_held() && !over()) {
    const auto renewed = lease.renew();
    stage_.checker.require(!renewed && renewed.error().kind == ErrorKind::lost, "renewing what is over says lost");
  }
  give_back(lease);
}

void LockUser::keep(lock::Lease& lease, int lock, TrueTime until, bool by_hand) {
  World& world = stage_.world;
  while (!over() && world.now() < until && lease.still_held()) {
    world.sleep(world.random.between(milliseconds(1), lease.length() / 2));
    if (over()) return;
    if (by_hand && lease.still_held()) renew_by_hand(lease);
    if (!over() && lease.fencing_token()) write_to_resource(lease, lock);
  }
}

void LockUser::write_to_resource(lock::Lease& lease, int lock) {
  if (!lease.still_held()) return;
  World& world = stage_.world;
  if (world.random.coin()) world.sleep(world.random.between(Duration(0), stage_.settings.latency_max));
  if (over()) return;
  const World::NoPause no_pause(world);
  stage_.checker.resource_written(process_, lock, *lease.fencing_token(), !lease.still_held());
}

MonotonicTime LockUser::valid_until(const lock::Lease& lease) const {
  const World::NoPause no_pause(stage_.world);
  return local_now(stage_.world, process_) + lease.remaining();
}

void LockUser::renew_by_hand(lock::Lease& lease) {
  const MonotonicTime end = valid_until(lease);
  const MonotonicTime began = local_now(stage_.world, process_);
  const Duration frozen_before = process_.machine->frozen_for;
  const auto renewed = lease.renew();
  if (over()) return;
  // Settling an earlier renewal may have moved the end, to a lease from now at most.
  require_return(std::max(end, began + lease.length()), frozen_before, std::nullopt, "renew returns by the lease's end");
  stage_.world.trace("renewed by hand: %s", renewed ? "yes" : renewed.error().message.c_str());
  if (renewed) {
    ++stage_.tally.renewed;
    return;
  }
  if (renewed.error().kind != ErrorKind::lost) return;
  stage_.checker.require(!lease.still_held(), "a lost lease is not held");
  if (lease.loss()) stage_.checker.loss_told(process_);
}

std::shared_ptr<LockUser::Renewal> LockUser::start_renewal(lock::Lease& lease) {
  auto renewal = std::make_shared<Renewal>();
  renewal->lease = &lease;
  stage_.world.spawn(process_, [this, renewal] {
    renew_until_stopped(*renewal);
    renewal->done = true;
    if (renewal->joiner != nullptr) stage_.world.wake(*renewal->joiner);
  });
  return renewal;
}

void LockUser::end_renewal(Renewal& renewal) {
  World& world = stage_.world;
  renewal.joiner = world.current();
  if (!over()) world.cancel(renewal.stop);
  while (!renewal.done && !over()) world.block(kNever, nullptr);
}

void LockUser::renew_until_stopped(Renewal& renewal) {
  const lock::Lease& lease = *renewal.lease;
  lock::RenewalView view{};
  view.length = lease.length();
  view.valid_until = valid_until(lease);
  const Duration frozen_before = process_.machine->frozen_for;
  int failures = 0;
  while (!over() && !renewal.stop.cancelled()) {
    const MonotonicTime end = valid_until(lease);
    const MonotonicTime now = local_now(stage_.world, process_);
    if (end > now) view.valid_until = end;
    view.term_began = view.valid_until - lock::shrunk(lease.length(), stage_.settings.drift_ppm);
    if (end == now && view.valid_until > now) view.valid_until = now;  // Lost before its time.
    const lock::RenewalPlan plan = lock::plan_renewal(view, now);
    if (plan.step == lock::RenewalStep::wait) {
      clock_.wait_until(plan.next, &renewal.stop);
    } else if (plan.step == lock::RenewalStep::tell_at_risk) {
      view.at_risk_told = true;
      ++stage_.tally.at_risk_told;
    } else if (plan.step == lock::RenewalStep::tell_lost) {
      require_return(view.valid_until, frozen_before, std::nullopt, "a loss is told when the lease ends");
      if (lease.loss()) stage_.checker.loss_told(process_);
      return;
    } else {
      const auto renewed = renewal.lease->renew(plan.next_news, &renewal.stop);
      stage_.world.trace("renewed: %s", renewed ? "yes" : renewed.error().message.c_str());
      if (renewed) {
        ++stage_.tally.renewed;
        view.retry_at.reset();
        view.at_risk_told = false;
        failures = 0;
      } else {
        view.retry_at = clock_.now() + lock::renewal_pause(++failures, lease.length(), unit_interval(entropy_));
      }
    }
  }
}

void LockUser::give_back(lock::Lease& lease) {
  World& world = stage_.world;
  if (world.random.chance(300)) {
    // Left to the destructor, which says nothing.
    stage_.checker.ended(process_, lease);
    return;
  }
  // The local time is limited by an option, not by a deadline of ours.
  const MonotonicTime deadline = local_now(world, process_) + std::chrono::seconds(3);
  const Duration frozen_before = process_.machine->frozen_for;
  const lock::ReleaseOutcome outcome = lease.release();
  if (over()) return;
  world.trace("released: %s", lock::to_string(outcome));
  stage_.checker.ended(process_, lease);
  require_return(deadline, frozen_before, std::nullopt, "release returns in time");
  switch (outcome) {
    case lock::ReleaseOutcome::released: ++stage_.tally.released; break;
    case lock::ReleaseOutcome::in_doubt: ++stage_.tally.release_in_doubt; break;
    case lock::ReleaseOutcome::already_lost:
      ++stage_.tally.already_lost;
      stage_.checker.loss_told(process_);
      break;
  }
}

}  // namespace dynamutex::simulation
