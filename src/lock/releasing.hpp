#pragma once
// One release of one lease.

#include <optional>

#include "lock/dialogue.hpp"
#include "lock/lease_state.hpp"

namespace dynamutex::lock {

/// Gives a lock back: one conditional write, sent again while its fate is unknown.
class Releasing final : public Dialogue {
 public:
  /// The lease must outlive it. Takes at most `timeout` from its beginning.
  Releasing(Turn turn, Duration timeout);

  Next begin() override;
  Next answered(Result<dynamo::WriteOutcome> answer) override;
  Next waited(bool undisturbed) override;

  /// Once it is done.
  [[nodiscard]] ReleaseOutcome result() const noexcept { return result_; }

 private:
  Next finish(ReleaseOutcome outcome, bool standing = false);

  Turn turn_;
  const Duration timeout_;
  std::optional<dynamo::Operation> write_;
  dynamo::CallOptions options_;
  Duration pause_;
  bool in_doubt_ = false;
  ReleaseOutcome result_ = ReleaseOutcome::in_doubt;
};

}  // namespace dynamutex::lock
