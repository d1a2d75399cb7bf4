#pragma once
// When to end the command: the rules of the critical section, from the clock alone.

#include "dynamutex/clock.hpp"

namespace dynamutex::cli {

/// What was promised when the section began.
struct SectionLimits {
  Duration lease{};                    ///< A full lease.
  Duration kill_after{};               ///< From TERM to KILL.
  Duration timeout = Duration::max();  ///< Bound on the section; max() for none.
};

/// Why the command is being ended by us.
enum class EndCause {
  none,
  timeout,
  lease,  ///< The lease is lost or about to end.
};

/// What is known now.
struct SectionState {
  MonotonicTime started;
  MonotonicTime lease_end;  ///< The lease holds at least until then, as far as this process heard.
  bool taken_away = false;  ///< The table says that the lease is not ours any more.
  EndCause cause = EndCause::none;
  MonotonicTime terminated{};  ///< When TERM was sent; only where `cause` is not none.
  bool killed = false;
};

enum class Step { wait, terminate, kill };

struct Plan {
  Step step;
  EndCause cause;         ///< Of the step, or as it was.
  MonotonicTime wake_at;  ///< When to ask again at the latest; max() where only the command's end matters.
};

/// KILL is sent this long before the lease ends: what a busy machine may need to carry it out.
[[nodiscard]] Duration kill_margin(Duration lease);

/// When the guard kills for a supervisor that cannot: after that one's own KILL, and still before the lease ends.
[[nodiscard]] MonotonicTime guard_time(MonotonicTime lease_end, Duration lease);

/// What to do at `now`. Pure. TERM comes before KILL where there is time for it, and both come before the lease ends; a process
/// that wakes too late for that kills at once. A lease that is taken away ends the command at once, and KILL
/// follows no later than it would have without the loss.
[[nodiscard]] Plan next_step(const SectionLimits& limits, const SectionState& state, MonotonicTime now);

}  // namespace dynamutex::cli
