#pragma once
// The holder's side of one lock, shared by a Lease and a Renewer.

#include <atomic>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "dynamutex/lock/lease.hpp"
#include "lock/core.hpp"
#include "lock/writes.hpp"

namespace dynamutex::lock {

/// Thread-safe. One request about a lease is under way at a time: `renew` and `release` wait for each other.
class LeaseState {
 public:
  /// `held` was applied.
  LeaseState(std::shared_ptr<Core> core, RecordWrite held);

  [[nodiscard]] Duration remaining() const noexcept;
  [[nodiscard]] MonotonicTime valid_until() const noexcept;
  /// When the present term of the lease began to count.
  [[nodiscard]] MonotonicTime term_began() const noexcept;
  /// Whether `release` was called: the lease then ended by intent.
  [[nodiscard]] bool given_back() const noexcept { return given_back_.load(std::memory_order_acquire); }

  [[nodiscard]] Result<void> renew(dynamo::CallOptions options);
  /// Blocks for at most `timeout`.
  ReleaseOutcome release(Duration timeout);

  /// Whether the servers' time bears out the expiry that stands in the record.
  [[nodiscard]] bool expiry_borne_out() const;

  [[nodiscard]] std::optional<Error> loss() const;
  [[nodiscard]] std::string version() const;
  [[nodiscard]] std::optional<FencingToken> fencing_token() const noexcept { return fencing_token_; }
  [[nodiscard]] const LockName& name() const noexcept { return name_; }
  [[nodiscard]] const std::string& owner() const noexcept { return core_->options.owner; }
  [[nodiscard]] Duration length() const noexcept { return length_; }
  [[nodiscard]] Core& core() const noexcept { return *core_; }

 private:
  Result<void> send_pending(dynamo::CallOptions options, bool in_doubt_already);
  void confirm(RecordWrite write);
  Error lose(Error reason);
  [[nodiscard]] Write giving_back() const;
  ReleaseOutcome give_back(Duration timeout);

  const std::shared_ptr<Core> core_;
  const LockName name_;
  const Duration length_;
  const std::optional<FencingToken> fencing_token_;

  // Read without the mutex by whoever asks the clock.
  std::atomic<MonotonicTime::rep> term_began_;
  std::atomic<MonotonicTime::rep> valid_until_;
  std::atomic<bool> given_back_{false};

  mutable std::mutex request_mutex_;  ///< Held during requests.
  mutable std::mutex state_mutex_;    ///< Guards what follows; never held during a request.
  RecordWrite held_;
  std::optional<RecordWrite> pending_;  ///< A renewal that may have been applied: settled before any other.
  std::optional<Error> loss_;
  std::optional<ReleaseOutcome> released_;
};

}  // namespace dynamutex::lock
