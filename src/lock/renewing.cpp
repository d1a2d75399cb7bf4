#include "lock/renewing.hpp"

#include <algorithm>
#include <utility>

namespace dynamutex::lock {

Renewing::Renewing(Turn turn, const dynamo::CallOptions& options) : turn_(std::move(turn)), options_(options) {}

Next Renewing::begin() {
  auto over = turn_.lease().over();
  return over ? finish(*std::move(over)) : write();
}

Next Renewing::write() {
  LeaseState& lease = turn_.lease();
  auto renewal = lease.next_renewal(turn_);
  if (!renewal) return finish(std::move(renewal).error());
  was_in_doubt_ = renewal->in_doubt;
  // Beyond the lease's end an answer is of no use, and others may hold the lock.
  dynamo::CallOptions options = options_;
  options.deadline = std::min(options.deadline, lease.valid_until());
  settling_.emplace(lease.core(), lease.name(), std::move(renewal->write), options);
  return go_on(settling_->begin());
}

// Whoever was overtaken sends nothing more: a write that is sent again after a release would keep the lock taken once more where the
// release's own request was lost.

Next Renewing::answered(Result<dynamo::WriteOutcome> answer) {
  if (auto overtaken = turn_.overtaken(); overtaken) return finish(*std::move(overtaken));
  return go_on(settling_->answered(std::move(answer)));
}

Next Renewing::waited(bool undisturbed) {
  if (auto overtaken = turn_.overtaken(); overtaken) return finish(*std::move(overtaken));
  return go_on(settling_->waited(undisturbed));
}

Next Renewing::go_on(Next next) {
  if (!std::holds_alternative<Done>(next)) return next;
  const MonotonicTime now = turn_.lease().core().clock.now();
  auto taken_in = turn_.lease().take_in(turn_, std::move(settling_->result()), was_in_doubt_, now);
  // What was settled is an earlier renewal: this one is still to be made.
  return taken_in && was_in_doubt_ ? write() : finish(std::move(taken_in));
}

Next Renewing::finish(Result<void> result) {
  result_ = std::move(result);
  turn_.end();
  return Done{};
}

}  // namespace dynamutex::lock
