#pragma once
// For whom we wait, as a person or a log wants to know it.

#include <string>
#include <string_view>

#include "cli/console.hpp"
#include "cli/status_line.hpp"
#include "dynamutex/clock.hpp"
#include "dynamutex/lock/lock_client.hpp"

namespace dynamutex::cli {

/// A lock's name in a message: quoted, with its sort key if it has one.
[[nodiscard]] std::string shown(const lock::LockName& name);

/// An owner as a person knows it: without the random part of a name that this program made ("web-2:4711:0a1b2c3d"). Pure.
[[nodiscard]] std::string_view short_owner(std::string_view owner) noexcept;

/// "waiting for web-2:4711, 12 s left of its lease (35 s so far)…". Pure.
[[nodiscard]] std::string describe_wait(const lock::WaitEvent& event, Duration so_far);

/// Tells for whom an acquisition waits: on a terminal in a line that is redrawn before each look and gone with this object; with
/// --verbose in plain lines, one for each holder; elsewhere not at all. For AcquireOptions::on_wait. Not thread-safe.
class WaitDisplay {
 public:
  WaitDisplay(const Console& console, Clock& clock, const lock::LockName& name)
      : console_(console), clock_(clock), name_(name), since_(clock.now()) {}

  void operator()(const lock::WaitEvent& event);
  /// Takes the line away, before something else is written.
  void clear() { line_.clear(); }
  [[nodiscard]] bool saw_holder() const noexcept { return saw_holder_; }

 private:
  void log(const lock::WaitEvent& event);

  const Console& console_;
  Clock& clock_;
  const lock::LockName& name_;
  const MonotonicTime since_;
  StatusLine line_;
  std::string logged_owner_;
  bool saw_holder_ = false;
};

}  // namespace dynamutex::cli
