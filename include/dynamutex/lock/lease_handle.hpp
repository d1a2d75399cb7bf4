#pragma once
// LeaseHandle: what a process has to know to carry on with a lease that another one acquired.

#include <functional>
#include <optional>
#include <string>

#include "dynamutex/clock.hpp"
#include "dynamutex/lock/record.hpp"
#include "dynamutex/result.hpp"

namespace dynamutex::lock {

/// One version of the record, and how long its writer may rely on it.
struct LeaseTerm {
  std::string version;
  MonotonicTime valid_until;  ///< On the suspend-aware clock of the boot that the handle names.
};

/// A lease as plain data, to be kept in a file between the processes of a script. A value; thread-safe as such.
///
/// It holds no secret, but whoever can read it and write to the table can renew and release the lease.
struct LeaseHandle {
  LockName name{std::string()};
  std::string owner;
  Duration lease{};  ///< A full one.
  std::optional<FencingToken> fencing_token;
  std::string boot_id;               ///< Of the machine's run whose clock the times are told in: `dynamutex::boot_id()`.
  LeaseTerm held;                    ///< The version that is known to have been applied.
  std::optional<LeaseTerm> pending;  ///< Of a renewal that may have been sent, and may have been applied.
};

/// How to carry on with a lease.
struct AdoptOptions {
  std::string boot_id;  ///< Of this run of this machine. Where the handle's is another, none of its times is relied on.
  /// Called before each renewal is sent, with the handle that survives a crash from then on: store it durably. The renewal is not
  /// sent where it fails. One call at a time, on the thread that renews, which is a Renewer's too: it must not renew the lease itself,
  /// and may still be running when another thread's `release` returned; `Renewer::remove` waits for it. May be empty.
  std::function<Result<void>(const LeaseHandle&)> before_renewal;
  const Cancellation* cancellation = nullptr;  ///< Ends the reading at once; may be null.
};

}  // namespace dynamutex::lock
