#include "simulation/settings.hpp"

#include <algorithm>
#include <chrono>

namespace dynamutex::simulation {
namespace {

using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

constexpr std::int64_t kSlowestMax = 700'000;
constexpr unsigned kDriftMax = 300'000;

void draw_time(Settings& settings, Random& random) {
  constexpr unsigned kDrifts[] = {500, 500, 5'000, 50'000, kDriftMax};
  constexpr Duration kErrors[] = {milliseconds(500), milliseconds(500), milliseconds(50), seconds(2)};
  settings.drift_ppm = random.pick(kDrifts);
  settings.server_error_max = random.pick(kErrors);
  const Duration error = settings.server_error_max;
  for (int i = random.between(1, 3); i > 0; --i) {
    Duration off = random.between(-error, error);
    if (random.chance(200)) off = random.coin() ? error - milliseconds(1) : -error;
    if (settings.assumptions == Assumptions::server_beyond_error) off = random.between(-error * 8, error * 8);
    settings.front_ends.push_back(off);
  }
}

void draw_network(Settings& settings, Random& random) {
  constexpr Duration kLatencies[] = {milliseconds(2), milliseconds(10), milliseconds(60), milliseconds(400), milliseconds(1500)};
  constexpr Duration kTimeouts[] = {milliseconds(300), seconds(1), seconds(5)};
  settings.latency_max = random.pick(kLatencies);
  settings.latency_min = random.coin() ? Duration(0) : settings.latency_max / 4;
  settings.calm_latency_max = std::min({settings.latency_max, settings.lease / 40, Duration(milliseconds(60))});
  // In a network without faults every request has the time to be answered.
  settings.attempt_timeout = std::max(random.pick(kTimeouts), settings.latency_max * 2 + milliseconds(1));
  // One attempt would never get over a wrong wall clock, which the first refusal corrects.
  settings.attempts_max = random.between(2, 4);
}

void draw_trouble(Settings& settings, Random& random) {
  if (random.chance(300)) settings.crash_per_mille = 500;
  if (random.chance(300)) settings.outage_per_mille = 400;
  if (random.chance(300)) settings.suspend_per_mille = 500;
  if (random.chance(300)) settings.wall_step_per_mille = 500;
  if (random.chance(300)) {
    settings.pause_per_mille = random.coin() ? 10 : 50;
    settings.pause_max = random.coin() ? settings.lease / 4 : settings.lease * 2;
  }
}

}  // namespace

lock::LockName Settings::name(int index) const {
  const std::string key = "lock-" + std::to_string(index);
  return schema.sort_key.empty() ? lock::LockName(key) : lock::LockName(key, "part");
}

std::int64_t Settings::draw_rate_ppm(Random& random) const noexcept {
  const std::int64_t most = drift_ppm;
  if (assumptions == Assumptions::rate_beyond_drift) {
    const std::int64_t beyond = most * 4 + 20'000;
    // A clock does not run backwards.
    return random.coin() ? beyond : -std::min(beyond, kSlowestMax);
  }
  switch (random.below(4)) {
    case 0: return most;
    case 1: return -most;
    case 2: return 0;
    default: return -most + static_cast<std::int64_t>(random.below(static_cast<std::uint64_t>(most + most + 1)));
  }
}

Settings draw_settings(Mode mode, Random& random) {
  constexpr Duration kLeases[] = {seconds(1), seconds(2), seconds(5), seconds(10), seconds(20)};
  Settings settings;
  settings.mode = mode;
  if (random.chance(60)) settings.assumptions = random.coin() ? Assumptions::rate_beyond_drift : Assumptions::server_beyond_error;
  settings.fenced = random.chance(400);
  settings.schema.key = random.coin() ? "key" : "LockID";
  if (random.chance(150)) settings.schema.sort_key = "range";
  settings.lease = random.pick(kLeases);
  draw_time(settings, random);
  draw_network(settings, random);
  draw_trouble(settings, random);
  settings.long_idle = random.chance(150);
  settings.retention = settings.long_idle ? minutes(10) : std::chrono::hours(24 * 7);
  // So short that a process can be idle until what it knows of the servers' time is vaguer than that.
  if (settings.long_idle && settings.drift_ppm == kDriftMax) settings.retention = minutes(4);
  settings.faults_for = settings.long_idle ? Duration(minutes(60)) : settings.lease * random.between(3, 8);
  settings.processes = random.between(2, 4);
  if (!settings.fenced && random.chance(200)) settings.foreigners = 1;
  if (settings.foreigners == 0 && random.chance(200)) settings.compat = lock::Compat::go;
  settings.meddler = random.chance(150);
  settings.locks = random.chance(300) ? random.between(2, 4) : 1;
  return settings;
}

}  // namespace dynamutex::simulation
