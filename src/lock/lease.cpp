#include "dynamutex/lock/lease.hpp"

#include <utility>

#include "lock/adoption.hpp"
#include "lock/lease_state.hpp"

namespace dynamutex::lock {

const char* to_string(ReleaseOutcome outcome) noexcept {
  switch (outcome) {
    case ReleaseOutcome::released: return "released";
    case ReleaseOutcome::already_lost: return "already lost";
    case ReleaseOutcome::in_doubt: return "in doubt";
  }
  return "unknown";
}

Lease::Lease(std::shared_ptr<LeaseState> state) noexcept : state_(std::move(state)) {}
Lease::Lease(Lease&&) noexcept = default;

Lease& Lease::operator=(Lease&& other) noexcept {
  if (this != &other) {
    let_go();
    state_ = std::move(other.state_);
  }
  return *this;
}

Lease::~Lease() { let_go(); }

/// What was given back is not given back again. A child of fork(2) has a copy of a lease that is its parent's.
void Lease::let_go() noexcept {
  if (state_ && !state_->given_back() && state_->is_own()) release();
}

bool Lease::still_held() const noexcept { return state_->remaining() > Duration::zero(); }
Duration Lease::remaining() const noexcept { return state_->remaining(); }

Result<void> Lease::renew(MonotonicTime deadline, const Cancellation* cancellation) {
  return state_->renew({deadline, cancellation});
}

ReleaseOutcome Lease::release() { return state_->release(state_->core().options.release_timeout); }
std::optional<Error> Lease::loss() const { return state_->loss(); }
const LockName& Lease::name() const noexcept { return state_->name(); }
const std::string& Lease::owner() const noexcept { return state_->owner(); }
Duration Lease::length() const noexcept { return state_->length(); }
std::optional<FencingToken> Lease::fencing_token() const noexcept { return state_->fencing_token(); }
std::string Lease::version() const { return state_->version(); }
LeaseHandle Lease::handle(std::string boot_id) const { return describe(*state_, std::move(boot_id)); }

LeaseHandle Lease::detach(std::string boot_id) {
  LeaseHandle handle = describe(*state_, std::move(boot_id));
  state_.reset();
  return handle;
}

}  // namespace dynamutex::lock
