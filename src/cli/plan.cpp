#include "cli/plan.hpp"

#include <algorithm>

namespace dynamutex::cli {
namespace {

constexpr Duration kMarginMin = std::chrono::milliseconds(100);

/// Time for TERM before the lease's KILL: no more than a third of the lease, which renewals need to be tried in.
Duration grace(const SectionLimits& limits) { return std::min(limits.kill_after, limits.lease / 3); }

}  // namespace

Duration kill_margin(Duration lease) { return std::max(kMarginMin, lease / 20); }

MonotonicTime guard_time(MonotonicTime lease_end, Duration lease) { return saturating_add(lease_end, -kill_margin(lease) / 2); }

Plan next_step(const SectionLimits& limits, const SectionState& state, MonotonicTime now) {
  if (state.killed) return {Step::wait, state.cause, MonotonicTime::max()};

  const MonotonicTime lease_kill = saturating_add(state.lease_end, -kill_margin(limits.lease));
  if (now >= lease_kill) return {Step::kill, EndCause::lease, now};

  if (state.cause != EndCause::none) {
    // A loss after the time-out is the worse news, and gives no new grace.
    const EndCause cause = state.taken_away ? EndCause::lease : state.cause;
    const MonotonicTime kill = std::min(saturating_add(state.terminated, limits.kill_after), lease_kill);
    return {now >= kill ? Step::kill : Step::wait, cause, kill};
  }

  const MonotonicTime lease_terminate = saturating_add(lease_kill, -grace(limits));
  if (state.taken_away || now >= lease_terminate) return {Step::terminate, EndCause::lease, now};
  const MonotonicTime timeout = saturating_add(state.started, limits.timeout);
  if (now >= timeout) return {Step::terminate, EndCause::timeout, now};

  // Looked at again after a third of the lease at the latest: a renewal moves the end, and a stale one would
  // shorten the grace of a later loss.
  const MonotonicTime look_again = saturating_add(now, limits.lease / 3);
  return {Step::wait, EndCause::none, std::min({lease_terminate, timeout, look_again})};
}

}  // namespace dynamutex::cli
