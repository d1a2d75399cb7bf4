// What a process does while it holds locks, and how it gives them back.

#include <algorithm>
#include <chrono>
#include <utility>
#include <vector>

#include "simulation/lock_user.hpp"

namespace dynamutex::simulation {
namespace {

using std::chrono::milliseconds;

/// How long a release may take, by LockClientOptions.
constexpr Duration kReleaseMax = std::chrono::seconds(3);

}  // namespace

void LockUser::hold(HeldLocks& held, bool by_hand) {
  Random& random = stage_.world.random;
  // Most work is done well within one lease.
  const Duration span = random.between(Duration(0), stage_.settings.lease * (random.coin() ? 1 : 4));
  keep(held, stage_.world.now() + span, by_hand);
  for (Held& one : held) {
    if (over()) return;
    if (random.coin()) end_care(one);
    if (over()) return;
    if (!one.lease.still_held() && !over()) {
      const auto renewed = one.lease.renew();
      stage_.checker.require(!renewed && renewed.error().kind == ErrorKind::lost, "renewing what is over says lost");
    }
  }
  if (!over()) give_back(held);
}

void LockUser::keep(HeldLocks& held, TrueTime until, bool by_hand) {
  World& world = stage_.world;
  const auto still_held = [](const Held& one) { return one.lease.still_held(); };
  while (!over() && world.now() < until && std::any_of(held.begin(), held.end(), still_held)) {
    world.sleep(world.random.between(milliseconds(1), held.front().lease.length() / 2));
    for (Held& one : held) {
      if (over()) return;
      if (by_hand && one.lease.still_held()) renew_by_hand(one);
      if (!over() && one.lease.fencing_token()) write_to_resource(one);
    }
  }
}

void LockUser::write_to_resource(Held& held) {
  if (!held.lease.still_held()) return;
  World& world = stage_.world;
  if (world.random.coin()) world.sleep(world.random.between(Duration(0), stage_.settings.latency_max));
  if (over()) return;
  const World::NoPause no_pause(world);
  stage_.checker.resource_written(process_, held.lock, *held.lease.fencing_token(), !held.lease.still_held());
}

MonotonicTime LockUser::valid_until(const lock::Lease& lease) const {
  const World::NoPause no_pause(stage_.world);
  return local_now(stage_.world, process_) + lease.remaining();
}

void LockUser::renew_by_hand(Held& held) {
  lock::Lease& lease = held.lease;
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

void LockUser::give_back(HeldLocks& held) {
  World& world = stage_.world;
  if (held.size() > 1 && world.random.coin()) return give_back_at_once(held);
  while (!held.empty()) {
    Held& one = held.front();
    end_news(one);
    if (world.random.chance(300)) {
      // Left to the destructor, which says nothing.
      stage_.checker.ended(process_, one.lease);
      held.pop_front();
      if (over()) return;
      continue;
    }
    // The local time is limited by an option, not by a deadline of ours.
    const MonotonicTime deadline = local_now(world, process_) + kReleaseMax;
    const Duration frozen_before = process_.machine->frozen_for;
    const lock::ReleaseOutcome outcome = one.lease.release();
    if (over()) return;
    world.trace("released: %s", lock::to_string(outcome));
    stage_.checker.ended(process_, one.lease);
    require_return(deadline, frozen_before, std::nullopt, "release returns in time");
    count(outcome);
    held.pop_front();
  }
}

void LockUser::give_back_at_once(HeldLocks& held) {
  constexpr std::size_t kParallelism[] = {1, 2, 64};
  World& world = stage_.world;
  std::vector<lock::Lease> leases;
  for (Held& one : held) {
    // Those whose turn has not come would still be renewed.
    end_care(one);
    if (over()) return;
    stage_.checker.ended(process_, one.lease);
    leases.push_back(std::move(one.lease));
  }
  lock::BulkOptions bulk;
  bulk.parallelism = world.random.pick(kParallelism);
  bulk.timeout = kReleaseMax;
  const MonotonicTime deadline = local_now(world, process_) + kReleaseMax;
  const Duration frozen_before = process_.machine->frozen_for;
  const auto outcomes = client_->release_all(std::move(leases), bulk);
  if (over()) return;
  require_return(deadline, frozen_before, std::nullopt, "release_all returns in time");
  stage_.checker.require(outcomes.size() == held.size(), "release_all tells of each lease");
  for (const lock::ReleaseOutcome outcome : outcomes) {
    world.trace("released with others: %s", lock::to_string(outcome));
    count(outcome);
  }
}

void LockUser::count(lock::ReleaseOutcome outcome) {
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
