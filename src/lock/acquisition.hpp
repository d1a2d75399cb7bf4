#pragma once
// One call of LockClient::acquire, from the first write to a lease that may be relied on.

#include <memory>
#include <optional>

#include "dynamutex/lock/lock_client.hpp"
#include "lock/core.hpp"
#include "lock/lease_state.hpp"
#include "lock/rules.hpp"
#include "lock/writes.hpp"

namespace dynamutex::lock {

class Acquisition {
 public:
  Acquisition(std::shared_ptr<Core> core, const LockName& name, const AcquireOptions& options);

  [[nodiscard]] Result<std::shared_ptr<LeaseState>> run();

 private:
  enum class Outcome { granted, go_on, failed };

  Outcome write(Step step);
  Outcome grant(std::optional<FencingToken> token);
  Outcome wait(MonotonicTime look_again);
  Outcome look();
  Outcome fail(Error error);
  void give_back(LeaseState& state);
  Outcome fail_in_doubt(const RecordWrite& write, Error error);
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
  bool left_behind_ = false;  ///< A record of ours may stand in the table that nobody relies on.
  bool answered_ = false;  ///< The table has answered: failures from now on are waited out.

  std::optional<Record> seen_;
  MonotonicTime unchanged_since_;
  MonotonicTime looked_at_;
  std::optional<std::string> my_version_;
  std::optional<RecordWrite> last_write_;

  std::shared_ptr<LeaseState> granted_;
  Error error_;
};

}  // namespace dynamutex::lock
