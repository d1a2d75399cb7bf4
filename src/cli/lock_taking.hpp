#pragma once
// Taking a lock as a command does: telling for whom it waits, and ended by signals.

#include <optional>

#include "cli/console.hpp"
#include "cli/lock_arguments.hpp"
#include "cli/signals.hpp"
#include "cli/world.hpp"
#include "dynamutex/error.hpp"
#include "dynamutex/lock/lease.hpp"

namespace dynamutex::cli {

/// A lease, or why there is none.
struct Taken {
  std::optional<lock::Lease> lease;
  int exit_code = 0;           ///< Without a lease: what to exit with.
  std::optional<Error> error;  ///< Without a lease, unless a signal ended the wait: to be told by the caller.
};

/// Blocks as the arguments say, or until TERM, INT, HUP or QUIT: what was taken by then is given back.
[[nodiscard]] Taken take_lock(World& world, const lock::LockName& name, const LockArguments& arguments, Signals& signals,
                              const Console& console);

/// Releases, and logs how it went.
lock::ReleaseOutcome release_lock(lock::Lease& lease, const Console& console);

}  // namespace dynamutex::cli
