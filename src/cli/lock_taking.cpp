#include "cli/lock_taking.hpp"

#include <string>
#include <utility>

#include "cli/duration.hpp"
#include "cli/errors.hpp"
#include "cli/wait_display.hpp"

namespace dynamutex::cli {

Taken take_lock(World& world, const lock::LockName& name, const LockArguments& arguments, Signals& signals,
                const Console& console) {
  WaitDisplay display(console, world.clock(), name);
  lock::AcquireOptions options;
  options.lease = arguments.lease;
  options.wait = arguments.wait;
  options.cancellation = &signals.ending();
  options.data = arguments.data;
  options.fenced = arguments.fenced;
  options.on_wait = [&](const lock::WaitEvent& event) { display(event); };
  auto lease = world.locks().acquire(name, options);
  display.clear();
  Taken taken;
  if (signals.ending().cancelled()) {
    if (lease) release_lock(*lease, console);
    taken.exit_code = exit_code::signalled_base + signals.take_ending().value_or(SIGTERM);
    return taken;
  }
  if (!lease) {
    taken.exit_code = exit_code_for(lease.error(), arguments.busy_code, display.saw_holder());
    taken.error = std::move(lease).error();
    return taken;
  }
  console.log("acquired lock " + shown(name) + " as " + quote(lease->owner()) + " for " + human_duration(lease->remaining()));
  taken.lease = *std::move(lease);
  return taken;
}

lock::ReleaseOutcome release_lock(lock::Lease& lease, const Console& console) {
  const auto outcome = lease.release();
  console.log("release of lock " + shown(lease.name()) + ": " + to_string(outcome));
  return outcome;
}

}  // namespace dynamutex::cli
