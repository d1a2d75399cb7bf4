#pragma once
// How a write whose reply was lost is settled.

#include <optional>

#include "dynamutex/lock/record.hpp"
#include "lock/core.hpp"
#include "lock/dialogue.hpp"

namespace dynamutex::lock {

/// How a write ended, as far as could be found out.
struct Settled {
  enum class Status { applied, refused, failed };
  Status status = Status::failed;
  std::optional<Record> record;  ///< refused: what stands there now, or nothing; applied by an update: what was written.
  Error error;                   ///< failed: why.
  bool replaced = false;         ///< failed: the write was refused by an item that is no lock's record, so not by our own.
  bool in_doubt = false;         ///< The write, or an earlier try of it, may have been applied.
  MonotonicTime asked;           ///< Before the last request was sent: when what `record` says was not yet read.
};

/// Sends a write until its fate is known: after a lost reply the same write goes out again, within the deadline. A refusal
/// that does not bring the record is answered with one consistent read.
class Settling final : public Dialogue {
 public:
  Settling(Core& core, const LockName& name, dynamo::Operation write, const dynamo::CallOptions& options);

  Next begin() override;
  Next answered(Result<dynamo::WriteOutcome> answer) override;
  Next waited(bool undisturbed) override;

  /// Once it is done.
  [[nodiscard]] Settled& result() noexcept { return settled_; }

 private:
  Next refused(dynamo::WriteOutcome outcome);
  Next conclude(Result<dynamo::WriteOutcome> answer);

  Core& core_;
  const LockName& name_;
  dynamo::Operation operation_;
  const dynamo::CallOptions options_;
  Duration pause_;
  bool reading_ = false;
  Settled settled_;
};

}  // namespace dynamutex::lock
