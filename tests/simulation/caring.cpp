// Leases in the care of a Renewer, and the news that it must tell of them.

#include <algorithm>
#include <utility>

#include "simulation/lock_user.hpp"

namespace dynamutex::simulation {

/// What a Renewer told of one lease.
struct LockUser::Care {
  std::optional<MonotonicTime> at_risk_told;  ///< For the term with this end; nothing since the Renewer's last success.
  bool lost_told = false;
  bool removed = false;
  bool given_back = false;
};

void LockUser::start_care(Held& held) {
  constexpr std::size_t kInFlight[] = {1, 2, 64};
  if (!renewer_) {
    renewer_ = std::make_unique<lock::Renewer>(clock_, entropy_, lock::RenewerOptions{stage_.world.random.pick(kInFlight)});
  }
  held.care = std::make_shared<Care>();
  // A renewal that was done may be told of while the lease is given back already.
  const auto news = [this, care = held.care](bool success) {
    if (over()) return false;
    const bool wanted = !care->removed && !care->lost_told && (success || !care->given_back);
    stage_.checker.require(wanted, "no news of a lease that was removed, given back or told lost");
    return wanted;
  };
  const lock::Lease* const lease = &held.lease;
  lock::RenewerEvents events;
  events.on_renewed = [this, news, care = held.care] {
    if (!news(true)) return;
    stage_.world.trace("renewed by the Renewer");
    ++stage_.tally.renewed;
    ++stage_.tally.renewed_in_care;
    care->at_risk_told.reset();
  };
  events.on_at_risk = [this, news, care = held.care, lease](const Error& reason) {
    if (!news(false)) return;
    stage_.world.trace("at risk: %s", reason.message.c_str());
    // A renewal by hand may have begun another term meanwhile.
    const World::NoPause no_pause(stage_.world);
    const MonotonicTime end = valid_until(*lease);
    stage_.checker.require(care->at_risk_told != end, "a risk is told once");
    care->at_risk_told = end;
    ++stage_.tally.at_risk_told;
  };
  events.on_lost = [this, news, care = held.care, lease](const Error& reason) {
    if (!news(false)) return;
    stage_.world.trace("lost: %s", reason.message.c_str());
    tell_lost(*care, *lease);
  };
  renewer_->add(held.lease, std::move(events));
}

void LockUser::tell_lost(Care& care, const lock::Lease& lease) {
  const World::NoPause no_pause(stage_.world);
  care.lost_told = true;
  ++stage_.tally.losses_in_care;
  stage_.checker.require(!lease.still_held(), "a lease that is told lost is not held");
  const Checker::Term term = stage_.checker.term_of(lease);
  require_return(term.end, term.frozen_before, std::nullopt, "a loss is told when the lease ends");
  if (lease.loss()) return stage_.checker.loss_told(process_);
  // A machine that was frozen meanwhile may find that all is over.
  const bool frozen = process_.machine->frozen_for != term.frozen_before;
  stage_.checker.require(care.at_risk_told || frozen || !term.held, "a risk is told before the loss");
}

void LockUser::end_news(Held& held) {
  if (held.care) held.care->given_back = true;
}

void LockUser::end_care(Held& held) {
  if (!held.care || held.care->removed) return;
  const bool lost = !held.lease.still_held();
  if (over()) return;
  if (lost && !held.care->lost_told) {
    const Checker::Term term = stage_.checker.term_of(held.lease);
    require_return(term.end, term.frozen_before, std::nullopt, "a loss is told when the lease ends");
  }
  renewer_->remove(held.lease);
  held.care->removed = true;
}

}  // namespace dynamutex::simulation
