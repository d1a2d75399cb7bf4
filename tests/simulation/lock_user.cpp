#include "simulation/lock_user.hpp"

#include <algorithm>
#include <chrono>
#include <utility>
#include <vector>

namespace dynamutex::simulation {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

/// As kReturnSlack, after a cancellation (500 ms).
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
      if (over()) break;
      const Duration idle = settings.long_idle ? Duration(std::chrono::minutes(20)) : settings.lease / 2;
      stage_.world.sleep(random.between(Duration(0), idle));
    }
    renewer_.reset();
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
  const auto cancelled_at = plan_cancellation(options);
  ++process_.acquisition;
  ++stage_.tally.acquires;
  world.trace("acquires lock-%d, lease %.3f s, wait %.3f s", lock, static_cast<double>(options.lease.count()) / 1e9,
              static_cast<double>(options.wait.count()) / 1e9);
  auto lease = client_->acquire(stage_.settings.name(lock), options);
  if (over()) return std::nullopt;
  if (cancelled_at->has_value()) stage_.tally.faults.add(Fault::cancelled);
  require_return(deadline, frozen_before, *cancelled_at, "acquire returns by its deadline");
  if (lease) {
    ++stage_.tally.granted;
    world.trace("  granted, version %.8s", lease->version().c_str());
    return *std::move(lease);
  }
  refused(lock, lease.error());
  return std::nullopt;
}

/// All locks of the schedule in one call.
void LockUser::acquire_many(HeldLocks& held, lock::AcquireOptions options, bool in_care) {
  constexpr std::size_t kParallelism[] = {1, 2, 64};
  World& world = stage_.world;
  const Settings& settings = stage_.settings;
  std::vector<lock::LockName> names;
  for (int lock = 0; lock < settings.locks; ++lock) names.push_back(settings.name(lock));
  lock::BulkOptions bulk;
  bulk.parallelism = world.random.pick(kParallelism);
  bulk.timeout = world.random.between(settings.lease / 2, settings.lease * 6);
  // Each may have a write to take back when the time is over, one after another.
  const MonotonicTime deadline = local_now(world, process_) + bulk.timeout + kReturnSlack * settings.locks;
  const Duration frozen_before = process_.machine->frozen_for;
  const auto cancelled_at = plan_cancellation(options);
  ++process_.acquisition;
  stage_.tally.acquires += names.size();
  ++stage_.tally.bulk_acquires;
  world.trace("acquires %d locks, lease %.3f s, wait %.3f s", settings.locks, static_cast<double>(options.lease.count()) / 1e9,
              static_cast<double>(options.wait.count()) / 1e9);
  std::vector<int> answers(names.size());
  static_cast<void>(client_->acquire_all(
      names, options,
      [&](std::size_t index, Result<lock::Lease> lease) {
        if (over()) return;
        ++answers[index];
        const int lock = static_cast<int>(index);
        if (!lease) return refused(lock, lease.error());
        ++stage_.tally.granted;
        world.trace("  granted lock-%d, version %.8s", lock, lease->version().c_str());
        take_in(held, *std::move(lease), lock, in_care);
      },
      bulk));
  if (over()) return;
  if (cancelled_at->has_value()) stage_.tally.faults.add(Fault::cancelled);
  const bool each_once = std::all_of(answers.begin(), answers.end(), [](int count) { return count == 1; });
  stage_.checker.require(each_once, "acquire_all tells of each lock once");
  require_return(deadline, frozen_before, std::nullopt, "acquire_all returns by its deadline");
}

void LockUser::refused(int lock, const Error& error) {
  stage_.world.trace("  refused lock-%d: %s: %s", lock, to_string(error.kind), error.message.c_str());
  count(error);
  stage_.checker.acquire_failed(process_, lock, error);
}

std::shared_ptr<const std::optional<TrueTime>> LockUser::plan_cancellation(lock::AcquireOptions& options) {
  World& world = stage_.world;
  auto cancelled_at = std::make_shared<std::optional<TrueTime>>();
  if (!world.random.chance(30)) return cancelled_at;
  cancellation_ = std::make_unique<Cancellation>();
  Cancellation* const cancellation = cancellation_.get();
  options.cancellation = cancellation;
  const int call = process_.acquisition + 1;
  world.at(world.now() + world.random.between(Duration(0), stage_.settings.lease * 2), [this, cancelled_at, call] {
    // That call may be over, and another one may have a cancellation of its own.
    if (process_.acquisition != call) return;
    *cancelled_at = stage_.world.now();
    cancellation_->cancel();
  });
  return cancelled_at;
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
  HeldLocks held;
  const bool in_care = stage_.world.random.coin();
  const bool by_hand = stage_.world.random.chance(in_care ? 200 : 500);
  if (stage_.settings.locks > 1 && stage_.world.random.coin()) {
    acquire_many(held, draw_options(), in_care);
  } else if (auto lease = acquire(lock, draw_options()); lease && !over()) {
    take_in(held, *std::move(lease), lock, in_care);
  }
  if (!held.empty() && !over()) hold(held, by_hand);
}

void LockUser::take_in(HeldLocks& held, lock::Lease lease, int lock, bool in_care) {
  Held& taken = held.emplace_back(Held{std::move(lease), lock});
  stage_.checker.granted(process_, taken.lease, lock);
  if (in_care) start_care(taken);
}

}  // namespace dynamutex::simulation
