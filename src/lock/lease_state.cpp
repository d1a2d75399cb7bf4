#include "lock/lease_state.hpp"

#include <algorithm>
#include <utility>

#include "lock/rules.hpp"

namespace dynamutex::lock {
namespace {

Error lost_error(const LockName& name, std::string why) {
  return make_error(ErrorKind::lost, "lock '" + name.key + "' was lost: " + std::move(why));
}

std::string taken_by(const std::optional<Record>& record) {
  return record ? "it is held by " + record->owner + " now" : "its record was removed from the table";
}

}  // namespace

LeaseState::LeaseState(std::shared_ptr<Core> core, RecordWrite held)
    : core_(std::move(core)), name_(held.record.name), length_(held.record.lease), fencing_token_(held.record.fencing_token) {
  confirm(std::move(held));
}

void LeaseState::confirm(RecordWrite write) {
  const std::lock_guard lock(state_mutex_);
  term_began_.store(write.from.time_since_epoch().count(), std::memory_order_relaxed);
  const MonotonicTime until = saturating_add(write.from, shrunk(length_, core_->options.drift_ppm));
  valid_until_.store(until.time_since_epoch().count(), std::memory_order_release);
  held_ = std::move(write);
  pending_.reset();
}

MonotonicTime LeaseState::valid_until() const noexcept {
  return MonotonicTime(Duration(valid_until_.load(std::memory_order_acquire)));
}

MonotonicTime LeaseState::term_began() const noexcept {
  return MonotonicTime(Duration(term_began_.load(std::memory_order_relaxed)));
}

Duration LeaseState::remaining() const noexcept {
  const MonotonicTime until = valid_until();
  const MonotonicTime now = core_->clock.now();
  return until > now ? until - now : Duration::zero();
}

std::optional<Error> LeaseState::loss() const {
  const std::lock_guard lock(state_mutex_);
  return loss_;
}

std::string LeaseState::version() const {
  const std::lock_guard lock(state_mutex_);
  return held_.record.version;
}

bool LeaseState::expiry_borne_out() const {
  const std::lock_guard lock(state_mutex_);
  return borne_out(held_.expiry, core_->table.server_clock(), held_.from, length_);
}

Error LeaseState::lose(Error reason) {
  const std::lock_guard lock(state_mutex_);
  valid_until_.store(MonotonicTime::min().time_since_epoch().count(), std::memory_order_release);
  if (!loss_) loss_ = std::move(reason);
  return *loss_;
}

Result<void> LeaseState::renew(dynamo::CallOptions options) {
  const std::lock_guard requests(request_mutex_);
  if (loss_) return *loss_;
  if (released_) return lost_error(name_, "it was released");
  if (remaining() == Duration::zero()) return lost_error(name_, "its lease ended before it was renewed");

  if (pending_) {
    if (auto resolved = send_pending(options, true); !resolved) return resolved;
  }
  RecordWrite next = next_write(*core_, held_.record);
  {
    const std::lock_guard lock(state_mutex_);
    pending_ = std::move(next);
  }
  return send_pending(options, false);
}

Result<void> LeaseState::send_pending(dynamo::CallOptions options, bool in_doubt_already) {
  // Beyond the lease's end an answer is of no use, and others may hold the lock.
  options.deadline = std::min(options.deadline, valid_until());
  const Write write = renew_if_version(*core_, pending_->record, held_.record.version);
  Settled settled = settle(*core_, name_, write, options);
  if (settled.status == Settled::Status::failed) {
    if (!settled.in_doubt && !in_doubt_already) {
      const std::lock_guard lock(state_mutex_);
      pending_.reset();
    }
    return std::move(settled.error);
  }
  if (settled.status == Settled::Status::refused) {
    Sight sight;
    sight.record = settled.record ? &*settled.record : nullptr;
    sight.my_version = &pending_->record.version;
    if (decide(sight).step != Step::mine) return lose(lost_error(name_, taken_by(settled.record)));
  }
  RecordWrite applied = *std::move(pending_);
  confirm(std::move(applied));
  return {};
}

ReleaseOutcome LeaseState::release(Duration timeout) {
  const std::lock_guard requests(request_mutex_);
  if (released_) return *released_;
  given_back_.store(true, std::memory_order_release);
  const ReleaseOutcome outcome = loss_ ? ReleaseOutcome::already_lost : give_back(timeout);
  const std::lock_guard lock(state_mutex_);
  valid_until_.store(MonotonicTime::min().time_since_epoch().count(), std::memory_order_release);
  released_ = outcome;
  return outcome;
}

Write LeaseState::giving_back() const {
  const std::string alternative = pending_ ? pending_->record.version : std::string();
  return free_if_version(*core_, held_.record, held_.record.version, alternative);
}

ReleaseOutcome LeaseState::give_back(Duration timeout) {
  // From here on nobody may rely on the lease: the delete may be applied at any moment.
  valid_until_.store(MonotonicTime::min().time_since_epoch().count(), std::memory_order_release);
  const Write write = giving_back();
  const dynamo::CallOptions options{saturating_add(core_->clock.now(), timeout), nullptr};
  bool in_doubt = false;
  for (Duration pause = core_->options.poll_min;; pause *= 2) {
    auto outcome = write(options);
    if (outcome && outcome->status == dynamo::WriteOutcome::Status::applied) return ReleaseOutcome::released;
    if (outcome) {
      // Refused after a lost reply: the first try did it.
      if (in_doubt || outcome->doubted) return ReleaseOutcome::released;
      lose(lost_error(name_, outcome->item ? "it was taken over before it was released"
                                           : "its record was gone before it was released"));
      return ReleaseOutcome::already_lost;
    }
    in_doubt = in_doubt || outcome.error().kind == ErrorKind::ambiguous;
    const MonotonicTime again_at = saturating_add(core_->clock.now(), jittered(*core_, pause));
    if (!is_transient(outcome.error().kind) || again_at >= options.deadline) return ReleaseOutcome::in_doubt;
    core_->clock.wait_until(again_at, nullptr);
  }
}

}  // namespace dynamutex::lock
