#pragma once
// One acquisition, from the first write to a lease that may be relied on.

#include <memory>
#include <optional>
#include <string>
#include <variant>

#include "dynamutex/lock/lock_client.hpp"
#include "lock/asking.hpp"
#include "lock/core.hpp"
#include "lock/dialogue.hpp"
#include "lock/lease_state.hpp"
#include "lock/releasing.hpp"
#include "lock/renewing.hpp"
#include "lock/rules.hpp"
#include "lock/settling.hpp"
#include "lock/writes.hpp"

namespace dynamutex::lock {

class Acquisition final : public Dialogue {
 public:
  /// `name` and `options` must outlive it. It ends by the deadline that the options set, counted from now, and by `latest`.
  Acquisition(std::shared_ptr<Core> core, const LockName& name, const AcquireOptions& options,
              MonotonicTime latest = MonotonicTime::max());

  Next begin() override;
  Next answered(Result<dynamo::WriteOutcome> answer) override;
  Next waited(bool undisturbed) override;

  /// Once it is done.
  [[nodiscard]] Result<std::shared_ptr<LeaseState>> take_result();

 private:
  using Continuation = Next (Acquisition::*)();

  // What is done; each tells what comes next.
  Next go_on();
  Next act(const Decision& decision);
  Next write(Step step);
  Next grant(std::optional<FencingToken> token);
  Next hand_out();
  Next wait(MonotonicTime look_again);
  Next wait_out(Error trouble);
  [[nodiscard]] Error time_is_up() const;
  Next look();
  Next give_back(std::optional<Error> reason);
  Next fail_in_doubt(Error error);
  Next fail(Error error);

  // What is made of the answers.
  Next written();
  Next looked();
  Next corrected();
  Next given_back();
  Next taken_back();

  /// Goes on with `dialogue`, and then with `then`.
  Next follow(Dialogue& dialogue, Continuation then);
  Next passed_on(Next next);

  void take_in(std::optional<Record> record, MonotonicTime asked);
  [[nodiscard]] Decision next() const;
  [[nodiscard]] Error contended() const;
  [[nodiscard]] Error untimed() const;
  /// Fenced: a first token would have to come from the servers' time, so that it exceeds those of rows that were lost.
  [[nodiscard]] bool lacks_floor() const noexcept;
  [[nodiscard]] Error cancelled() const;
  [[nodiscard]] Error without_token(const std::string& why) const;
  [[nodiscard]] Duration cleanup_time() const noexcept;
  [[nodiscard]] bool may_wait() const noexcept;
  [[nodiscard]] bool is_cancelled() const noexcept;
  [[nodiscard]] dynamo::CallOptions call_options() const noexcept;

  const std::shared_ptr<Core> core_;
  const LockName& name_;
  const AcquireOptions& options_;
  const MonotonicTime deadline_;
  Duration pause_;
  bool left_behind_ = false;      ///< A record of ours may stand in the table that nobody relies on.
  std::optional<Error> trouble_;  ///< What is being waited out, other than the lock's being held.
  int untimed_looks_ = 0;
  bool answered_ = false;  ///< The table has answered: failures from now on are waited out.

  std::optional<Record> seen_;
  MonotonicTime unchanged_since_;
  MonotonicTime looked_at_;
  std::optional<RecordWrite> last_write_;  ///< That may have been applied.

  std::shared_ptr<LeaseState> granted_;  ///< Outlives the turns in `part_`.

  // What is under way.
  std::variant<std::monostate, Asking, Settling, Renewing, Releasing> part_;
  Dialogue* dialogue_ = nullptr;  ///< The one in `part_`; null during a pause of its own.
  Continuation then_ = nullptr;
  MonotonicTime asked_;          ///< When the last look was sent.
  bool reliable_ = false;        ///< Of a lease that is being corrected: it may be used as it is.
  std::optional<Error> reason_;  ///< Why it is being given back; empty to look again afterwards.

  Error error_;
};

}  // namespace dynamutex::lock
