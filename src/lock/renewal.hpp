#pragma once
// When a lease is renewed and when there is news about it: pure arithmetic on its present term.

#include <optional>

#include "dynamutex/clock.hpp"

namespace dynamutex::lock {

/// One lease as a Renewer sees it.
struct RenewalView {
  MonotonicTime term_began;               ///< The present term counts from here.
  MonotonicTime valid_until;              ///< And ends here.
  Duration length;                        ///< What a full lease lasts.
  std::optional<MonotonicTime> retry_at;  ///< After a failure: when to try again.
  bool at_risk_told = false;
  Duration early{};  ///< How long before a third of its length this term is to be renewed.
};

enum class RenewalStep { wait, renew, tell_at_risk, tell_lost };

struct RenewalPlan {
  RenewalStep step = RenewalStep::wait;
  MonotonicTime next;       ///< When to ask again, if nothing happens before.
  MonotonicTime next_news;  ///< When there will be news without a success.
};

/// What to do for a lease at `now`: loss first, then risk, then renewing.
[[nodiscard]] RenewalPlan plan_renewal(const RenewalView& lease, MonotonicTime now) noexcept;

/// When `lease` is to be renewed next, unless it ends before.
[[nodiscard]] MonotonicTime renewal_due(const RenewalView& lease) noexcept;

/// How early to renew a lease of this length, so that leases that were taken at once part ways: a renewal is due between a quarter
/// and a third of the length; `jitter` is in [0, 1).
[[nodiscard]] Duration renewal_spread(Duration length, double jitter) noexcept;

/// How renewals fare on a table.
struct RenewalTraffic {
  Duration answer_time{};  ///< How long a renewal takes, of late; zero while unknown.
  bool crowded = false;    ///< Others wait for a place.
};

/// When a renewal that is sent at `now` after `failures` failures in a row is given up, so that a request that hangs leaves time
/// for others: after a sixth of the lease's length; where others wait, after ten times the usual time if that is less, but no less
/// than a 24th of the length. In any case not before twice the usual time and 500 ms, nor after more than 10 s. Twice as long
/// after each failure, as the service may be that slow. Never after the lease's end.
[[nodiscard]] MonotonicTime attempt_end(const RenewalView& lease, int failures, const RenewalTraffic& traffic,
                                        MonotonicTime now) noexcept;

/// The pause after `failures` failures in a row (1 or more), for a lease of this length; `jitter` is in [0, 1).
[[nodiscard]] Duration renewal_pause(int failures, Duration length, double jitter) noexcept;

}  // namespace dynamutex::lock
