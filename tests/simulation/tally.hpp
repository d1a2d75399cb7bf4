#pragma once
// What happened, over all schedules.

#include <array>
#include <cstdint>
#include <cstring>
#include <type_traits>

#include "simulation/faults.hpp"

namespace dynamutex::simulation {

struct Tally {
  FaultCounts faults;
  std::uint64_t schedules = 0;
  std::uint64_t events = 0;
  std::uint64_t requests = 0;
  std::uint64_t acquires = 0;
  std::uint64_t bulk_acquires = 0;  ///< Calls of acquire_all.
  std::uint64_t granted = 0;
  std::uint64_t contended = 0;
  std::uint64_t timed_out = 0;
  std::uint64_t ambiguous = 0;
  std::uint64_t failed_otherwise = 0;
  std::uint64_t renewed = 0;
  std::uint64_t renewed_in_care = 0;  ///< By a Renewer.
  std::uint64_t released = 0;
  std::uint64_t already_lost = 0;
  std::uint64_t release_in_doubt = 0;
  std::uint64_t losses_told = 0;
  std::uint64_t losses_in_care = 0;  ///< By a Renewer: each once, and in time.
  std::uint64_t at_risk_told = 0;
  std::uint64_t foreign_grants = 0;
  std::uint64_t stale_writes_refused = 0;
  std::uint64_t probes = 0;              ///< Final takes of a lock, within their bound.
  std::uint64_t crowds_kept = 0;         ///< Leases kept among many, in spite of hanging requests and outages.
  std::uint64_t plain_rounds = 0;        ///< Uncontended, without faults: two round trips each.
  std::uint64_t handed_over = 0;         ///< To a waiter, in time.
  std::uint64_t replies_lost_alone = 0;  ///< Single lost replies…
  std::uint64_t recovered_in_one = 0;    ///< … settled by exactly one more round trip.
  // With an assumption broken on purpose, and of these those in which two holders were seen.
  std::uint64_t rate_broken = 0;
  std::uint64_t rate_overlaps = 0;
  std::uint64_t server_broken = 0;
  std::uint64_t server_overlaps = 0;

  /// Adds another one's numbers, each to its own.
  void add(const Tally& other) noexcept;
};

inline void Tally::add(const Tally& other) noexcept {
  static_assert(std::is_trivially_copyable_v<Tally> && sizeof(Tally) % sizeof(std::uint64_t) == 0, "numbers only");
  std::array<std::uint64_t, sizeof(Tally) / sizeof(std::uint64_t)> mine{};
  auto theirs = mine;
  std::memcpy(mine.data(), this, sizeof(Tally));
  std::memcpy(theirs.data(), &other, sizeof(Tally));
  for (std::size_t i = 0; i < mine.size(); ++i) mine[i] += theirs[i];
  std::memcpy(static_cast<void*>(this), mine.data(), sizeof(Tally));
}

}  // namespace dynamutex::simulation
