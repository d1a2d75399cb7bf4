#pragma once
// Lease: a lock that is held, for as long as the clock says.

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "dynamutex/clock.hpp"
#include "dynamutex/export.hpp"
#include "dynamutex/lock/lease_handle.hpp"
#include "dynamutex/lock/record.hpp"
#include "dynamutex/result.hpp"

namespace dynamutex::lock {

class LeaseState;

/// How a release ended.
enum class ReleaseOutcome {
  released,      ///< The lock is free.
  already_lost,  ///< It was not ours any more when the release came.
  in_doubt,  ///< No answer in time; the lock is free at the latest when its lease ends, counted from the last renewal that was sent.
};

[[nodiscard]] DYNAMUTEX_EXPORT const char* to_string(ReleaseOutcome outcome) noexcept;

/// The holder's side of a lock, from `LockClient::acquire`.
///
/// Promise: while `still_held()` is true nobody else holds the lock, as long as the servers' clocks are right to within
/// `server_error_max`, this machine's clock *rate* to within the drift, and nobody breaks the lock by hand. It cannot
/// promise what happens after `still_held()` said yes: a process that is paused there may act after its lease ended.
///
/// Move-only. The destructor releases, best effort: it blocks for at most `LockClientOptions::release_timeout`. Not so in a child of
/// fork(2): a lease stays its parent's, and only an explicit `release` or `renew` there, where the parent leaves it alone, is carried out.
/// Thread-safe except for moving, assigning and destroying. The LockClient must outlive it.
class DYNAMUTEX_EXPORT Lease {
 public:
  Lease(Lease&&) noexcept;
  Lease& operator=(Lease&&) noexcept;
  Lease(const Lease&) = delete;
  Lease& operator=(const Lease&) = delete;
  ~Lease();

  /// Clock arithmetic only; never blocks. False from the moment the lease may have ended or is known to be lost.
  [[nodiscard]] bool still_held() const noexcept;

  /// Time left until the lease may have ended; zero once it may. Clock arithmetic only.
  [[nodiscard]] Duration remaining() const noexcept;

  /// Extends the lease to its full length from now. Blocks until `deadline`, but never beyond the lease's end. Of two threads that renew
  /// at once the later one counts: the earlier one's request is in doubt, and it is answered `not_applied`.
  /// Errors: `lost` (it is not ours any more, or is being released: stop what it protects); `ambiguous`, `not_applied`, `throttled`,
  /// `denied`, `timed_out`: the lease is as it was before, call again while `still_held()`.
  [[nodiscard]] Result<void> renew(MonotonicTime deadline = MonotonicTime::max(), const Cancellation* cancellation = nullptr);

  /// Gives the lock back. Blocks for at most `LockClientOptions::release_timeout`, and, where another thread is releasing it already,
  /// for as much more; a renewal by another thread is overtaken. Calling it again is harmless and answers the same.
  ReleaseOutcome release();

  /// Why the lease was lost, once `renew` or `release` learned of it from the table; empty otherwise.
  [[nodiscard]] std::optional<Error> loss() const;

  [[nodiscard]] const LockName& name() const noexcept;
  [[nodiscard]] const std::string& owner() const noexcept;
  [[nodiscard]] Duration length() const noexcept;  ///< As asked for: the time a full lease lasts.

  /// The token of a lease that was acquired in fenced mode; empty otherwise. It stays the same over renewals.
  [[nodiscard]] std::optional<FencingToken> fencing_token() const noexcept;

  /// The current version of our record.
  [[nodiscard]] std::string version() const;

  /// What another process needs to carry on with this lease, as `LockClient::adopt` takes it. `boot_id` is `dynamutex::boot_id()`.
  [[nodiscard]] LeaseHandle handle(std::string boot_id) const;

  /// The same, and lets go of the lease without releasing it: this object can only be assigned to or destroyed from then on.
  [[nodiscard]] LeaseHandle detach(std::string boot_id);

 private:
  friend class LockClient;
  friend class Renewer;
  explicit Lease(std::shared_ptr<LeaseState> state) noexcept;
  void let_go() noexcept;
  std::shared_ptr<LeaseState> state_;
};

}  // namespace dynamutex::lock
