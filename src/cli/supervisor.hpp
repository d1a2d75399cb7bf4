#pragma once
// The critical section: one command, one lease, one loop.

#include <string>

#include "cli/child.hpp"
#include "cli/console.hpp"
#include "cli/guard.hpp"
#include "cli/plan.hpp"
#include "cli/renewal_news.hpp"
#include "cli/signals.hpp"
#include "cli/terminal.hpp"
#include "dynamutex/clock.hpp"
#include "dynamutex/lock/lease.hpp"

namespace dynamutex::cli {

/// How the section ended.
struct SectionEnd {
  ChildEnd child;
  EndCause cause = EndCause::none;  ///< Why we ended the command; none if it ended by itself.
  bool terminated = false;          ///< We sent TERM.
  bool killed = false;              ///< We sent KILL.
  bool asked_to_end = false;        ///< TERM, INT or QUIT was sent while it ran.
  int keyboard_signal = 0;          ///< INT or QUIT, where it ended a command that had the terminal; 0 otherwise.
  bool held = true;                 ///< The lease was still held when the command ended.
  std::string loss;                 ///< How the lease was lost, where it is known to be.
  std::string trouble;              ///< Why renewals fail, where they do.
};

struct SupervisorWorld {
  Clock& clock;
  Signals& signals;
  Terminal& terminal;
  const Console& console;
  const RenewalNews& news;
  const Guard& guard;
};

/// Watches a command until it ends: forwards signals, follows stops and continuations, and ends the command in time as
/// `next_step` says. Asks the clock and never the network.
class Supervisor {
 public:
  Supervisor(const SupervisorWorld& world, const lock::Lease& lease, const SectionLimits& limits, MonotonicTime started);

  /// Blocks until the command ended. Whatever else is in its group is killed if we ended it, and left alone if not.
  [[nodiscard]] SectionEnd watch(Child& child);

 private:
  void look_at_lease(MonotonicTime now);
  MonotonicTime act(const Child& child);
  void carry_out(const Plan& plan, const Child& child, MonotonicTime now);
  void sleep_until(MonotonicTime wake_at);
  void handle_signals(const Child& child);
  void note_request(int number);
  void handle_stop(int number, const Child& child);
  void suspend_with(const Child& child);
  void resume(const Child& child);
  [[nodiscard]] SectionEnd finish(Child& child);

  SupervisorWorld world_;
  const lock::Lease& lease_;
  SectionLimits limits_;
  SectionState state_;
  bool terminated_ = false;
  bool asked_to_end_ = false;
  std::string version_;  ///< Of the record, to notice renewals.
  bool interactive_;     ///< The command has, or had, the terminal.
};

}  // namespace dynamutex::cli
