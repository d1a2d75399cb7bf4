#pragma once
// Many schedules, by one process or by several.

#include <cstdint>
#include <string>
#include <vector>

#include "simulation/schedule.hpp"

namespace dynamutex::simulation {

enum class Work {
  all,          ///< Schedules with all kinds of trouble, and some that count round trips.
  lost_replies  ///< Those that count round trips only.
};

/// Which schedules to run: those of the seeds `first` to `first + count - 1`.
struct Batch {
  Mode mode = Mode::table;
  Work work = Work::all;
  std::uint64_t first = 1;
  std::uint64_t count = 0;
  int violations_max = 1;  ///< Where to stop.
  bool tracing = false;    ///< Tell on standard output what happens in each.
};

struct Broken {
  std::uint64_t seed = 0;
  std::string rule;
};

struct Report {
  Tally tally;
  std::uint64_t digest = 0;    ///< Of all schedules that were run, in their order.
  std::vector<Broken> broken;  ///< By seed.
};

/// Runs one schedule.
[[nodiscard]] Verdict run_seed(std::uint64_t seed, Work work, Mode mode, bool tracing, Tally& tally);

/// Runs the batch. Where no rule is broken, the report does not depend on `jobs` (1 or more): so many processes share the seeds.
[[nodiscard]] Report run_batch(const Batch& batch, unsigned jobs);

}  // namespace dynamutex::simulation
