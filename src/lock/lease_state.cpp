#include "lock/lease_state.hpp"

#include <unistd.h>

#include <utility>

#include "lock/releasing.hpp"
#include "lock/renewing.hpp"
#include "lock/rules.hpp"

namespace dynamutex::lock {

Error lost_error(const LockName& name, const std::string& why) {
  return make_error(ErrorKind::lost, "lock '" + name.key + "' was lost: " + why);
}

std::string taken_by(const std::optional<Record>& record) {
  return record ? "it is held by " + record->owner + " now" : "its record was removed from the table";
}

namespace {

Error overtaken_error(const LockName& name) {
  return make_error(ErrorKind::not_applied, "lock '" + name.key + "' is being renewed or released by another thread");
}

}  // namespace

Turn::Turn(Turn&& other) noexcept : lease_(other.lease_), number_(std::exchange(other.number_, 0)) {}

void Turn::end() noexcept {
  if (number_ != 0) lease_.end_turn(std::exchange(number_, 0));
}

std::optional<Error> Turn::overtaken() const {
  return lease_.has_turn(number_) ? std::nullopt : std::optional<Error>(overtaken_error(lease_.name()));
}

LeaseState::LeaseState(std::shared_ptr<Core> core, RecordWrite held)
    : core_(std::move(core)), name_(held.record.name), length_(held.record.lease), fencing_token_(held.record.fencing_token),
      process_(::getpid()) {
  confirm(std::move(held));
}

void LeaseState::carry_on(Adopted adopted) {
  pending_ = std::move(adopted.pending);
  adopted_ = std::make_unique<const Adopted>(std::move(adopted));
}

void LeaseState::confirm(RecordWrite write) {
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
  const std::lock_guard lock(mutex_);
  return loss_ ? std::optional<Error>(*loss_) : std::nullopt;
}

std::string LeaseState::version() const {
  const std::lock_guard lock(mutex_);
  return held_.record.version;
}

std::pair<RecordWrite, std::optional<RecordWrite>> LeaseState::writes() const {
  const std::lock_guard lock(mutex_);
  return {held_, pending_ ? std::optional<RecordWrite>(*pending_) : std::nullopt};
}

bool LeaseState::expiry_borne_out() const {
  const std::lock_guard lock(mutex_);
  return borne_out(held_.expiry, core_->table.server_clock(), held_.from, length_);
}

bool LeaseState::is_own() const noexcept { return ::getpid() == process_; }

Turn LeaseState::take_turn() {
  std::unique_lock lock(mutex_);
  turn_ended_.wait(lock, [&] { return turn_ == 0 || yielding_; });
  yielding_ = false;
  return {*this, turn_ = ++turns_};
}

Result<Turn> LeaseState::turn_to_renew() {
  const std::lock_guard lock(mutex_);
  if (turn_ != 0 && !yielding_) return lost_error(name_, "it is being released");
  yielding_ = true;
  return Turn{*this, turn_ = ++turns_};
}

std::optional<Turn> LeaseState::try_turn() {
  const std::lock_guard lock(mutex_);
  if (turn_ != 0) return std::nullopt;
  yielding_ = true;
  return Turn{*this, turn_ = ++turns_};
}

void LeaseState::revoke(std::uint64_t number) noexcept { end_turn(number); }

void LeaseState::end_turn(std::uint64_t number) noexcept {
  const std::lock_guard lock(mutex_);
  if (turn_ != number) return;
  turn_ = 0;
  turn_ended_.notify_one();
}

bool LeaseState::has_turn(std::uint64_t number) const {
  const std::lock_guard lock(mutex_);
  return turn_ == number;
}

Result<void> LeaseState::renew(dynamo::CallOptions options) {
  auto turn = turn_to_renew();
  if (!turn) return std::move(turn).error();
  Renewing renewing(*std::move(turn), options);
  converse(renewing, core_->table, core_->clock);
  return renewing.result();
}

ReleaseOutcome LeaseState::release(Duration timeout) {
  Releasing releasing(take_turn(), timeout);
  converse(releasing, core_->table, core_->clock);
  return releasing.result();
}

std::optional<Error> LeaseState::over() const {
  {
    const std::lock_guard lock(mutex_);
    if (loss_) return *loss_;
    if (released_) return lost_error(name_, "it was released");
  }
  if (remaining() == Duration::zero()) return lost_error(name_, "its lease ended before it was renewed");
  return std::nullopt;
}

Result<LeaseState::Renewal> LeaseState::next_renewal(const Turn& turn) {
  std::unique_lock lock(mutex_);
  if (turn.number_ != turn_) return overtaken_error(name_);
  const bool in_doubt = pending_ != nullptr;
  if (!in_doubt) {
    const Record current = held_.record;
    lock.unlock();
    auto next = std::make_unique<RecordWrite>(next_write(*core_, current));
    lock.lock();
    if (turn.number_ != turn_) return overtaken_error(name_);
    pending_ = std::move(next);
    unwritten_ = adopted_ && adopted_->journal;
  }
  if (unwritten_) {
    lock.unlock();
    if (auto written = write_down(turn); !written) return std::move(written).error();
    lock.lock();
    if (turn.number_ != turn_) return overtaken_error(name_);
  }
  return Renewal{renew_if_version(*core_, pending_->record, held_.record.version), in_doubt};
}

/// Has the journal know of the pending renewal. Whoever was overtaken meanwhile leaves it to the next one: that may have named the
/// renewal as one that is in doubt, so it stays that.
Result<void> LeaseState::write_down(const Turn& turn) {
  const std::lock_guard writing(journal_mutex_);
  {
    const std::lock_guard lock(mutex_);
    if (turn.number_ != turn_) return overtaken_error(name_);
    if (!unwritten_) return {};
    writes_down_ = std::this_thread::get_id();
  }
  auto written = adopted_->journal();
  const std::lock_guard lock(mutex_);
  writes_down_ = {};
  if (written) unwritten_ = false;
  if (turn.number_ != turn_) return overtaken_error(name_);
  if (written) return {};
  pending_.reset();
  unwritten_ = false;
  return written;
}

void LeaseState::wait_for_journal() const {
  {
    const std::lock_guard lock(mutex_);
    if (writes_down_ == std::this_thread::get_id()) return;
  }
  const std::lock_guard written(journal_mutex_);
}

Result<void> LeaseState::take_in(const Turn& turn, Settled settled, bool in_doubt_already, MonotonicTime now) {
  const std::lock_guard lock(mutex_);
  if (turn.number_ != turn_) return overtaken_error(name_);
  if (settled.replaced) return lose(lost_error(name_, "an item that is no lock's record stands in its place"));
  if (settled.status == Settled::Status::failed) {
    if (!settled.in_doubt && !in_doubt_already) {
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
  // The lease was given up when its time was over, and others may have held the lock since: it does not come back. What was written
  // is still to be given back, so it stays in doubt.
  if (now >= valid_until()) return lost_error(name_, "its lease ended before its renewal was answered");
  confirm(std::move(*pending_));
  return {};
}

std::variant<ReleaseOutcome, dynamo::Operation> LeaseState::begin_release(MonotonicTime now) {
  const std::lock_guard lock(mutex_);
  if (released_) return *released_;
  if (loss_) {
    released_ = ReleaseOutcome::already_lost;
    return *released_;
  }
  // From here on nobody may rely on the lease: the delete may be applied at any moment.
  end_validity();
  const std::string alternative = pending_ ? pending_->record.version : std::string();
  return free_if_version(*core_, held_.record, held_.record.version, alternative, now);
}

void LeaseState::end_release(ReleaseOutcome outcome, bool standing) {
  const std::lock_guard lock(mutex_);
  if (outcome == ReleaseOutcome::already_lost) {
    lose(lost_error(name_, standing ? "it was taken over before it was released" : "its record was gone before it was released"));
  }
  end_validity();
  released_ = outcome;
}

void LeaseState::end_validity() noexcept {
  valid_until_.store(MonotonicTime::min().time_since_epoch().count(), std::memory_order_release);
}

Error LeaseState::lose(Error reason) {
  end_validity();
  if (!loss_) loss_ = std::make_unique<const Error>(std::move(reason));
  return *loss_;
}

}  // namespace dynamutex::lock
