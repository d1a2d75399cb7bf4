#pragma once
// What one schedule is like: drawn from its seed, and from nothing else.

#include <cstdint>
#include <string>
#include <vector>

#include "dynamutex/lock/lock_client.hpp"
#include "simulation/random.hpp"

namespace dynamutex::simulation {

enum class Mode { table, wire };

/// Which of the promise's assumptions hold.
enum class Assumptions {
  hold,
  rate_beyond_drift,    ///< Some machine's clock runs faster or slower than the options say.
  server_beyond_error,  ///< Some front-end's clock is further off than the options say.
};

struct Settings {
  Mode mode = Mode::table;
  Assumptions assumptions = Assumptions::hold;
  bool fenced = false;
  lock::KeySchema schema;
  lock::Compat compat = lock::Compat::java;
  unsigned drift_ppm = 500;
  Duration server_error_max{};
  std::vector<Duration> front_ends;  ///< Clock errors.
  Duration lease{};                  ///< The longest; each acquire takes this or less.
  Duration retention{};
  Duration latency_min{};
  Duration latency_max{};
  Duration calm_latency_max{};  ///< After the last fault.
  Duration attempt_timeout{};
  int attempts_max = 1;    ///< Of the real client, in wire mode.
  Duration faults_for{};   ///< Then everything works, and no new round begins.
  bool long_idle = false;  ///< Rounds are far apart: clocks drift, rows expire.
  int processes = 2;
  int foreigners = 0;
  bool meddler = false;  ///< Someone inspects, breaks and prunes.
  int locks = 1;
  unsigned crash_per_mille = 0;  ///< Per process.
  unsigned outage_per_mille = 0;
  unsigned suspend_per_mille = 0;
  unsigned wall_step_per_mille = 0;
  unsigned pause_per_mille = 0;  ///< Per reading of a clock.
  Duration pause_max{};

  [[nodiscard]] lock::LockName name(int index) const;
  /// DynamoDB deletes rows whose `ttl` has passed; where rounds are close nothing lasts for as long as that takes.
  [[nodiscard]] bool ttl_is_on() const noexcept { return long_idle; }
  /// A machine's clock rate: within the drift, or beyond it where that assumption is broken.
  [[nodiscard]] std::int64_t draw_rate_ppm(Random& random) const noexcept;
};

[[nodiscard]] Settings draw_settings(Mode mode, Random& random);

}  // namespace dynamutex::simulation
