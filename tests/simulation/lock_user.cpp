#include "simulation/lock_user.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

namespace dynamutex::simulation {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

/// What a call may take beyond its deadline: the time for taking back a write in doubt (100 ms) and a little more.
constexpr Duration kReturnSlack = milliseconds(130);
/// The same after a cancellation (500 ms).
constexpr Duration kCancelSlack = milliseconds(550);

}  // namespace

LockUser::LockUser(Stage stage, Machine& machine, int id, std::string owner)
    : stage_(stage), clock_(stage.world, process_), entropy_(stage.world.random.next()) {
  const Settings& settings = stage_.settings;
  process_.id = id;
  process_.machine = &machine;
  process_.owner = std::move(owner);
  process_.pause_per_mille = settings.pause_per_mille;
  process_.pause_max = settings.pause_max;

  const dynamo::ServerClockOptions server_clock{settings.server_error_max, settings.drift_ppm};
  if (settings.mode == Mode::table) {
    table_ = std::make_unique<SimulatedTable>(stage_.world, stage_.network, process_, server_clock, settings.attempt_timeout);
  } else {
    wire_ = std::make_unique<WireClient>(stage_.world, stage_.network, process_, clock_, entropy_, server_clock,
                                         settings.attempt_timeout, settings.attempts_max);
  }
  lock::LockClientOptions options;
  options.schema = settings.schema;
  options.owner = process_.owner;
  options.compat = settings.compat;
  options.drift_ppm = settings.drift_ppm;
  options.retention = settings.retention;
  dynamo::Table& table = table_ ? static_cast<dynamo::Table&>(*table_) : wire_->table();
  client_ = std::make_unique<lock::LockClient>(table, clock_, entropy_, options);
}

void LockUser::start_rounds() {
  stage_.world.spawn(process_, [this] {
    Random& random = stage_.world.random;
    const Settings& settings = stage_.settings;
    stage_.world.sleep(random.between(Duration(0), settings.lease));
    while (!over() && !stage_.closing()) {
      round();
      if (over()) return;
      const Duration idle = settings.long_idle ? Duration(std::chrono::minutes(20)) : settings.lease / 2;
      stage_.world.sleep(random.between(Duration(0), idle));
    }
  });
}

lock::AcquireOptions LockUser::draw_options() {
  Random& random = stage_.world.random;
  const Settings& settings = stage_.settings;
  lock::AcquireOptions options;
  options.lease = random.chance(700) ? settings.lease : random.between(lock::kLeaseMin, settings.lease);
  options.fenced = settings.fenced;
  switch (random.below(5)) {
    case 0: options.wait = Duration(0); break;
    case 1: options.wait = random.between(milliseconds(10), settings.lease); break;
    case 2: options.wait = Duration::max(); break;
    default: options.wait = random.between(Duration(0), settings.lease * 4); break;
  }
  if (random.chance(200)) options.data = "payload";
  return options;
}

std::optional<lock::Lease> LockUser::acquire(int lock, lock::AcquireOptions options) {
  World& world = stage_.world;
  const Duration span = options.wait > Duration::zero() ? options.wait : Duration(seconds(10));
  const MonotonicTime deadline = saturating_add(local_now(world, process_), span);
  const Duration frozen_before = process_.machine->frozen_for;
  std::shared_ptr<Cancellation> cancellation;
  const auto cancelled_at = std::make_shared<std::optional<TrueTime>>();
  if (world.random.chance(30)) {
    cancellation = std::make_shared<Cancellation>();
    options.cancellation = cancellation.get();
    world.at(world.now() + world.random.between(Duration(0), stage_.settings.lease * 2), [&world, cancellation, cancelled_at] {
      *cancelled_at = world.now();
      world.cancel(*cancellation);
    });
  }
  ++process_.acquisition;
  ++stage_.tally.acquires;
  world.trace("acquires lock-%d, lease %.3f s, wait %.3f s", lock, static_cast<double>(options.lease.count()) / 1e9,
              static_cast<double>(options.wait.count()) / 1e9);
  auto lease = client_->acquire(stage_.settings.name(lock), options);
  if (over()) return std::nullopt;
  if (cancellation && cancellation->cancelled()) stage_.tally.faults.add(Fault::cancelled);
  require_return(deadline, frozen_before, *cancelled_at, "acquire returns by its deadline");
  if (lease) {
    ++stage_.tally.granted;
    world.trace("  granted, version %.8s", lease->version().c_str());
    return *std::move(lease);
  }
  world.trace("  refused: %s: %s", to_string(lease.error().kind), lease.error().message.c_str());
  count(lease.error());
  stage_.checker.acquire_failed(process_, lock, lease.error());
  return std::nullopt;
}

void LockUser::count(const Error& error) {
  const auto message = [&error] { return error.message; };
  switch (error.kind) {
    case ErrorKind::contended: ++stage_.tally.contended; break;
    case ErrorKind::timed_out: ++stage_.tally.timed_out; break;
    case ErrorKind::ambiguous: ++stage_.tally.ambiguous; break;
    case ErrorKind::lost: stage_.checker.require(false, "acquire never says lost", message); break;
    case ErrorKind::invalid: stage_.checker.require(false, "no request of ours is invalid", message); break;
    default: ++stage_.tally.failed_otherwise; break;
  }
}

void LockUser::require_return(MonotonicTime deadline, Duration frozen_before, std::optional<TrueTime> cancelled_at,
                              const char* rule) {
  const Machine& machine = *process_.machine;
  const Duration frozen = machine.frozen_for - frozen_before;
  const TrueTime due = machine.when(saturating_add(deadline, kReturnSlack));
  TrueTime latest = due == kNever ? kNever : due + frozen;
  if (cancelled_at) latest = std::min(latest, machine.when(machine.monotonic(*cancelled_at) + kCancelSlack) + frozen);
  const TrueTime late = latest == kNever ? TrueTime(0) : std::max(TrueTime(0), stage_.world.now() - latest);
  stage_.checker.require(late == TrueTime(0), rule, [&] {
    return "process " + std::to_string(process_.id) + " is " + std::to_string(late.count() / 1'000'000) + " ms late";
  });
}

void LockUser::round() {
  const int lock = stage_.settings.locks == 1 ? 0 : stage_.world.random.between(0, stage_.settings.locks - 1);
  std::optional<lock::Lease> lease = acquire(lock, draw_options());
  if (!lease || over()) return;
  stage_.checker.granted(process_, *lease, lock);
  hold(*lease, lock);
}

}  // namespace dynamutex::simulation
