#include "dynamutex/lock/renewer.hpp"

#include <condition_variable>
#include <map>
#include <mutex>
#include <thread>
#include <utility>

#include "lock/lease_state.hpp"
#include "lock/renewal.hpp"

namespace dynamutex::lock {
namespace {

Error ended_error(const LeaseState& state) {
  return make_error(ErrorKind::lost, "lock '" + state.name().key + "' was lost: its lease ended without a renewal");
}

}  // namespace

class Renewer::Impl {
 public:
  Impl(Clock& clock, Entropy& entropy) : clock_(clock), entropy_(entropy), thread_([this] { run(); }) {}

  ~Impl() {
    {
      const std::lock_guard lock(mutex_);
      stopping_ = true;
      wake_->cancel();
    }
    thread_.join();
  }

  void add(std::shared_ptr<LeaseState> state, RenewerEvents events) {
    const std::lock_guard lock(mutex_);
    const auto* key = state.get();
    entries_.insert_or_assign(key, Entry{std::move(state), std::move(events), {}, 0, false, {}});
    if (busy_ == nullptr) wake_->cancel();
  }

  void remove(const LeaseState* key) {
    std::unique_lock lock(mutex_);
    entries_.erase(key);
    if (busy_ == key) wake_->cancel();
    idle_.wait(lock, [&] { return busy_ != key; });
  }

 private:
  struct Entry {
    std::shared_ptr<LeaseState> state;
    RenewerEvents events;
    std::optional<MonotonicTime> retry_at;
    int failures = 0;
    bool at_risk_told = false;
    Error last_failure;
  };
  using Entries = std::map<const LeaseState*, Entry>;

  static RenewalView view(const Entry& entry) noexcept {
    return {entry.state->term_began(), entry.state->valid_until(), entry.state->length(), entry.retry_at,
            entry.at_risk_told};
  }

  void run();
  MonotonicTime act(std::unique_lock<std::mutex>& lock, MonotonicTime now, bool& acted);
  void renew(std::unique_lock<std::mutex>& lock, std::shared_ptr<LeaseState> state, MonotonicTime give_up_at);
  /// Calls `event` without the mutex, while `remove` waits for it.
  template <class Event, class... Reason>
  void tell(std::unique_lock<std::mutex>& lock, const LeaseState* key, const Event& event, const Reason&... reason);

  Clock& clock_;
  Entropy& entropy_;
  std::mutex mutex_;
  std::condition_variable idle_;
  Entries entries_;
  std::unique_ptr<Cancellation> wake_ = std::make_unique<Cancellation>();
  const LeaseState* busy_ = nullptr;  ///< The lease about which a request or an event is under way.
  bool stopping_ = false;
  std::thread thread_;  ///< Last: it uses all the others.
};

void Renewer::Impl::run() {
  std::unique_lock lock(mutex_);
  while (!stopping_) {
    if (wake_->cancelled()) wake_ = std::make_unique<Cancellation>();
    bool acted = false;
    const MonotonicTime next = act(lock, clock_.now(), acted);
    if (acted || stopping_) continue;
    // Replaced only by this thread, between waits.
    const Cancellation* const wake = wake_.get();
    lock.unlock();
    clock_.wait_until(next, wake);
    lock.lock();
  }
}

/// Does the most urgent thing, if any is due, and tells when the next one will be.
MonotonicTime Renewer::Impl::act(std::unique_lock<std::mutex>& lock, MonotonicTime now, bool& acted) {
  MonotonicTime next = MonotonicTime::max();
  MonotonicTime next_news = MonotonicTime::max();
  Entries::iterator due = entries_.end();
  for (auto it = entries_.begin(); it != entries_.end(); ++it) {
    const RenewalPlan plan = plan_renewal(view(it->second), now);
    next = std::min(next, plan.next);
    next_news = std::min(next_news, plan.next_news);
    if (plan.step == RenewalStep::tell_lost || plan.step == RenewalStep::tell_at_risk) {
      acted = true;
      Entry& entry = it->second;
      const LeaseState* key = it->first;
      if (plan.step == RenewalStep::tell_at_risk) {
        entry.at_risk_told = true;
        const auto event = entry.events.on_at_risk;
        tell(lock, key, event, Error(entry.last_failure));
      } else {
        const Entry gone = std::move(entry);
        entries_.erase(it);
        if (gone.state->given_back()) return now;
        tell(lock, key, gone.events.on_lost, gone.state->loss().value_or(ended_error(*gone.state)));
      }
      return now;
    }
    const bool more_urgent = due == entries_.end() || it->second.state->valid_until() < due->second.state->valid_until();
    if (plan.step == RenewalStep::renew && more_urgent) due = it;
  }
  if (due == entries_.end()) return next;
  acted = true;
  renew(lock, due->second.state, next_news);
  return now;
}

void Renewer::Impl::renew(std::unique_lock<std::mutex>& lock, std::shared_ptr<LeaseState> state,
                          MonotonicTime give_up_at) {
  const LeaseState* const key = state.get();
  const Cancellation* const wake = wake_.get();
  busy_ = key;
  lock.unlock();
  const Result<void> renewed = state->renew({give_up_at, wake});
  lock.lock();
  busy_ = nullptr;
  idle_.notify_all();

  const auto found = entries_.find(key);
  if (found == entries_.end()) return;
  Entry& entry = found->second;
  if (renewed) {
    entry.retry_at.reset();
    entry.failures = 0;
    entry.at_risk_told = false;
    if (const auto on_renewed = entry.events.on_renewed; on_renewed) tell(lock, key, on_renewed);
    return;
  }
  entry.last_failure = renewed.error();
  entry.retry_at = clock_.now() + renewal_pause(++entry.failures, state->length(), unit_interval(entropy_));
}

template <class Event, class... Reason>
void Renewer::Impl::tell(std::unique_lock<std::mutex>& lock, const LeaseState* key, const Event& event,
                         const Reason&... reason) {
  if (!event) return;
  busy_ = key;
  lock.unlock();
  event(reason...);
  lock.lock();
  busy_ = nullptr;
  idle_.notify_all();
}

Renewer::Renewer(Clock& clock, Entropy& entropy) : impl_(std::make_unique<Impl>(clock, entropy)) {}
Renewer::~Renewer() = default;

void Renewer::add(const Lease& lease, RenewerEvents events) { impl_->add(lease.state_, std::move(events)); }
void Renewer::remove(const Lease& lease) { impl_->remove(lease.state_.get()); }

}  // namespace dynamutex::lock
