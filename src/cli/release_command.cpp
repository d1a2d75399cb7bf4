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

/// The lock is not ours any more, so nothing is left that the handle could be good for.
int finish(HandleSession& session, int code, const Console& console) {
  if (const auto removed = session.file.remove(); !removed)
    return console.fail(removed.error().message, exit_code::configuration);
  return code;
}

int lost(HandleSession& session, const Error& loss, const Console& console) {
  return finish(session, console.fail(explain(*session.world, loss), exit_code::lease_lost), console);
}

int release(HandleSession& session, const Signals& signals, const Console& console) {
  lock::AdoptOptions options;
  options.boot_id = boot_id();
  options.cancellation = &signals.ending();
  auto lease = session.world->locks().adopt(session.handle.lease, options);
  if (!lease && signals.ending().cancelled()) return exit_code::signalled_base + signals.take_ending().value_or(SIGTERM);
  if (!lease && lease.error().kind == ErrorKind::lost) return lost(session, lease.error(), console);
  if (!lease) return console.fail(explain(*session.world, lease.error()), exit_code_for(lease.error()));
  const std::string name = quote(lease->name().key);
  switch (lease->release()) {
    case lock::ReleaseOutcome::released: return finish(session, exit_code::success, console);
    case lock::ReleaseOutcome::already_lost:
      return lost(session, lease->loss().value_or(make_error(ErrorKind::lost, "lock " + name + " was lost")), console);
    case lock::ReleaseOutcome::in_doubt: break;
  }
  return console.fail("could not confirm the release of lock " + name + "; release it again, or wait for its lease to end",
                      exit_code::unavailable);
}

}  // namespace

const OptionTable& release_options() {
  static const OptionTable options = {handle_option()};
  return options;
}

int release_command(const CommandLine& line) {
  const Console console(line.globals.verbose, line.globals.color);
  Signals signals;
  OpenedSession opened = open_session(line, signals, console);
  return opened.session ? release(*opened.session, signals, console) : opened.exit_code;
}

}  // namespace dynamutex::cli
