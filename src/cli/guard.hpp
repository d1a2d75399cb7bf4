#pragma once
// The last line of defence: ends the command's group when the supervisor cannot.

#include <sys/types.h>

#include <atomic>
#include <cstdint>

#include "cli/signals.hpp"
#include "dynamutex/clock.hpp"

namespace dynamutex::cli {

/// A small process of its own that kills a process group (KILL) when this process dies by whatever cause, or when a time
/// comes that nobody moved on: so a supervisor that is killed takes the command's children along, which PR_SET_PDEATHSIG
/// does not reach, and one that is stopped (SIGSTOP) does not let its command outlive the lease.
///
/// It shares a page with this process and asks nothing else of it; it keeps no descriptor but its own two open. Where no
/// process can be had there is no guard, and PR_SET_PDEATHSIG remains. Not thread-safe.
class Guard {
 public:
  /// Forks: to be made before there are threads.
  Guard(const Signals& signals, MonotonicTime kill_at);
  ~Guard();  ///< Stands down and ends the process.
  Guard(const Guard&) = delete;
  Guard& operator=(const Guard&) = delete;

  /// From now on `group` is guarded. Async-signal-safe, for the child between fork and exec: no moment is left in which it
  /// could run unguarded.
  void protect(pid_t group) const noexcept;

  /// Moves the time on at which the group is to be killed; it is never moved back, since the guard sleeps until then.
  void put_off(MonotonicTime at) const noexcept;

  /// There is nothing to kill any more. To be called before the group's number is free for others.
  void stand_down() const noexcept;

 private:
  struct Shared {
    std::atomic<pid_t> group{0};
    std::atomic<std::int64_t> kill_at_ns{0};
  };
  static_assert(std::atomic<pid_t>::is_always_lock_free && std::atomic<std::int64_t>::is_always_lock_free,
                "locks do not work between processes");

  [[noreturn]] static void stand_guard(Shared& shared, int lifeline) noexcept;

  Shared* shared_ = nullptr;
  int lifeline_ = -1;  ///< Write end of a pipe: closed by the kernel when this process dies.
  pid_t pid_ = -1;
};

}  // namespace dynamutex::cli
