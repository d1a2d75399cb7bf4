#include <sys/resource.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <optional>
#include <string>
#include <utility>

#include "cli/child.hpp"
#include "cli/child_environment.hpp"
#include "cli/commands.hpp"
#include "cli/descriptors.hpp"
#include "cli/exit_codes.hpp"
#include "cli/lock_taking.hpp"
#include "cli/path_search.hpp"
#include "cli/run_arguments.hpp"
#include "cli/run_report.hpp"
#include "cli/signals.hpp"
#include "cli/supervisor.hpp"
#include "cli/table_description.hpp"
#include "cli/wait_display.hpp"
#include "cli/world.hpp"
#include "dynamutex/lock/renewer.hpp"

namespace dynamutex::cli {
namespace {

/// After a failure to take the lock that may pass: how long `--forever` waits before it tries again.
constexpr Duration kAgainMin = std::chrono::milliseconds(500);
constexpr Duration kAgainMax = std::chrono::seconds(15);

/// How this process is to end.
struct RunEnd {
  int exit_code = 0;
  int keyboard_signal = 0;  ///< A key that ended the command; 0 for none.
};

/// The key was meant for the whole job, and only the command got it: so the script around us, and a shell's loop, end as well.
void pass_on_key(int number) {
  const rlimit no_core{0, 0};
  ::setrlimit(RLIMIT_CORE, &no_core);
  ::kill(0, number);
}

class Run {
 public:
  Run(const RunArguments& arguments, const lock::LockName& name, World& world, Signals& signals,
      const InheritedDescriptors& descriptors, const Console& console)
      : arguments_(arguments), name_(name), world_(world), signals_(signals), descriptors_(descriptors), console_(console) {}

  RunEnd operator()() {
    for (;;) {
      Taken taken = take();
      if (!taken.lease) return {taken.exit_code, 0};
      const Term term = hold(*taken.lease);
      if (!arguments_.forever || !term.lost || term.asked_to_end) return term.end;
      console_.log("waiting for lock " + shown(name_) + " again (--forever)");
    }
  }

 private:
  /// One time of holding the lock.
  struct Term {
    RunEnd end;
    bool lost = false;
    bool asked_to_end = false;
  };

  /// With `--forever` a service that is away ends nothing.
  Taken take() {
    for (Duration pause = kAgainMin;; pause = std::min(pause * 2, kAgainMax)) {
      Taken taken = take_lock(world_, name_, arguments_.lock, signals_, console_);
      if (taken.error) console_.error(explain(world_, *taken.error));
      const bool passes = taken.exit_code == exit_code::unavailable || taken.exit_code == arguments_.lock.busy_code;
      if (taken.lease || !taken.error || !arguments_.forever || !passes) return taken;
      const Duration jittered = std::chrono::duration_cast<Duration>(pause * (0.5 + 0.5 * unit_interval(world_.entropy())));
      world_.clock().wait_until(saturating_add(world_.clock().now(), jittered), &signals_.ending());
    }
  }

  /// Runs the command under the lease, and gives the lease back.
  Term hold(lock::Lease& lease) {
    const MonotonicTime started = world_.clock().now();
    Terminal terminal;
    signals_.watch_child();
    RenewalNews news;
    const Guard guard(signals_, guard_time(saturating_add(started, lease.remaining()), lease.length()));
    const SectionLimits limits{lease.length(), arguments_.kill_after, arguments_.timeout};
    Supervisor supervisor({world_.clock(), signals_, terminal, console_, news, guard}, lease, limits, started);
    terminal.remember_modes();
    descriptors_.close_others_on_exec();
    const auto environment = child_environment(lease);
    auto child =
        Child::start({arguments_.command, environment, signals_, guard, terminal.is_interactive() ? &terminal : nullptr});
    if (!child) {
      release_lock(lease, console_);
      console_.error(child.error().message);
      return {{exit_code::cannot_execute, 0}};
    }
    // A thread only now: fork is simplest in a process with one.
    std::optional<lock::Renewer> renewer;
    if (arguments_.renew) {
      renewer.emplace(world_.clock(), world_.entropy());
      renewer->add(lease, news.events());
    }
    SectionEnd end = supervisor.watch(*child);
    // At once: the Renewer's end may take a while, and a key that suspends shall work meanwhile.
    signals_.unwatch_child();
    renewer.reset();
    // What came until the command ended was for it. What comes from now on is for us.
    signals_.rearm();
    if (end.child.exec_errno == EACCES && !stands_in_path(arguments_.command.front())) end.child.exec_errno = ENOENT;
    return conclude(lease, std::move(end));
  }

  Term conclude(lock::Lease& lease, SectionEnd end) {
    const MonotonicTime lease_end = saturating_add(world_.clock().now(), lease.remaining());
    const auto outcome = release_lock(lease, console_);
    if (outcome == lock::ReleaseOutcome::already_lost && end.held && world_.clock().now() < lease_end) {
      // By the clock it was ours to the end, so somebody took it away by hand, and we learn of it only now.
      end.held = false;
      if (const auto loss = lease.loss()) end.loss = loss->message;
    }
    const Verdict verdict = judge(arguments_, end);
    if (!verdict.message.empty()) console_.error(verdict.message);
    const bool lost = verdict.exit_code == exit_code::lease_lost && (end.cause == EndCause::lease || !end.held);
    const std::string warning = describe_release(outcome, arguments_);
    if (!warning.empty() && !lost) console_.warning(warning);
    if (const auto number = signals_.take_ending()) return {{exit_code::signalled_base + *number, 0}, lost, true};
    return {{verdict.exit_code, lost ? 0 : end.keyboard_signal}, lost, end.asked_to_end};
  }

  const RunArguments& arguments_;
  const lock::LockName& name_;
  World& world_;
  Signals& signals_;
  const InheritedDescriptors& descriptors_;
  const Console& console_;
};

}  // namespace

int run_command(const CommandLine& line) {
  const Console console(line.globals.verbose, line.globals.color);
  const auto arguments = read_run_arguments(line);
  if (!arguments) return console.fail(arguments.error().message, exit_code::usage);
  // Before anything of ours is open.
  const InheritedDescriptors descriptors;
  const OpenedWorld opened =
      open_world(line.globals, console, {arguments->lock.owner, arguments->lock.compat, arguments->lock.poll_max});
  if (!opened.world) return opened.exit_code;
  const auto name = make_lock_name(arguments->lock.name, arguments->lock.sort_key, opened.world->settings().schema);
  if (!name) return console.fail(name.error().message, exit_code::usage);
  RunEnd end;
  {
    Signals signals;
    if (!signals.working()) {
      return console.fail("cannot start the command: no descriptor is left for signals", exit_code::cannot_execute);
    }
    end = Run(*arguments, *name, *opened.world, signals, descriptors, console)();
  }
  if (end.keyboard_signal != 0) pass_on_key(end.keyboard_signal);
  return end.exit_code;
}

}  // namespace dynamutex::cli
