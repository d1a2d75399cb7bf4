#pragma once
// One renewal of one lease.

#include <optional>

#include "lock/dialogue.hpp"
#include "lock/lease_state.hpp"

namespace dynamutex::lock {

/// Settles the renewal before, if that is in doubt, and renews. Dropped in its middle it leaves a renewal in doubt, which the next
/// one settles.
class Renewing final : public Dialogue {
 public:
  /// The lease must outlive it. `options.deadline` is cut to the lease's end.
  Renewing(Turn turn, const dynamo::CallOptions& options);

  Next begin() override;
  Next answered(Result<dynamo::WriteOutcome> answer) override;
  Next waited(bool undisturbed) override;

  /// Once it is done. Errors: those of Lease::renew.
  [[nodiscard]] const Result<void>& result() const noexcept { return result_; }

 private:
  Next write();
  Next go_on(Next next);
  Next finish(Result<void> result);

  Turn turn_;
  const dynamo::CallOptions options_;
  bool was_in_doubt_ = false;
  std::optional<Settling> settling_;
  Result<void> result_;
};

}  // namespace dynamutex::lock
