#include "simulation/faults.hpp"

namespace dynamutex::simulation {
namespace {

constexpr Fault kRequestFaults[] = {
    Fault::connection_refused, Fault::request_lost,  Fault::reply_lost,        Fault::duplicate,        Fault::late_duplicate,
    Fault::delay_beyond_lease, Fault::error_applied, Fault::error_not_applied, Fault::throttled,        Fault::cut_reply,
    Fault::corrupt_reply,      Fault::date_missing,  Fault::age_added,         Fault::old_item_not_told};

}  // namespace

const char* to_string(Fault fault) noexcept {
  switch (fault) {
    case Fault::connection_refused: return "connection refused";
    case Fault::request_lost: return "request lost";
    case Fault::reply_lost: return "reply lost";
    case Fault::duplicate: return "duplicate";
    case Fault::late_duplicate: return "late duplicate";
    case Fault::late_after_release: return "write arrived after its release";
    case Fault::reordered: return "write overtaken by a later one";
    case Fault::delay_beyond_lease: return "delay beyond the lease";
    case Fault::partition_requests: return "partition, requests lost";
    case Fault::partition_replies: return "partition, replies lost";
    case Fault::error_applied: return "error 500, applied";
    case Fault::error_not_applied: return "error 500, not applied";
    case Fault::throttled: return "throttled";
    case Fault::cut_reply: return "reply cut";
    case Fault::corrupt_reply: return "reply corrupt";
    case Fault::date_missing: return "Date missing";
    case Fault::age_added: return "Age added";
    case Fault::old_item_not_told: return "old item not told";
    case Fault::rate_within_drift: return "clock rate within the drift";
    case Fault::rate_beyond_drift: return "clock rate beyond the drift";
    case Fault::server_clock_beyond_error: return "server clock beyond its error";
    case Fault::wall_clock_step: return "wall clock stepped";
    case Fault::suspended: return "machine suspended";
    case Fault::paused_at_a_step: return "paused at a step";
    case Fault::crashed: return "process crashed";
    case Fault::restarted: return "restarted under the same owner";
    case Fault::credentials_expired: return "credentials expired";
    case Fault::ttl_deletion: return "row deleted by TTL";
    case Fault::foreign_took_lock: return "foreign client took the lock";
    case Fault::broken_by_force: return "broken by force";
    case Fault::pruned: return "expired record pruned";
    case Fault::cancelled: return "acquire cancelled";
    case Fault::count: break;
  }
  return "unknown";
}

FaultPlan draw_fault_plan(Random& random, bool dated) noexcept {
  constexpr unsigned kRates[] = {10, 30, 80, 200, 400};
  FaultPlan plan;
  const unsigned enabled_per_mille = random.coin() ? 150 : 400;
  for (const Fault fault : kRequestFaults) {
    if (random.chance(enabled_per_mille)) plan.per_mille[static_cast<std::size_t>(fault)] = random.pick(kRates);
  }
  // Some servers never tell the old item, some never the date.
  for (const Fault fault : {Fault::old_item_not_told, Fault::date_missing, Fault::age_added}) {
    const bool always = random.chance(30);
    if (always && (!dated || fault == Fault::old_item_not_told)) plan.per_mille[static_cast<std::size_t>(fault)] = kAlways;
  }
  return plan;
}

}  // namespace dynamutex::simulation
