#pragma once
// The conditional writes of the protocol, and how one whose reply was lost is settled.

#include <functional>
#include <optional>
#include <string>

#include "dynamutex/dynamo/table.hpp"
#include "dynamutex/lock/record.hpp"
#include "dynamutex/result.hpp"
#include "lock/core.hpp"
#include "lock/expiry.hpp"

namespace dynamutex::lock {

/// A write of our record: everything that must stay the same over its retries, and since when its lease counts.
struct RecordWrite {
  Record record;
  Expiry expiry;
  MonotonicTime from;
};

/// The record of a first write, with a fresh version: its lease counts from now.
[[nodiscard]] RecordWrite first_write(Core& core, const LockName& name, Duration lease, std::optional<std::string> data);

/// The record that follows `current`, with a fresh version. Its expiry is never a guess: a record that is held must not
/// expire early, not even for a moment.
[[nodiscard]] RecordWrite next_write(Core& core, const Record& current);

/// A conditional write, ready to be sent any number of times.
using Write = std::function<Result<dynamo::WriteOutcome>(const dynamo::CallOptions&)>;

/// Writes the record if there is none, or only a released or (where the servers' time is known) an expired one.
[[nodiscard]] Write take_if_free(Core& core, const RecordWrite& write, bool fenced);

/// Writes the record over one that was judged dead, if that is still version `dead_version`.
[[nodiscard]] Write take_over(Core& core, const RecordWrite& write, bool fenced, const std::string& dead_version);

/// Writes the record over our own, if that still has version `expected`.
[[nodiscard]] Write renew_if_version(Core& core, const Record& record, const std::string& expected);

/// Frees the lock of `record` if it has version `expected`, or `alternative` where that is not empty: deletes the record, or
/// marks it released where it has a fencing token, which the next holder's must exceed.
[[nodiscard]] Write free_if_version(Core& core, const Record& record, const std::string& expected,
                                    const std::string& alternative);

/// How a write ended, as far as could be found out.
struct Settled {
  enum class Status { applied, refused, failed };
  Status status = Status::failed;
  std::optional<Record> record;  ///< refused: what stands there now, or nothing; applied by an update: what was written.
  Error error;                   ///< failed: why.
  bool in_doubt = false;         ///< The write, or an earlier try of it, may have been applied.
  MonotonicTime asked;           ///< Before the last request was sent: when what `record` says was not yet read.
};

/// Sends `write` until its fate is known: after a lost reply the same write goes out again, within the deadline. A refusal
/// that does not bring the record is answered with one consistent read.
[[nodiscard]] Settled settle(Core& core, const LockName& name, const Write& write, const dynamo::CallOptions& options);

/// Reads the record, consistently. Outer error: the read failed, or the item is no lock record.
[[nodiscard]] Result<std::optional<Record>> read_record(Core& core, const LockName& name,
                                                        const dynamo::CallOptions& options);

/// `pause` with jitter: between half of it and all of it.
[[nodiscard]] Duration jittered(Core& core, Duration pause) noexcept;

[[nodiscard]] bool is_cancelled(const dynamo::CallOptions& options) noexcept;

/// A kind that another try of the same request may cure.
[[nodiscard]] bool is_transient(ErrorKind kind) noexcept;

}  // namespace dynamutex::lock
