#pragma once
// One schedule: a world drawn from a seed, run to its end, and judged.

#include <cstdint>
#include <string>

#include "simulation/settings.hpp"
#include "simulation/tally.hpp"

namespace dynamutex::simulation {

struct Verdict {
  std::string violation;     ///< Empty where every rule held.
  std::uint64_t digest = 0;  ///< Equal for equal schedules.
};

/// Runs the schedule of `seed`. With `tracing`, tells on standard output what happens in it.
[[nodiscard]] Verdict run_schedule(std::uint64_t seed, Mode mode, bool tracing, Tally& tally);

/// Whether `seed` counts round trips instead of making trouble.
[[nodiscard]] bool counts_round_trips(std::uint64_t seed) noexcept;

/// Whether `seed` keeps many leases instead.
[[nodiscard]] bool keeps_a_crowd(std::uint64_t seed) noexcept;

/// One process, and more leases than a Renewer can renew one after another, or than it has room for where some requests hang.
[[nodiscard]] Verdict run_crowd(std::uint64_t seed, Mode mode, bool tracing, Tally& tally);

/// How many replies a run of run_round_trips loses, at least.
constexpr std::uint64_t kLostRepliesMin = 18;

/// One process, no fault but single lost replies: what each step costs. Replies of taking (a first time and again), renewing
/// and giving back get lost, with and without a fence, with and without the connection telling.
[[nodiscard]] Verdict run_round_trips(std::uint64_t seed, Mode mode, bool tracing, Tally& tally);

}  // namespace dynamutex::simulation
