#pragma once
// When a lease is renewed and when there is news about it: pure arithmetic on its present term.

#include <optional>

#include "dynamutex/clock.hpp"

namespace dynamutex::lock {

/// One lease as a Renewer sees it.
struct RenewalView {
  MonotonicTime term_began;                  ///< The present term counts from here.
  MonotonicTime valid_until;                 ///< And ends here.
  Duration length;                           ///< What a full lease lasts.
  std::optional<MonotonicTime> retry_at;     ///< After a failure: when to try again.
  bool at_risk_told = false;
};

enum class RenewalStep { wait, renew, tell_at_risk, tell_lost };

struct RenewalPlan {
  RenewalStep step = RenewalStep::wait;
  MonotonicTime next;       ///< When to ask again, if nothing happens before.
  MonotonicTime next_news;  ///< When there will be news without a success: a request is given up by then.
};

/// What to do for a lease at `now`: loss first, then risk, then renewing.
[[nodiscard]] RenewalPlan plan_renewal(const RenewalView& lease, MonotonicTime now) noexcept;

/// The pause after `failures` failures in a row (1 or more), for a lease of this length; `jitter` is in [0, 1).
[[nodiscard]] Duration renewal_pause(int failures, Duration length, double jitter) noexcept;

}  // namespace dynamutex::lock
