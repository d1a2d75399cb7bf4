#include "lock/acquisition.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

#include "lock/fencing.hpp"

namespace dynamutex::lock {
namespace {

/// Kept back from the deadline for taking back a write that is still in doubt when time is up.
constexpr Duration kCleanupMax = std::chrono::milliseconds(500);
/// So many answers in a row may leave the servers' time unknown, where a first token needs it, before that counts as how this service is.
constexpr int kUntimedLooksMax = 5;
/// Bound on taking it back when there is no such time any more.
constexpr Duration kCleanupMin = std::chrono::milliseconds(100);

MonotonicTime deadline_of(const Core& core, const AcquireOptions& options, MonotonicTime latest) noexcept {
  const Duration span = options.wait > Duration::zero() ? options.wait : core.options.operation_timeout;
  return std::min(saturating_add(core.clock.now(), span), latest);
}

std::string seconds_text(Duration span) {
  const auto tenths = std::chrono::duration_cast<std::chrono::milliseconds>(span).count() / 100;
  return std::to_string(tenths / 10) + "." + std::to_string(tenths % 10) + " s";
}

}  // namespace

Acquisition::Acquisition(std::shared_ptr<Core> core, const LockName& name, const AcquireOptions& options, MonotonicTime latest)
    : core_(std::move(core)), name_(name), options_(options), deadline_(deadline_of(*core_, options, latest)),
      pause_(core_->options.poll_min) {}

Next Acquisition::begin() { return act({Step::create, MonotonicTime::max()}); }

Next Acquisition::answered(Result<dynamo::WriteOutcome> answer) { return passed_on(dialogue_->answered(std::move(answer))); }

Next Acquisition::waited(bool undisturbed) {
  if (dialogue_ != nullptr) return passed_on(dialogue_->waited(undisturbed));
  if (!undisturbed) return fail(cancelled());
  if (core_->clock.now() >= deadline_) return fail(time_is_up());
  return look();
}

Result<std::shared_ptr<LeaseState>> Acquisition::take_result() {
  if (granted_) return std::move(granted_);
  return std::move(error_);
}

Next Acquisition::follow(Dialogue& dialogue, Continuation then) {
  dialogue_ = &dialogue;
  then_ = then;
  return passed_on(dialogue.begin());
}

Next Acquisition::passed_on(Next next) {
  if (!std::holds_alternative<Done>(next)) return next;
  dialogue_ = nullptr;
  return (this->*then_)();
}

Next Acquisition::go_on() {
  const Decision decision = next();
  const bool writes = decision.step == Step::create || decision.step == Step::take_over;
  if (writes && core_->clock.now() >= deadline_) return fail(time_is_up());
  return act(decision);
}

Next Acquisition::act(const Decision& decision) {
  if (decision.step != Step::wait) return write(decision.step);
  if (options_.fenced && seen_ && !seen_->fencing_token) return fail(without_token("held by " + seen_->owner));
  trouble_.reset();
  return wait(decision.look_again);
}

Decision Acquisition::next() const {
  Sight sight;
  sight.record = seen_ ? &*seen_ : nullptr;
  sight.my_version = last_write_ ? &last_write_->record.version : nullptr;
  sight.now = core_->clock.now();
  sight.server = core_->table.server_clock().bounds(sight.now);
  sight.unchanged_since = unchanged_since_;
  sight.looked_at = looked_at_;
  sight.drift_ppm = core_->options.drift_ppm;
  return decide(sight);
}

Next Acquisition::write(Step step) {
  // A lost reply: the write that stands in the table is the one before.
  if (step == Step::mine) return grant(seen_->fencing_token);

  if (answered_ && lacks_floor()) return ++untimed_looks_ < kUntimedLooksMax ? wait_out(untimed()) : fail(untimed());
  untimed_looks_ = 0;

  last_write_ = first_write(*core_, name_, options_);
  dynamo::CallOptions options = call_options();
  const Duration reserve = std::min(kCleanupMax, (deadline_ - last_write_->from) / 10);
  options.deadline = saturating_add(deadline_, -reserve);
  return follow(part_.emplace<Settling>(*core_, name_,
                                        step == Step::create ? take_if_free(*core_, *last_write_, options_.fenced)
                                                             : take_over(*core_, *last_write_, options_.fenced, seen_->version),
                                        options),
                &Acquisition::written);
}

Next Acquisition::written() {
  Settled& settled = std::get_if<Settling>(&part_)->result();
  switch (settled.status) {
    case Settled::Status::applied: return grant(settled.record ? settled.record->fencing_token : std::nullopt);
    case Settled::Status::refused: take_in(std::move(settled.record), settled.asked); return go_on();
    case Settled::Status::failed: break;
  }
  if (settled.in_doubt) return fail_in_doubt(std::move(settled.error));
  if (answered_ && is_transient(settled.error.kind) && !is_cancelled()) return wait_out(std::move(settled.error));
  return fail(std::move(settled.error));
}

Next Acquisition::grant(std::optional<FencingToken> token) {
  last_write_->record.fencing_token = token;
  if (options_.fenced && !token) return fail(without_token("DynamoDB's answer has none"));
  granted_ = std::make_shared<LeaseState>(core_, *std::move(last_write_));
  last_write_.reset();
  core_->observations.forget(name_);
  answered_ = true;
  // A guessed expiry that the reply did not bear out is corrected before anyone relies on it; a lease much of which the
  // settling of a lost reply used up is made whole.
  reliable_ = granted_->expiry_borne_out();
  if (reliable_ && granted_->remaining() >= options_.lease / 2) return hand_out();
  return follow(part_.emplace<Renewing>(granted_->take_turn(), call_options()), &Acquisition::corrected);
}

Next Acquisition::corrected() {
  const Result<void>& renewed = std::get_if<Renewing>(&part_)->result();
  if (!renewed && renewed.error().kind == ErrorKind::lost) {
    // Where the table did not say so, our own record stands there, over before anyone could use it.
    if (!granted_->loss()) return give_back(std::nullopt);
    granted_.reset();
    return look();
  }
  if (!renewed && (!reliable_ || granted_->remaining() == Duration::zero())) return give_back(renewed.error());
  return hand_out();
}

Next Acquisition::hand_out() {
  if (is_cancelled()) return give_back(cancelled());
  return Done{};
}

/// Waits and looks again, if there is time; fails for that reason when there is not.
Next Acquisition::wait_out(Error trouble) {
  trouble_ = std::move(trouble);
  return wait(MonotonicTime::max());
}

Error Acquisition::time_is_up() const { return trouble_ ? *trouble_ : contended(); }

Next Acquisition::wait(MonotonicTime look_again) {
  if (!may_wait()) return fail(time_is_up());
  if (options_.on_wait && seen_ && !trouble_) {
    WaitEvent event{name_, *seen_, std::nullopt};
    if (look_again != MonotonicTime::max()) event.holder_left = look_again - core_->clock.now();
    options_.on_wait(event);
  }
  const Duration pause = jittered(*core_, pause_);
  const MonotonicTime until = std::min({saturating_add(core_->clock.now(), pause), look_again, deadline_});
  pause_ = std::min(pause_ * 2, core_->options.poll_max);
  return Pause{until, options_.cancellation};
}

Next Acquisition::look() {
  asked_ = core_->clock.now();
  return follow(part_.emplace<Asking>(read_of(*core_, name_), call_options()), &Acquisition::looked);
}

Next Acquisition::looked() {
  auto record = to_record(*core_, std::move(std::get_if<Asking>(&part_)->answer()));
  if (record) {
    take_in(*std::move(record), asked_);
    return go_on();
  }
  if (is_cancelled()) return fail(cancelled());
  if (!is_transient(record.error().kind)) return fail(std::move(record).error());
  if (core_->clock.now() >= deadline_) return fail(seen_ ? time_is_up() : std::move(record).error());
  // A pause even where the record that was seen last can have expired by now: a table in trouble is not asked at once again.
  if (!may_wait()) return fail(std::move(record).error());
  return wait(MonotonicTime::max());
}

void Acquisition::take_in(std::optional<Record> record, MonotonicTime asked) {
  answered_ = true;
  seen_ = std::move(record);
  looked_at_ = asked;
  if (seen_) {
    unchanged_since_ = core_->observations.note(name_, seen_->version, core_->clock.now());
  } else {
    core_->observations.forget(name_);
  }
}

/// Gives back what was granted, and then fails for `reason`, or looks again where there is none.
Next Acquisition::give_back(std::optional<Error> reason) {
  reason_ = std::move(reason);
  return follow(part_.emplace<Releasing>(granted_->take_turn(), cleanup_time()), &Acquisition::given_back);
}

Next Acquisition::given_back() {
  // Once in doubt, always: a later record of ours that was given back says nothing about this one.
  if (std::get_if<Releasing>(&part_)->result() == ReleaseOutcome::in_doubt) left_behind_ = true;
  part_.emplace<std::monostate>();
  granted_.reset();
  return reason_ ? fail(*std::move(reason_)) : look();
}

Next Acquisition::fail(Error error) {
  if (left_behind_) {
    error.kind = ErrorKind::ambiguous;
    error.message += "; giving the lock back is in doubt, it may stay taken for " + seconds_text(options_.lease);
  }
  error_ = std::move(error);
  return Done{};
}

Next Acquisition::fail_in_doubt(Error error) {
  const Duration time = cleanup_time();
  const MonotonicTime now = core_->clock.now();
  const dynamo::CallOptions options{saturating_add(now, time), nullptr};
  reason_ = std::move(error);
  // Best effort. Even when it is applied, the write itself may still be under way and arrive after it.
  const Record& record = last_write_->record;
  return follow(part_.emplace<Asking>(options_.fenced ? fenced_take_back(*core_, name_, record.version)
                                                      : free_if_version(*core_, record, record.version, {}, now),
                                      options),
                &Acquisition::taken_back);
}

Next Acquisition::taken_back() {
  Error error = *std::move(reason_);
  error.kind = ErrorKind::ambiguous;
  error.message = "taking lock '" + name_.key + "' is in doubt: " + error.message + "; it may stay taken for " +
                  seconds_text(options_.lease) + " if the write still arrives";
  if (!std::get_if<Asking>(&part_)->answer()) error.message += " (taking the write back failed as well)";
  return fail(std::move(error));
}

Error Acquisition::contended() const {
  Error error = make_error(ErrorKind::contended, "lock '" + name_.key + "' is held");
  if (!seen_) return error;
  error.message += " by " + seen_->owner;
  const auto bounds = core_->table.server_clock().bounds(core_->clock.now());
  if (seen_->expires_at && bounds && *seen_->expires_at > bounds->earliest) {
    error.message += ", " + seconds_text(*seen_->expires_at - bounds->earliest) + " left of its lease";
  }
  return error;
}

Error Acquisition::without_token(const std::string& why) const {
  return make_error(ErrorKind::invalid, "lock '" + name_.key + "' has a record without a fencing token (" + why +
                                            "); all users of a fenced lock must fence");
}

bool Acquisition::lacks_floor() const noexcept {
  const bool continues_tokens = seen_ && seen_->fencing_token;
  return options_.fenced && !continues_tokens && !token_floor(*core_, core_->clock.now());
}

Error Acquisition::untimed() const {
  return make_error(ErrorKind::not_applied, "lock '" + name_.key +
                                                "' has no token to go on from, and the service does not tell its "
                                                "time, from which a first token is taken: its replies need a Date header");
}

Error Acquisition::cancelled() const { return make_error(ErrorKind::timed_out, "taking lock '" + name_.key + "' was cancelled"); }

Duration Acquisition::cleanup_time() const noexcept {
  return std::clamp(deadline_ - core_->clock.now(), kCleanupMin, kCleanupMax);
}

bool Acquisition::may_wait() const noexcept { return options_.wait > Duration::zero() && core_->clock.now() < deadline_; }

bool Acquisition::is_cancelled() const noexcept { return lock::is_cancelled(call_options()); }

dynamo::CallOptions Acquisition::call_options() const noexcept { return {deadline_, options_.cancellation}; }

}  // namespace dynamutex::lock
