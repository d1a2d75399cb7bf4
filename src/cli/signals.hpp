#pragma once
// Signals as bytes in a pipe, and as a cancellation.

#include <csignal>
#include <cstddef>
#include <memory>
#include <optional>
#include <vector>

#include "dynamutex/cancellation.hpp"

namespace dynamutex::cli {

/// Catches the signals that concern `run`, from its construction on. One object at a time in a process.
///
/// TERM, INT, HUP and QUIT cancel `ending()` and are queued; from `watch_child` on, CHLD, CONT, TSTP, USR1 and USR2 are queued
/// too. A signal that was ignored when the process started (nohup(1), a shell's background job) stays ignored, and is
/// left so for the child. TTOU and PIPE are ignored while this object lives: a supervisor must not be stopped or
/// ended by a line that it writes.
/// A pipe and not signalfd(2), since that would need every thread of every library to block the signals.
class Signals {
 public:
  Signals();
  ~Signals();
  Signals(const Signals&) = delete;
  Signals& operator=(const Signals&) = delete;

  /// False where the pipe could not be had: without it nobody would learn of the command's end.
  [[nodiscard]] bool working() const noexcept { return read_end_ >= 0; }

  /// Cancelled by the first TERM, INT, HUP or QUIT, since the start or the last `rearm`.
  [[nodiscard]] const Cancellation& ending() const noexcept { return *endings_.back(); }
  /// A new `ending`, for another wait. The old one stays valid.
  void rearm();

  /// For a command that runs: also learn of its end, and of stops and continuations of this process.
  void watch_child();
  /// No command runs any more: the terminal's suspend key stops this process again as it does any other.
  void unwatch_child();

  /// Readable while signals are queued, for poll(2).
  [[nodiscard]] int descriptor() const noexcept { return read_end_; }

  /// The next queued signal, in order of arrival; empty if there is none.
  [[nodiscard]] std::optional<int> take() const noexcept;

  /// The first TERM, INT, HUP or QUIT in the queue; all that was queued before it is dropped.
  [[nodiscard]] std::optional<int> take_ending() const noexcept;

  /// How often this process was continued (SIGCONT) since `watch_child`.
  [[nodiscard]] unsigned continuations() const noexcept;

  /// Blocks every signal in this thread, around fork(2): a signal in the young child must not write to our pipe.
  void block_all() const noexcept;
  void unblock() const noexcept;

  /// In the child, before exec: dispositions and mask as this process found them. Async-signal-safe.
  void restore_in_child() const noexcept;

 private:
  struct Saved {
    int number;
    struct sigaction action;
  };
  void change(int number, void (*handler)(int), bool even_if_ignored);

  std::vector<std::unique_ptr<Cancellation>> endings_;
  int read_end_ = -1;
  int write_end_ = -1;
  sigset_t mask_at_start_{};
  sigset_t mask_{};  ///< The same without our signals: some launchers leave them blocked.
  std::vector<Saved> saved_;
  std::size_t saved_before_watching_ = 0;  ///< Zero while no child is watched.
};

/// "SIGTERM"; "a signal" for the rarer ones.
[[nodiscard]] const char* signal_name(int number) noexcept;

}  // namespace dynamutex::cli
