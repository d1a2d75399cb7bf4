// Those who look at locks without holding them: the meddler, and the prober that comes when all is well again.

#include <chrono>
#include <utility>

#include "simulation/lock_user.hpp"

namespace dynamutex::simulation {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr Duration kRetryPause = milliseconds(300);

}  // namespace

void LockUser::start_meddling() {
  stage_.world.spawn(process_, [this] {
    while (!over() && !stage_.closing()) {
      stage_.world.sleep(stage_.world.random.between(Duration(0), stage_.settings.faults_for / 3));
      if (!over() && !stage_.closing()) meddle();
    }
  });
}

void LockUser::meddle() {
  World& world = stage_.world;
  if (world.random.coin()) {
    const auto report = client_->prune();
    if (report.pruned > 0) stage_.tally.faults.add(Fault::pruned);
    return;
  }
  const auto shown = client_->inspect(stage_.settings.name(0));
  if (over() || !shown || !*shown || (*shown)->released) return;
  world.sleep(world.random.between(Duration(0), stage_.settings.lease / 4));
  if (over()) return;
  process_.breaking = true;
  const auto broken = client_->break_lock(**shown);
  if (broken && *broken == lock::BreakOutcome::broken) stage_.tally.faults.add(Fault::broken_by_force);
  process_.breaking = false;
}

void LockUser::start_probing() {
  process_.pause_per_mille = 0;
  stage_.world.spawn(process_, [this] {
    for (int lock = 0; lock < stage_.settings.locks && !over(); ++lock) probe(lock);
    if (!over()) stage_.world.stop();
  });
}

Duration LockUser::probe_bound(int lock) const {
  const Settings& settings = stage_.settings;
  const lock::LockName name = settings.name(lock);
  const Row* const row = stage_.server.row(name.key, name.sort_key);
  // A first look, a write that is refused, a read where refusals tell nothing, a write, and a correction.
  const Duration exchanges = settings.calm_latency_max * 2 * 6 + milliseconds(20);
  if (row == nullptr || row->item.find("isReleased") != nullptr) return exchanges;
  const auto record = lock::decode(row->item, settings.schema);
  const Duration lease = record ? record->lease : settings.lease;
  // Stretched by the drift, on a clock that is slow by as much; the longest pause, and a look that just missed it.
  return lease + lease / 1'000'000 * settings.drift_ppm * 3 + seconds(1) + kRetryPause + exchanges;
}

void LockUser::probe(int lock) {
  World& world = stage_.world;
  lock::AcquireOptions options;
  options.lease = stage_.settings.lease;
  options.fenced = stage_.settings.fenced;
  const bool patient = world.random.coin();
  if (patient) options.wait = stage_.settings.lease * 10 + seconds(30);
  const bool bounded = stage_.settings.assumptions == Assumptions::hold;
  const TrueTime due = world.now() + (bounded ? probe_bound(lock) : options.lease * 10);
  ++process_.acquisition;
  for (;;) {
    world.trace("probes lock-%d", lock);
    auto lease = client_->acquire(stage_.settings.name(lock), options);
    if (over()) return;
    if (lease) {
      stage_.checker.granted(process_, *lease, lock);
      stage_.checker.require(world.now() <= due, "after the last fault a waiter gets the lock in time",
                             [&] { return std::to_string((world.now() - due).count() / 1'000'000) + " ms late"; });
      ++stage_.tally.probes;
      stage_.checker.ended(process_, *lease);
      return;
    }
    const bool again = !patient && lease.error().kind == ErrorKind::contended && world.now() <= due;
    stage_.checker.require(again, "after the last fault a waiter gets the lock", [&] { return lease.error().message; });
    if (!again) return;
    world.sleep(kRetryPause);
  }
}

}  // namespace dynamutex::simulation
