#pragma once
// The conditional writes of the protocol.

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
[[nodiscard]] RecordWrite first_write(Core& core, const LockName& name, const AcquireOptions& options);

/// The record that follows `current`, with a fresh version. Its expiry is never a guess: a record that is held must not
/// expire early, not even for a moment.
[[nodiscard]] RecordWrite next_write(Core& core, const Record& current);

/// The same with a version that was chosen before, and a lease that counts from `from`: a renewal that may be under way already.
[[nodiscard]] RecordWrite next_write(const Core& core, const Record& current, std::string version, MonotonicTime from);

/// Writes the record if there is none, or only a released or (where the servers' time is known) an expired one.
[[nodiscard]] dynamo::Operation take_if_free(Core& core, const RecordWrite& write, bool fenced);

/// Writes the record over one that was judged dead, if that is still version `dead_version`.
[[nodiscard]] dynamo::Operation take_over(Core& core, const RecordWrite& write, bool fenced, const std::string& dead_version);

/// Writes the record over our own, if that still has version `expected`.
[[nodiscard]] dynamo::Operation renew_if_version(Core& core, const Record& record, const std::string& expected);

/// Frees the lock of `record` if it has version `expected`, or `alternative` where that is not empty: deletes the record, or
/// marks it released where it has a fencing token, which the next holder's must exceed. Such a record is kept until
/// its `ttl`; where it has none, for the retention from `now` on.
[[nodiscard]] dynamo::Operation free_if_version(Core& core, const Record& record, const std::string& expected,
                                                const std::string& alternative, MonotonicTime now);

/// The consistent read of a record.
[[nodiscard]] dynamo::Operation read_of(const Core& core, const LockName& name);

/// The record that an answer brought, or none. Outer error: there is no answer, or the item is no lock record.
[[nodiscard]] Result<std::optional<Record>> to_record(const Core& core, Result<dynamo::WriteOutcome> answer);

/// `pause` with jitter: between half of it and all of it.
[[nodiscard]] Duration jittered(Core& core, Duration pause) noexcept;

[[nodiscard]] bool is_cancelled(const dynamo::CallOptions& options) noexcept;

/// A kind that another try of the same request may cure.
[[nodiscard]] bool is_transient(ErrorKind kind) noexcept;

}  // namespace dynamutex::lock
