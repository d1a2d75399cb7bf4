#pragma once
// The command that runs under the lock: one process, in a process group of its own.

#include <sys/types.h>

#include <optional>
#include <string>
#include <vector>

#include "cli/guard.hpp"
#include "cli/signals.hpp"
#include "cli/terminal.hpp"
#include "dynamutex/result.hpp"

namespace dynamutex::cli {

struct ChildOptions {
  const std::vector<std::string>& command;      ///< Looked up in PATH, as execvp(3) does.
  const std::vector<std::string>& environment;  ///< "NAME=value" each.
  const Signals& signals;
  const Guard& guard;
  const Terminal* terminal;  ///< Handed to the child; null to keep it.
};

/// How the command ended.
struct ChildEnd {
  int exit_code = 0;   ///< As a shell tells it: its own, or 128 plus the signal's number.
  int signal = 0;      ///< 0 unless a signal ended it.
  int exec_errno = 0;  ///< Why the command could not be executed; 0 if it could.
};

/// A running command. Not thread-safe.
///
/// It dies with the thread that started it (PR_SET_PDEATHSIG, KILL), and its group by the guard. The process group outlives its first process as
/// long as others are in it; `reap` is what makes its number free for others.
class Child {
 public:
  /// Returns once the process exists; whether it could execute the command is told at its end.
  /// Errors: `not_applied` where no process can be had.
  [[nodiscard]] static Result<Child> start(const ChildOptions& options);

  Child(Child&& other) noexcept;
  Child& operator=(Child&&) = delete;
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;
  ~Child();  ///< Neither ends nor awaits the command.

  [[nodiscard]] pid_t group() const noexcept { return pid_; }

  void signal_group(int number) const noexcept;

  /// True once the first process ended; it stays a zombie until `reap`. Does not block.
  [[nodiscard]] bool has_ended() const noexcept;

  /// The signal that stopped the first process since the last call; empty if none did.
  [[nodiscard]] std::optional<int> take_stop() const noexcept;

  /// Collects the status of the process that `has_ended`.
  [[nodiscard]] ChildEnd reap() noexcept;

 private:
  Child(pid_t pid, int exec_report) noexcept : pid_(pid), exec_report_(exec_report) {}

  pid_t pid_;
  int exec_report_;  ///< Read end of a close-on-exec pipe that brings errno if exec fails.
};

}  // namespace dynamutex::cli
