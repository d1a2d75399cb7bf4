#include "lock/settling.hpp"

#include <algorithm>
#include <utility>

#include "lock/writes.hpp"

namespace dynamutex::lock {

Settling::Settling(Core& core, const LockName& name, dynamo::Operation write, const dynamo::CallOptions& options)
    : core_(core), name_(name), operation_(std::move(write)), options_(options), pause_(core.options.poll_min) {}

Next Settling::begin() {
  settled_.asked = core_.clock.now();
  return Send{&operation_, options_};
}

Next Settling::answered(Result<dynamo::WriteOutcome> answer) {
  if (reading_) return conclude(std::move(answer));
  if (answer && answer->status == dynamo::WriteOutcome::Status::applied) {
    settled_.status = Settled::Status::applied;
    settled_.in_doubt = false;
    if (answer->item) {
      if (auto written = decode(*answer->item, core_.options.schema); written) settled_.record = *std::move(written);
    }
    return Done{};
  }
  if (answer) return refused(*std::move(answer));

  settled_.in_doubt = settled_.in_doubt || answer.error().kind == ErrorKind::ambiguous;
  const Duration pause = jittered(core_, pause_);
  const MonotonicTime again_at = saturating_add(core_.clock.now(), pause);
  const bool again =
      settled_.in_doubt && is_transient(answer.error().kind) && !is_cancelled(options_) && again_at < options_.deadline;
  settled_.error = std::move(answer).error();
  if (!again) return Done{};
  pause_ = std::min(pause_ * 2, core_.options.poll_max);
  return Pause{again_at, options_.cancellation};
}

Next Settling::waited(bool undisturbed) { return undisturbed ? begin() : Done{}; }

/// Finds out what a refused write ran into.
Next Settling::refused(dynamo::WriteOutcome outcome) {
  settled_.in_doubt = settled_.in_doubt || outcome.doubted;
  if (outcome.item) return conclude(std::move(outcome));
  settled_.asked = core_.clock.now();
  reading_ = true;
  operation_ = read_of(core_, name_);
  return Send{&operation_, options_};
}

Next Settling::conclude(Result<dynamo::WriteOutcome> answer) {
  const bool found = answer && answer->item;
  auto standing = to_record(core_, std::move(answer));
  if (standing) {
    settled_.status = Settled::Status::refused;
    settled_.record = *std::move(standing);
  } else {
    settled_.replaced = found;
    settled_.error = std::move(standing).error();
  }
  return Done{};
}

}  // namespace dynamutex::lock
