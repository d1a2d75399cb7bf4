#include "lock/releasing.hpp"

#include <utility>

namespace dynamutex::lock {

Releasing::Releasing(Turn turn, Duration timeout)
    : turn_(std::move(turn)), timeout_(timeout), pause_(turn_.lease().core().options.poll_min) {}

Next Releasing::begin() {
  LeaseState& lease = turn_.lease();
  lease.give_back();
  const MonotonicTime now = lease.core().clock.now();
  auto begun = lease.begin_release(now);
  if (const auto* before = std::get_if<ReleaseOutcome>(&begun); before != nullptr) {
    result_ = *before;
    turn_.end();
    return Done{};
  }
  write_ = std::move(*std::get_if<dynamo::Operation>(&begun));
  options_ = {saturating_add(now, timeout_), nullptr};
  return Send{&*write_, options_};
}

Next Releasing::answered(Result<dynamo::WriteOutcome> answer) {
  if (answer && answer->status == dynamo::WriteOutcome::Status::applied) return finish(ReleaseOutcome::released);
  // Refused after a lost reply: the first try did it.
  if (answer && (in_doubt_ || answer->doubted)) return finish(ReleaseOutcome::released);
  if (answer) return finish(ReleaseOutcome::already_lost, answer->item.has_value());

  in_doubt_ = in_doubt_ || answer.error().kind == ErrorKind::ambiguous;
  Core& core = turn_.lease().core();
  const Duration pause = jittered(core, pause_);
  const MonotonicTime again_at = saturating_add(core.clock.now(), pause);
  if (!is_transient(answer.error().kind) || again_at >= options_.deadline) return finish(ReleaseOutcome::in_doubt);
  pause_ *= 2;
  return Pause{again_at, nullptr};
}

Next Releasing::waited(bool) { return Send{&*write_, options_}; }

Next Releasing::finish(ReleaseOutcome outcome, bool standing) {
  turn_.lease().end_release(outcome, standing);
  result_ = outcome;
  turn_.end();
  return Done{};
}

}  // namespace dynamutex::lock
