#include "cli/run_report.hpp"

#include <cstring>

#include "cli/console.hpp"
#include "cli/duration.hpp"
#include "cli/exit_codes.hpp"

namespace dynamutex::cli {
namespace {

std::string describe_child(const ChildEnd& end) {
  if (end.signal != 0) return "was ended by " + std::string(signal_name(end.signal));
  return "ended with exit code " + std::to_string(end.exit_code);
}

Verdict exec_failure(const RunArguments& arguments, int problem) {
  const int code = problem == ENOENT ? exit_code::command_not_found : exit_code::cannot_execute;
  return {code, "cannot execute " + quote(arguments.command.front()) + ": " + std::strerror(problem)};
}

std::string describe_loss(const RunArguments& arguments, const SectionEnd& end) {
  std::string text = end.loss;
  if (text.empty() && !end.held) {
    text = "lock " + quote(arguments.lock.name) + " was lost: its lease ended before the command did";
  } else if (text.empty()) {
    text = "lock " + quote(arguments.lock.name) + " was about to be lost: ";
    text += arguments.renew ? "it was not renewed in time" : "the command took too long for its lease (--no-renew)";
  }
  return end.trouble.empty() ? text : text + " (" + end.trouble + ")";
}

Verdict lost(const RunArguments& arguments, const SectionEnd& end) {
  const std::string fate = describe_child(end.child);
  std::string message = describe_loss(arguments, end);
  if (end.terminated && end.killed) {
    message += "; TERM and KILL were sent to the command, which " + fate;
  } else if (end.terminated || end.killed) {
    message += std::string("; ") + (end.killed ? "KILL" : "TERM") + " was sent to the command, which " + fate;
  } else {
    message += "; the command, unaware of it, " + fate;
  }
  return {exit_code::lease_lost, message};
}

}  // namespace

Verdict judge(const RunArguments& arguments, const SectionEnd& end) {
  if (end.child.exec_errno != 0) return exec_failure(arguments, end.child.exec_errno);
  if (end.cause == EndCause::lease || !end.held) return lost(arguments, end);
  if (end.cause == EndCause::timeout) {
    return {exit_code::timed_out, "the command took longer than " + human_duration(arguments.timeout) + " (--timeout); it " +
                                      describe_child(end.child)};
  }
  return {end.child.exit_code, ""};
}

std::string describe_release(lock::ReleaseOutcome outcome, const RunArguments& arguments) {
  switch (outcome) {
    case lock::ReleaseOutcome::released: return "";
    case lock::ReleaseOutcome::already_lost:
      return "the lock " + quote(arguments.lock.name) + " was not ours any more when it was to be released";
    case lock::ReleaseOutcome::in_doubt:
      return "could not confirm the release of lock " + quote(arguments.lock.name) +
             "; it becomes free by itself within its lease of " + human_duration(arguments.lock.lease);
  }
  return "";
}

}  // namespace dynamutex::cli
