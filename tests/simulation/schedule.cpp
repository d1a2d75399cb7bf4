#include "simulation/schedule.hpp"

#include <algorithm>
#include <chrono>
#include <memory>
#include <vector>

#include "simulation/foreign_user.hpp"
#include "simulation/lock_user.hpp"
#include "simulation/stage.hpp"

namespace dynamutex::simulation {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

/// No schedule comes near it unless it loops without end.
constexpr std::uint64_t kEventsMax = 400'000;

NetworkOptions network_options(const Settings& settings) {
  return {settings.latency_min, settings.latency_max,      settings.calm_latency_max,
          settings.lease,       settings.server_error_max, settings.front_ends};
}

class Schedule {
 public:
  Schedule(std::uint64_t seed, Mode mode, bool tracing, Tally& tally);
  Verdict run();

 private:
  Machine& add_machine(bool true_clock);
  void add_user(Machine& machine, std::string owner);
  void plan_crash(std::size_t user);
  void plan_trouble(LockUser& user);
  void plan_outage(Process& process);
  void plan_wall_steps(Machine& machine);
  void delete_by_ttl();
  void close();
  void begin_probing();
  [[nodiscard]] bool all_finished() const;
  [[nodiscard]] TrueTime some_time() { return world_.random.between(TrueTime(0), settings_.faults_for); }

  World world_;
  Tally& tally_;
  Settings settings_;
  FaultPlan faults_;
  Server server_;
  Network network_;
  Checker checker_;
  Stage stage_;
  std::vector<std::unique_ptr<Machine>> machines_;
  std::vector<std::unique_ptr<LockUser>> users_;
  std::vector<std::unique_ptr<ForeignUser>> foreigners_;
  int next_id_ = 0;
};

Schedule::Schedule(std::uint64_t seed, Mode mode, bool tracing, Tally& tally)
    : world_(seed), tally_(tally), settings_(draw_settings(mode, world_.random)),
      faults_(draw_fault_plan(world_.random, settings_.fenced)), server_(settings_.schema.key, settings_.schema.sort_key),
      network_(world_, server_, faults_, tally.faults, network_options(settings_)),
      checker_(world_, server_, settings_, tally), stage_{world_, server_, network_, checker_, settings_, tally} {
  world_.tracing = tracing;
  network_.watch(&checker_);
  world_.on_event = [this] { checker_.check(); };
  faults_.active = true;
}

Machine& Schedule::add_machine(bool true_clock) {
  machines_.push_back(std::make_unique<Machine>());
  Machine& machine = *machines_.back();
  machine.id = static_cast<int>(machines_.size());
  machine.boot = world_.random.between(seconds(1), hours(1000));
  if (!true_clock) {
    machine.rate_ppm = settings_.draw_rate_ppm(world_.random);
    if (settings_.assumptions == Assumptions::rate_beyond_drift) {
      tally_.faults.add(Fault::rate_beyond_drift);
    } else if (machine.rate_ppm != 0) {
      tally_.faults.add(Fault::rate_within_drift);
    }
  }
  machine.wall_error = world_.random.between(milliseconds(-300), milliseconds(300));
  if (world_.random.chance(250)) machine.wall_error = world_.random.between(hours(-5), hours(5));
  return machine;
}

void Schedule::add_user(Machine& machine, std::string owner) {
  users_.push_back(std::make_unique<LockUser>(stage_, machine, ++next_id_, std::move(owner)));
}

void Schedule::plan_trouble(LockUser& user) {
  Random& random = world_.random;
  Machine* const machine = user.process().machine;
  if (random.chance(settings_.outage_per_mille)) plan_outage(user.process());
  if (random.chance(settings_.wall_step_per_mille)) plan_wall_steps(*machine);
  if (random.chance(settings_.suspend_per_mille)) {
    const Duration span = random.between(settings_.lease / 10, settings_.lease * 3);
    world_.at(some_time(), [this, machine, span] {
      world_.trace("machine %d is suspended for %.3f s", machine->id, static_cast<double>(span.count()) / 1e9);
      tally_.faults.add(Fault::suspended);
      machine->freeze(world_.now(), world_.now() + span);
    });
  }
}

void Schedule::plan_outage(Process& process) {
  const TrueTime from = some_time();
  const TrueTime to = from + world_.random.between(Duration(0), settings_.lease * 3);
  const std::uint64_t kind = world_.random.below(4);
  Process* const whose = &process;
  const auto set = [this, whose, kind](bool on) {
    Network::Outage& outage = network_.outage_of(*whose);
    if (kind == 0) outage.requests = on;
    if (kind == 1) outage.replies = on;
    if (kind == 2) outage.requests = outage.replies = on;
    if (kind == 3) outage.denied = on;
    world_.trace("outage %d of process %d: %s", static_cast<int>(kind), whose->id, on ? "begins" : "ends");
  };
  world_.at(from, [set] { set(true); });
  world_.at(std::min(to, settings_.faults_for), [set] { set(false); });
}

void Schedule::plan_wall_steps(Machine& machine) {
  Machine* const which = &machine;
  const Duration step = world_.random.between(hours(-6), hours(6));
  world_.at(some_time(), [this, which, step] {
    tally_.faults.add(Fault::wall_clock_step);
    which->wall_error += step;
  });
}

void Schedule::plan_crash(std::size_t user) {
  const TrueTime at = some_time();
  const bool restart = world_.random.coin();
  const TrueTime again = at + world_.random.between(Duration(0), settings_.lease);
  world_.at(at, [this, user] {
    Process& process = users_[user]->process();
    world_.trace("process %d crashes", process.id);
    tally_.faults.add(Fault::crashed);
    process.crashed = true;
  });
  if (!restart) return;
  world_.at(again, [this, user] {
    if (stage_.closing()) return;
    Process& process = users_[user]->process();
    tally_.faults.add(Fault::restarted);
    add_user(*process.machine, process.owner);
    users_.back()->start_rounds();
  });
}

void Schedule::delete_by_ttl() {
  const int deleted = server_.delete_expired(kServerEpoch + world_.now());
  for (int i = 0; i < deleted; ++i) tally_.faults.add(Fault::ttl_deletion);
  if (deleted > 0) checker_.rows_deleted();
  if (!stage_.closing()) world_.at(world_.now() + world_.random.between(seconds(10), minutes(10)), [this] { delete_by_ttl(); });
}

bool Schedule::all_finished() const {
  return std::all_of(users_.begin(), users_.end(), [](const auto& user) { return user->finished(); }) &&
         std::all_of(foreigners_.begin(), foreigners_.end(), [](const auto& user) { return user->finished(); });
}

void Schedule::close() {
  faults_.active = false;
  const TrueTime patience = settings_.faults_for + settings_.lease * 40 + minutes(20);
  if (!all_finished() || world_.now() <= network_.last_arrival()) {
    checker_.require(world_.now() < patience, "every call comes to its end");
    world_.at(world_.now() + milliseconds(200), [this] { close(); });
    return;
  }
  begin_probing();
}

void Schedule::begin_probing() {
  world_.trace("all is well again");
  add_user(add_machine(false), "prober");
  users_.back()->start_probing();
}

Verdict Schedule::run() {
  for (int i = 0; i < settings_.processes; ++i) {
    add_user(add_machine(false), "owner-" + std::to_string(i));
    users_.back()->start_rounds();
    plan_trouble(*users_.back());
    if (world_.random.chance(settings_.crash_per_mille)) plan_crash(users_.size() - 1);
  }
  for (int i = 0; i < settings_.foreigners; ++i) {
    foreigners_.push_back(std::make_unique<ForeignUser>(stage_, add_machine(true), ++next_id_));
    foreigners_.back()->start();
  }
  if (settings_.meddler) {
    add_user(add_machine(false), "meddler");
    users_.back()->start_meddling();
  }
  if (settings_.ttl_is_on()) delete_by_ttl();
  world_.at(settings_.faults_for, [this] { close(); });

  checker_.require(world_.run(kEventsMax), "no schedule goes on without end");
  checker_.require(world_.drain(), "every call ends when all its requests fail");
  tally_.events += world_.events();
  tally_.faults.add(Fault::paused_at_a_step, world_.pauses());
  for (const auto& user : users_) tally_.requests += static_cast<std::uint64_t>(user->process().requests);
  const std::uint64_t overlaps = checker_.overlap_found() ? 1 : 0;
  switch (settings_.assumptions) {
    case Assumptions::hold: break;
    case Assumptions::rate_beyond_drift:
      ++tally_.rate_broken;
      tally_.rate_overlaps += overlaps;
      break;
    case Assumptions::server_beyond_error:
      ++tally_.server_broken;
      tally_.server_overlaps += overlaps;
      tally_.faults.add(Fault::server_clock_beyond_error);
      break;
  }
  return {checker_.violation(), world_.digest()};
}

}  // namespace

Verdict run_schedule(std::uint64_t seed, Mode mode, bool tracing, Tally& tally) {
  ++tally.schedules;
  return Schedule(seed, mode, tracing, tally).run();
}

}  // namespace dynamutex::simulation
