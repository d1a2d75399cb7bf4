#include "cli/supervisor.hpp"

#include <poll.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <utility>

#include "cli/duration.hpp"

namespace dynamutex::cli {
namespace {

/// How often to look where no timer can be had.
constexpr int kSlice_ms = 50;
/// How often a log looks for renewals, of which nobody tells.
constexpr auto kLogSlice = std::chrono::milliseconds(250);

/// A timer that also counts while the machine sleeps, which poll(2)'s own time-out does not.
class Alarm {
 public:
  explicit Alarm(MonotonicTime at) noexcept : descriptor_(::timerfd_create(CLOCK_BOOTTIME, TFD_CLOEXEC | TFD_NONBLOCK)) {
    const Duration since = std::max(at.time_since_epoch(), Duration(1));
    const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(since);
    itimerspec when{};
    when.it_value.tv_sec = static_cast<time_t>(seconds.count());
    when.it_value.tv_nsec = static_cast<long>((since - seconds).count());
    if (descriptor_ >= 0) ::timerfd_settime(descriptor_, TFD_TIMER_ABSTIME, &when, nullptr);
  }
  ~Alarm() {
    if (descriptor_ >= 0) ::close(descriptor_);
  }
  Alarm(const Alarm&) = delete;
  Alarm& operator=(const Alarm&) = delete;

  [[nodiscard]] int descriptor() const noexcept { return descriptor_; }

 private:
  int descriptor_;
};

/// Stops this process's group as the terminal's suspend key would. Returns when it is continued, or at once where the kernel
/// stops nobody because no shell is there to continue it (an orphaned group): false then. The signal that continued it is still to be
/// handled, and continues the command: once, for an editor that is continued while it runs takes its screen for restored.
bool stop_own_group(const Signals& signals) {
  const unsigned continued_before = signals.continuations();
  struct sigaction standard {};
  struct sigaction before {};
  standard.sa_handler = SIG_DFL;
  ::sigaction(SIGTSTP, &standard, &before);
  ::kill(0, SIGTSTP);
  ::sigaction(SIGTSTP, &before, nullptr);
  return signals.continuations() != continued_before;
}

}  // namespace

Supervisor::Supervisor(const SupervisorWorld& world, const lock::Lease& lease, const SectionLimits& limits, MonotonicTime started)
    : world_(world), lease_(lease), limits_(limits), version_(lease.version()), interactive_(world.terminal.is_interactive()) {
  state_.started = started;
  state_.lease_end = started;
}

SectionEnd Supervisor::watch(Child& child) {
  for (;;) {
    const MonotonicTime wake_at = act(child);
    if (child.has_ended()) return finish(child);
    if (const auto stopped_by = child.take_stop()) handle_stop(*stopped_by, child);
    sleep_until(wake_at);
    handle_signals(child);
  }
}

void Supervisor::look_at_lease(MonotonicTime now) {
  const Duration left = lease_.remaining();
  if (left > Duration::zero()) {
    state_.lease_end = saturating_add(now, left);
  } else if (lease_.loss()) {
    state_.taken_away = true;
  } else {
    state_.lease_end = std::min(state_.lease_end, now);
  }
  world_.guard.put_off(guard_time(state_.lease_end, limits_.lease));
  if (!world_.console.verbose()) return;
  if (std::string version = lease_.version(); version != version_) {
    version_ = std::move(version);
    world_.console.log("renewed lock " + quote(lease_.name().key) + " for " + human_duration(left));
  }
}

/// Does what is due, and tells when to look again.
MonotonicTime Supervisor::act(const Child& child) {
  for (;;) {
    const MonotonicTime now = world_.clock.now();
    look_at_lease(now);
    const Plan plan = next_step(limits_, state_, now);
    state_.cause = plan.cause;
    if (plan.step == Step::wait) return plan.wake_at;
    carry_out(plan, child, now);
  }
}

void Supervisor::carry_out(const Plan& plan, const Child& child, MonotonicTime now) {
  if (plan.step == Step::kill) {
    child.signal_group(SIGKILL);
    state_.killed = true;
  } else {
    child.signal_group(SIGTERM);
    child.signal_group(SIGCONT);  // a stopped process takes no TERM
    state_.terminated = now;
    terminated_ = true;
  }
  world_.console.log(std::string(plan.step == Step::kill ? "KILL" : "TERM") + " to the command: " +
                     (plan.cause == EndCause::timeout ? "--timeout is reached" : "the lease is lost or about to end"));
}

void Supervisor::sleep_until(MonotonicTime wake_at) {
  if (world_.console.verbose()) wake_at = std::min(wake_at, world_.clock.now() + kLogSlice);
  const Alarm alarm(wake_at);
  pollfd watched[] = {
      {alarm.descriptor(), POLLIN, 0}, {world_.signals.descriptor(), POLLIN, 0}, {world_.news.descriptor(), POLLIN, 0}};
  const bool needs_slices = alarm.descriptor() < 0 || world_.news.descriptor() < 0;
  ::poll(watched, 3, needs_slices ? kSlice_ms : -1);
  world_.news.acknowledge();
}

void Supervisor::handle_signals(const Child& child) {
  while (const auto number = world_.signals.take()) {
    switch (*number) {
      case SIGCHLD: break;  // only there to wake us
      case SIGCONT: resume(child); break;
      case SIGTSTP:
        child.signal_group(SIGTSTP);
        suspend_with(child);
        break;
      default:
        world_.console.log(std::string("forwarding ") + signal_name(*number) + " to the command");
        child.signal_group(*number);
        note_request(*number);
        if (*number != SIGUSR1 && *number != SIGUSR2) child.signal_group(SIGCONT);
        break;
    }
  }
}

void Supervisor::note_request(int number) {
  // HUP asks many a daemon to read its configuration again.
  asked_to_end_ = asked_to_end_ || number == SIGTERM || number == SIGINT || number == SIGQUIT;
}

void Supervisor::handle_stop(int number, const Child& child) {
  if (number == SIGTTIN || number == SIGTTOU) {
    interactive_ = true;
    // In the foreground, e.g. of a pipeline, the command gets the terminal when it asks for it. In the background
    // the shell has to learn that its job waits for the terminal.
    if (world_.terminal.is_ours()) resume(child);
    else stop_own_group(world_.signals);
    return;
  }
  // Stopped from the keyboard: the shell that started us expects its job to stop. Stopped by anybody else's
  // kill(1): the lock stays held, and renewed, until somebody continues the command.
  if (world_.terminal.belongs_to(child.group())) suspend_with(child);
}

void Supervisor::suspend_with(const Child& child) {
  world_.terminal.take_back_from(child.group(), false);
  if (!stop_own_group(world_.signals)) resume(child);
}

void Supervisor::resume(const Child& child) {
  // The clock first: the lease may have ended while we were stopped.
  act(child);
  if (state_.killed) return;
  if (interactive_ && world_.terminal.is_ours()) world_.terminal.give_to(child.group());
  child.signal_group(SIGCONT);
}

SectionEnd Supervisor::finish(Child& child) {
  look_at_lease(world_.clock.now());
  SectionEnd end;
  end.held = lease_.still_held();
  end.cause = state_.cause;
  end.terminated = terminated_;
  end.killed = state_.killed;
  // Both before the group's number is free for others.
  if (end.cause != EndCause::none || !end.held) child.signal_group(SIGKILL);
  world_.guard.stand_down();
  const bool had_terminal = world_.terminal.belongs_to(child.group());
  end.child = child.reap();
  const bool by_key = end.child.signal == SIGINT || end.child.signal == SIGQUIT;
  if (had_terminal && by_key && end.cause == EndCause::none) end.keyboard_signal = end.child.signal;
  world_.terminal.take_back_from(child.group(), end.child.signal != 0);
  const auto loss = lease_.loss();
  if (loss) end.loss = loss->message;
  end.trouble = world_.news.trouble();
  // Too late to be forwarded, and meant for the command.
  bool stops = false;
  while (const auto number = world_.signals.take()) {
    note_request(*number);
    stops = *number == SIGTSTP || (stops && *number != SIGCONT);
  }
  if (stops) stop_own_group(world_.signals);
  end.asked_to_end = asked_to_end_;
  return end;
}

}  // namespace dynamutex::cli
