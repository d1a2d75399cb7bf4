#pragma once
// The holder's side of one lock, shared by a Lease and a Renewer.

#include <sys/types.h>

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <variant>

#include "dynamutex/lock/lease.hpp"
#include "lock/core.hpp"
#include "lock/settling.hpp"
#include "lock/writes.hpp"

namespace dynamutex::lock {

/// "Lock 'x' was lost: why."
[[nodiscard]] Error lost_error(const LockName& name, const std::string& why);
/// Why, where `record` stands in place of ours.
[[nodiscard]] std::string taken_by(const std::optional<Record>& record);

class LeaseState;

/// The turn to send requests about one lease, from LeaseState; given up on destruction.
class Turn {
 public:
  Turn(Turn&& other) noexcept;
  Turn& operator=(Turn&&) = delete;
  ~Turn() { end(); }

  void end() noexcept;
  /// The error that says so, once another one has overtaken it.
  [[nodiscard]] std::optional<Error> overtaken() const;
  [[nodiscard]] LeaseState& lease() const noexcept { return lease_; }
  [[nodiscard]] std::uint64_t number() const noexcept { return number_; }

 private:
  friend class LeaseState;
  Turn(LeaseState& lease, std::uint64_t number) noexcept : lease_(lease), number_(number) {}

  LeaseState& lease_;
  std::uint64_t number_;  ///< Zero once given up.
};

/// What a lease has that another process acquired.
struct Adopted {
  std::string owner;
  std::unique_ptr<RecordWrite> pending;   ///< A renewal of that process, which may have been applied; may be null.
  std::function<Result<void>()> journal;  ///< Called before each renewal, which is not sent where it fails; may be empty.
};

/// Thread-safe. It does no I/O and never waits, but for `take_turn`, `renew`, `release` and an adopted lease's journal.
class LeaseState {
 public:
  /// `held` was applied.
  LeaseState(std::shared_ptr<Core> core, RecordWrite held);

  /// For a lease of another process, before it is shared.
  void carry_on(Adopted adopted);

  [[nodiscard]] Duration remaining() const noexcept;
  [[nodiscard]] MonotonicTime valid_until() const noexcept;
  /// When the present term of the lease began to count.
  [[nodiscard]] MonotonicTime term_began() const noexcept;
  /// Whether `release` was called: the lease then ended by intent.
  [[nodiscard]] bool given_back() const noexcept { return given_back_.load(std::memory_order_acquire); }

  /// Drive a Renewing or a Releasing on the calling thread.
  [[nodiscard]] Result<void> renew(dynamo::CallOptions options);
  /// Blocks for at most `timeout`, and for another thread's `release`.
  ReleaseOutcome release(Duration timeout);

  // A turn to renew may be overtaken: whoever has it then no longer changes anything here, and the request that was under way is in
  // doubt, like one whose reply is lost. A turn to release may not.

  /// A turn to release. Overtakes who renews, waits for who releases.
  [[nodiscard]] Turn take_turn();
  /// A turn to renew by hand. Overtakes who renews. Error `lost`: somebody releases.
  [[nodiscard]] Result<Turn> turn_to_renew();
  /// A turn to renew, if nobody else has one.
  [[nodiscard]] std::optional<Turn> try_turn();
  /// Takes the turn away from whoever got it by `try_turn`, as if it was overtaken. Does nothing where it was.
  void revoke(std::uint64_t number) noexcept;

  // What Renewing asks and tells, on its turn.

  /// Why there is nothing left to renew; empty while there is.
  [[nodiscard]] std::optional<Error> over() const;
  struct Renewal {
    dynamo::Operation write;
    bool in_doubt = false;  ///< It is an earlier one, whose fate is to be settled before another begins.
  };
  /// What to write next. Errors: the turn was overtaken; the journal's.
  [[nodiscard]] Result<Renewal> next_renewal(const Turn& turn);
  /// `now`: when the answer was there.
  [[nodiscard]] Result<void> take_in(const Turn& turn, Settled settled, bool in_doubt_already, MonotonicTime now);

  /// Returns once no journal is being written, unless this is called from there.
  void wait_for_journal() const;

  // What Releasing asks and tells, on its turn.

  /// From here on a Renewer has no news to tell of it.
  void give_back() noexcept { given_back_.store(true, std::memory_order_release); }
  /// The write that frees the lock `now`, or how it was released before. From here on the lease is not held.
  [[nodiscard]] std::variant<ReleaseOutcome, dynamo::Operation> begin_release(MonotonicTime now);
  /// Remembers the outcome; `standing`: for already_lost, whether another's record stands there.
  void end_release(ReleaseOutcome outcome, bool standing);

  /// Whether the servers' time bears out the expiry that stands in the record.
  [[nodiscard]] bool expiry_borne_out() const;

  [[nodiscard]] std::optional<Error> loss() const;
  [[nodiscard]] std::string version() const;
  /// What is known to have been applied, and a renewal that may have been.
  [[nodiscard]] std::pair<RecordWrite, std::optional<RecordWrite>> writes() const;
  [[nodiscard]] std::optional<FencingToken> fencing_token() const noexcept { return fencing_token_; }
  [[nodiscard]] const LockName& name() const noexcept { return name_; }
  [[nodiscard]] const std::string& owner() const noexcept { return adopted_ ? adopted_->owner : core_->options.owner; }
  [[nodiscard]] Duration length() const noexcept { return length_; }
  [[nodiscard]] Core& core() const noexcept { return *core_; }
  /// Whether this process acquired or adopted it, and did not inherit it by fork(2).
  [[nodiscard]] bool is_own() const noexcept;

 private:
  friend class Turn;
  void end_turn(std::uint64_t number) noexcept;
  [[nodiscard]] bool has_turn(std::uint64_t number) const;
  Result<void> write_down(const Turn& turn);
  void confirm(RecordWrite write);
  void end_validity() noexcept;
  Error lose(Error reason);

  const std::shared_ptr<Core> core_;
  const LockName name_;
  const Duration length_;
  const std::optional<FencingToken> fencing_token_;
  const pid_t process_;

  std::unique_ptr<const Adopted> adopted_;

  // Read without the mutex by whoever asks the clock.
  std::atomic<MonotonicTime::rep> term_began_;
  std::atomic<MonotonicTime::rep> valid_until_;
  std::atomic<bool> given_back_{false};

  mutable std::mutex journal_mutex_;  ///< Held while the journal is written; taken before `mutex_`.

  mutable std::mutex mutex_;  ///< Guards what follows; held for moments, and never while a clock is read.
  std::condition_variable turn_ended_;
  std::uint64_t turns_ = 0;
  std::uint64_t turn_ = 0;  ///< Whose it is; zero for nobody's.
  bool yielding_ = false;   ///< The turn may be overtaken.
  RecordWrite held_;
  std::unique_ptr<RecordWrite> pending_;  ///< A renewal that may have been applied: settled before any other.
  bool unwritten_ = false;                ///< The journal does not know of it yet, and it was not sent.
  std::thread::id writes_down_;           ///< Who is in the journal; nobody's where nobody is.
  std::unique_ptr<const Error> loss_;
  std::optional<ReleaseOutcome> released_;
};

}  // namespace dynamutex::lock
