#pragma once
// What happened, over all schedules.

#include <cstdint>

#include "simulation/faults.hpp"

namespace dynamutex::simulation {

struct Tally {
  FaultCounts faults;
  std::uint64_t schedules = 0;
  std::uint64_t events = 0;
  std::uint64_t requests = 0;
  std::uint64_t acquires = 0;
  std::uint64_t granted = 0;
  std::uint64_t contended = 0;
  std::uint64_t timed_out = 0;
  std::uint64_t ambiguous = 0;
  std::uint64_t failed_otherwise = 0;
  std::uint64_t renewed = 0;
  std::uint64_t released = 0;
  std::uint64_t already_lost = 0;
  std::uint64_t release_in_doubt = 0;
  std::uint64_t losses_told = 0;
  std::uint64_t at_risk_told = 0;
  std::uint64_t foreign_grants = 0;
  std::uint64_t stale_writes_refused = 0;
  std::uint64_t probes = 0;              ///< Final takes of a lock, within their bound.
  std::uint64_t plain_rounds = 0;        ///< Uncontended, without faults: two round trips each.
  std::uint64_t handed_over = 0;         ///< To a waiter, in time.
  std::uint64_t replies_lost_alone = 0;  ///< Single lost replies…
  std::uint64_t recovered_in_one = 0;    ///< … settled by exactly one more round trip.
  std::uint64_t broken_schedules = 0;    ///< With an assumption broken on purpose.
  std::uint64_t broken_overlaps = 0;     ///< … in which two holders were seen.
};

}  // namespace dynamutex::simulation
