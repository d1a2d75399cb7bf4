#include <chrono>
#include <string>
#include <utility>

#include "cli/acquire_command.hpp"
#include "cli/commands.hpp"
#include "cli/errors.hpp"
#include "cli/exit_codes.hpp"
#include "cli/handle_session.hpp"
#include "cli/signals.hpp"
#include "cli/table_description.hpp"

namespace dynamutex::cli {
namespace {

constexpr Duration kRenewalTimeout = std::chrono::seconds(10);

int fail(HandleSession& session, const Error& error, const Signals& signals, const Console& console) {
  if (signals.ending().cancelled()) return exit_code::signalled_base + signals.take_ending().value_or(SIGTERM);
  return console.fail(explain(*session.world, error), exit_code_for(error));
}

int renew(HandleSession& session, const Signals& signals, const Console& console) {
  Result<void> written;
  lock::AdoptOptions options;
  options.boot_id = boot_id();
  options.cancellation = &signals.ending();
  options.before_renewal = [&](const lock::LeaseHandle& now) {
    written = session.store(now);
    return written;
  };
  auto lease = session.world->locks().adopt(session.handle.lease, options);
  if (!lease) return fail(session, lease.error(), signals, console);
  const MonotonicTime deadline = saturating_add(session.world->clock().now(), kRenewalTimeout);
  const auto renewed = lease->renew(deadline, &signals.ending());
  const Duration left = lease->remaining();
  // From here on nothing is released by itself, whatever became of the renewal.
  const lock::LeaseHandle now = lease->detach(boot_id());
  if (written && (renewed || renewed.error().kind != ErrorKind::lost)) written = session.store(now);
  if (!written) return console.fail(written.error().message, handle_exit_code(written.error()));
  if (!renewed) return fail(session, renewed.error(), signals, console);
  if (!session.world->settings().json) return exit_code::success;
  return print(describe_lease(now, left, session.path)) ? exit_code::success : exit_code::unavailable;
}

}  // namespace

const OptionTable& renew_options() {
  static const OptionTable options = {handle_option()};
  return options;
}

int renew_command(const CommandLine& line) {
  const Console console(line.globals.verbose, line.globals.color);
  Signals signals;
  OpenedSession opened = open_session(line, signals, console);
  return opened.session ? renew(*opened.session, signals, console) : opened.exit_code;
}

}  // namespace dynamutex::cli
