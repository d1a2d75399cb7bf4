#include "dynamutex/lock/renewer.hpp"

#include <cstdlib>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include <unistd.h>

#include "cli/child.hpp"
#include "cli/commands.hpp"
#include "cli/descriptors.hpp"
#include "cli/duration.hpp"
#include "cli/errors.hpp"
#include "cli/exit_codes.hpp"
#include "cli/run_arguments.hpp"
#include "cli/run_report.hpp"
#include "cli/signals.hpp"
#include "cli/supervisor.hpp"
#include "cli/table_description.hpp"
#include "cli/wait_display.hpp"
#include "cli/world.hpp"

namespace dynamutex::cli {
namespace {

/// Set for the command; an outer `run` may have set them for us.
constexpr std::string_view kLockVariable = "DYNAMUTEX_LOCK";
constexpr std::string_view kOwnerVariable = "DYNAMUTEX_OWNER";
constexpr std::string_view kTokenVariable = "DYNAMUTEX_FENCING_TOKEN";

/// This process's environment, and what a command may want to know of its lock.
std::vector<std::string> child_environment(const lock::Lease& lease) {
  std::vector<std::string> result;
  for (char** each = environ; each != nullptr && *each != nullptr; ++each) {
    const std::string_view entry(*each);
    const std::string_view variable = entry.substr(0, entry.find('='));
    const bool ours = variable == kLockVariable || variable == kOwnerVariable || variable == kTokenVariable;
    if (!ours) result.emplace_back(entry);
  }
  const auto add = [&](std::string_view variable, const std::string& value) {
    result.push_back(std::string(variable) + "=" + value);
  };
  add(kLockVariable, lease.name().key);
  add(kOwnerVariable, lease.owner());
  if (const auto token = lease.fencing_token()) add(kTokenVariable, std::to_string(token->value));
  return result;
}

class Run {
 public:
  Run(const RunArguments& arguments, const lock::LockName& name, World& world, Signals& signals,
      const InheritedDescriptors& descriptors, const Console& console)
      : arguments_(arguments), name_(name), world_(world), signals_(signals), descriptors_(descriptors), console_(console) {}

  int operator()() {
    WaitDisplay display(console_, world_.clock(), name_);
    lock::AcquireOptions options;
    options.lease = arguments_.lease;
    options.wait = arguments_.wait;
    options.cancellation = &signals_.ending();
    options.data = arguments_.data;
    options.fenced = arguments_.fenced;
    options.on_wait = [&](const lock::WaitEvent& event) { display(event); };
    auto lease = world_.locks().acquire(name_, options);
    display.clear();
    if (signals_.ending().cancelled()) {
      if (lease) release(*lease);
      return exit_code::signalled_base + signals_.take().value_or(SIGTERM);
    }
    if (!lease) {
      console_.error(explain(world_, lease.error()));
      return exit_code_for(lease.error(), arguments_.busy_code, display.saw_holder());
    }
    console_.log("acquired lock " + shown(name_) + " as " + quote(lease->owner()) + " for " +
                 human_duration(lease->remaining()));
    return hold(*lease);
  }

 private:
  /// Runs the command under the lease, and gives the lease back.
  int hold(lock::Lease& lease) {
    const MonotonicTime started = world_.clock().now();
    Terminal terminal;
    signals_.watch_child();
    RenewalNews news;
    const Guard guard(signals_, guard_time(saturating_add(started, lease.remaining()), arguments_.lease));
    const SectionLimits limits{arguments_.lease, arguments_.kill_after, arguments_.timeout};
    Supervisor supervisor({world_.clock(), signals_, terminal, console_, news, guard}, lease, limits, started);
    terminal.remember_modes();
    descriptors_.close_others_on_exec();
    const auto environment = child_environment(lease);
    auto child =
        Child::start({arguments_.command, environment, signals_, guard, terminal.is_interactive() ? &terminal : nullptr});
    if (!child) {
      release(lease);
      console_.error(child.error().message);
      return exit_code::cannot_execute;
    }
    // A thread only now: fork is simplest in a process with one.
    std::optional<lock::Renewer> renewer;
    if (arguments_.renew) {
      renewer.emplace(world_.clock(), world_.entropy());
      renewer->add(lease, news.events());
    }
    SectionEnd end = supervisor.watch(*child);
    renewer.reset();
    return conclude(lease, std::move(end));
  }

  int conclude(lock::Lease& lease, SectionEnd end) {
    const MonotonicTime lease_end = saturating_add(world_.clock().now(), lease.remaining());
    const auto outcome = release(lease);
    if (outcome == lock::ReleaseOutcome::already_lost && end.held && world_.clock().now() < lease_end) {
      // By the clock it was ours to the end, so somebody took it away by hand, and we learn of it only now.
      end.held = false;
      if (const auto loss = lease.loss()) end.loss = loss->message;
    }
    const Verdict verdict = judge(arguments_, end);
    if (!verdict.message.empty()) console_.error(verdict.message);
    const std::string warning = describe_release(outcome, arguments_);
    if (!warning.empty() && verdict.exit_code != exit_code::lease_lost) console_.warning(warning);
    return verdict.exit_code;
  }

  lock::ReleaseOutcome release(lock::Lease& lease) {
    const auto outcome = lease.release();
    console_.log("release of lock " + shown(name_) + ": " + to_string(outcome));
    return outcome;
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
  const OpenedWorld opened = open_world(line.globals, console, {arguments->owner, arguments->compat});
  if (!opened.world) return opened.exit_code;
  const auto name = make_lock_name(arguments->name, arguments->sort_key, opened.world->settings().schema);
  if (!name) return console.fail(name.error().message, exit_code::usage);
  Signals signals;
  if (!signals.working()) {
    return console.fail("cannot start the command: no descriptor is left for signals", exit_code::cannot_execute);
  }
  return Run(*arguments, *name, *opened.world, signals, descriptors, console)();
}

}  // namespace dynamutex::cli
