#include "cli/run_report.hpp"

#include <cstring>

#include "cli/console.hpp"
#include "cli/duration.hpp"
#include "cli/exit_codes.hpp"

namespace dynamutex::cli {
namespace {

std::string describe_child(const ChildEnd& end) {
  if (end.signal != 0) return "was ended by " + std::string(signal_name(end.signal));
  return "ended by itself with exit code " + std::to_string(end.exit_code);
}

Verdict exec_failure(const RunArguments& arguments, int problem) {
  const int code = problem == ENOENT ? exit_code::command_not_found : exit_code::cannot_execute;
  return {code, "cannot execute " + quote(arguments.command.front()) + ": " + std::strerror(problem)};
}

Verdict lost(const RunArguments& arguments, const SectionEnd& end) {
  std::string message = "lost the lock " + quote(arguments.name);
  if (!end.reason.empty()) {
    message += " (" + end.reason + ")";
  } else if (!arguments.renew) {
    message += " (--no-renew was given, and the command took longer than its lease)";
  } else {
    message += " (its lease was not renewed in time)";
  }
  if (end.cause == EndCause::lease) {
    message += end.killed ? "; sent the command TERM and KILL" : "; sent the command TERM";
    message += ": it " + describe_child(end.child);
  } else {
    message += "; the command " + describe_child(end.child) + " too late";
  }
  return {exit_code::lease_lost, message};
}

}  // namespace

Verdict judge(const RunArguments& arguments, const SectionEnd& end) {
  if (end.child.exec_errno != 0) return exec_failure(arguments, end.child.exec_errno);
  if (end.cause == EndCause::lease || !end.held) return lost(arguments, end);
  if (end.cause == EndCause::timeout) {
    return {exit_code::timed_out, "the command took longer than " + human_duration(arguments.timeout) +
                                      " (--timeout); it " + describe_child(end.child)};
  }
  return {end.child.exit_code, ""};
}

std::string describe_release(lock::ReleaseOutcome outcome, const RunArguments& arguments) {
  switch (outcome) {
    case lock::ReleaseOutcome::released: return "";
    case lock::ReleaseOutcome::already_lost:
      return "the lock " + quote(arguments.name) + " was not ours any more when it was to be released";
    case lock::ReleaseOutcome::in_doubt:
      return "could not confirm the release of lock " + quote(arguments.name) +
             "; it becomes free by itself within its lease of " + human_duration(arguments.lease);
  }
  return "";
}

}  // namespace dynamutex::cli
