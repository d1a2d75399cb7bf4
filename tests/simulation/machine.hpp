#pragma once
// True time, and how a machine's clocks tell it.

#include <chrono>
#include <cstdint>

#include "dynamutex/clock.hpp"
#include "dynamutex/dynamo/server_clock.hpp"

namespace dynamutex::simulation {

/// True time since the schedule began. No simulated process ever sees it.
using TrueTime = Duration;
constexpr TrueTime kNever = TrueTime::max();

/// What a perfect server's clock reads when a schedule begins.
constexpr dynamo::ServerTime kServerEpoch{std::chrono::seconds(1'800'000'000)};

/// A machine: its clocks, and whether it runs at all. Its clocks go on while it is frozen (CLOCK_BOOTTIME does).
struct Machine {
  int id = 0;
  Duration boot{};            ///< What the monotonic clock reads at true time zero.
  std::int64_t rate_ppm = 0;  ///< How much faster than true time it runs.
  Duration wall_error{};      ///< Stepped by faults.
  TrueTime frozen_until{};    ///< Paused or suspended until then.
  Duration frozen_for{};      ///< All freezes so far, together.

  [[nodiscard]] MonotonicTime monotonic(TrueTime at) const noexcept;
  /// The first true time at which the monotonic clock reads `local` or more; kNever if that is beyond reckoning.
  [[nodiscard]] TrueTime when(MonotonicTime local) const noexcept;
  [[nodiscard]] WallTime wall(TrueTime at) const noexcept { return WallTime(kServerEpoch.time_since_epoch() + at + wall_error); }
  void freeze(TrueTime now, TrueTime until) noexcept;
};

}  // namespace dynamutex::simulation
