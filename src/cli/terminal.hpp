#pragma once
// The controlling terminal, and which process group may read it.

#include <sys/types.h>
#include <termios.h>

#include <optional>

namespace dynamutex::cli {

/// Hands the terminal to the command's process group and takes it back (tcsetpgrp(3)).
///
/// Without a controlling terminal every call does nothing. SIGTTOU has to be ignored or blocked.
class Terminal {
 public:
  Terminal();
  ~Terminal();
  Terminal(const Terminal&) = delete;
  Terminal& operator=(const Terminal&) = delete;

  /// True where this process's group owns the terminal.
  [[nodiscard]] bool is_ours() const noexcept;
  [[nodiscard]] bool belongs_to(pid_t group) const noexcept;

  /// True where the terminal is ours, and both standard input and output: an interactive command expects it. In a pipeline
  /// (`… | less`) it stays with the pipeline until the command asks for it.
  [[nodiscard]] bool is_interactive() const noexcept;

  /// Async-signal-safe, for use between fork and exec.
  void give_to(pid_t group) const noexcept;

  /// Remembers the terminal's modes, to be restored for a command that is killed in raw mode.
  void remember_modes() noexcept;
  /// Makes it ours again if it is `group`'s.
  void take_back_from(pid_t group, bool restore_modes) const noexcept;

 private:
  int descriptor_;
  std::optional<termios> modes_;
};

}  // namespace dynamutex::cli
