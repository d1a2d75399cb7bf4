#pragma once
// What can go wrong, how often it shall in one schedule, and how often it did.

#include <array>
#include <cstddef>
#include <cstdint>

#include "simulation/random.hpp"

namespace dynamutex::simulation {

enum class Fault : unsigned char {
  connection_refused,
  request_lost,
  reply_lost,
  duplicate,
  late_duplicate,
  late_after_release,  ///< A write that arrived after its client had given the lock back.
  reordered,           ///< A write that arrived after a later one of the same client.
  delay_beyond_lease,
  partition_requests,
  partition_replies,
  error_applied,
  error_not_applied,
  throttled,
  cut_reply,
  corrupt_reply,
  date_missing,
  age_added,
  old_item_not_told,  ///< ReturnValuesOnConditionCheckFailure was ignored.
  rate_within_drift,
  rate_beyond_drift,
  server_clock_beyond_error,
  wall_clock_step,
  suspended,
  paused_at_a_step,
  crashed,
  restarted,
  credentials_expired,
  ttl_deletion,
  foreign_took_lock,
  broken_by_force,
  pruned,
  cancelled,
  count
};
constexpr std::size_t kFaultCount = static_cast<std::size_t>(Fault::count);

[[nodiscard]] const char* to_string(Fault fault) noexcept;

class FaultCounts {
 public:
  void add(Fault fault, std::uint64_t times = 1) noexcept { counts_[static_cast<std::size_t>(fault)] += times; }
  [[nodiscard]] std::uint64_t of(Fault fault) const noexcept { return counts_[static_cast<std::size_t>(fault)]; }

 private:
  std::array<std::uint64_t, kFaultCount> counts_{};
};

constexpr unsigned kAlways = 1000;

/// How often each fault of a single request happens, per mille. Each schedule knows some of the faults only, so that one does
/// not hide the other.
struct FaultPlan {
  std::array<unsigned, kFaultCount> per_mille{};
  bool active = false;  ///< Faults happen now.

  /// What always happens is the server's way, and does not end with the faults.
  [[nodiscard]] unsigned of(Fault fault) const noexcept {
    return active || always(fault) ? per_mille[static_cast<std::size_t>(fault)] : 0;
  }
  [[nodiscard]] bool always(Fault fault) const noexcept { return per_mille[static_cast<std::size_t>(fault)] == kAlways; }
};

/// `dated`: the server tells its time, if not in every reply.
[[nodiscard]] FaultPlan draw_fault_plan(Random& random, bool dated) noexcept;

}  // namespace dynamutex::simulation
