#include "cli/run_report.hpp"

#include <doctest/doctest.h>

#include <cerrno>
#include <csignal>
#include <string>

using namespace std::chrono_literals;
using dynamutex::cli::ChildEnd;
using dynamutex::cli::describe_release;
using dynamutex::cli::EndCause;
using dynamutex::cli::judge;
using dynamutex::cli::RunArguments;
using dynamutex::cli::SectionEnd;
using dynamutex::lock::ReleaseOutcome;

namespace {

RunArguments some_arguments() {
  RunArguments arguments;
  arguments.lock.name = "deploy";
  arguments.command = {"make"};
  arguments.timeout = 30s;
  return arguments;
}

SectionEnd ended_with(int exit_code) {
  SectionEnd end;
  end.child.exit_code = exit_code;
  return end;
}

SectionEnd ended_by(int signal) {
  SectionEnd end = ended_with(128 + signal);
  end.child.signal = signal;
  return end;
}

bool has(const std::string& text, const char* part) { return text.find(part) != std::string::npos; }

}  // namespace

TEST_CASE("a command's own exit code is passed on without a word") {
  for (const int code : {0, 1, 75, 76, 124, 255}) {
    const auto verdict = judge(some_arguments(), ended_with(code));
    CHECK(verdict.exit_code == code);
    CHECK(verdict.message.empty());
  }
  CHECK(judge(some_arguments(), ended_by(SIGSEGV)).exit_code == 139);
}

TEST_CASE("a command that could not be executed is told apart from one that was not found") {
  SectionEnd end = ended_with(127);
  end.child.exec_errno = ENOENT;
  CHECK(judge(some_arguments(), end).exit_code == 127);
  CHECK(judge(some_arguments(), end).message == "cannot execute 'make': No such file or directory");
  end.child.exec_errno = EACCES;
  CHECK(judge(some_arguments(), end).exit_code == 126);
  end.child.exec_errno = ENOEXEC;
  CHECK(judge(some_arguments(), end).exit_code == 126);
}

TEST_CASE("a command that we ended for its lease is a loss, whatever it answered") {
  SectionEnd end = ended_with(0);
  end.cause = EndCause::lease;
  end.terminated = true;
  end.loss = "lock 'deploy' was lost: it is held by x now";
  end.trouble = "no route";
  const auto verdict = judge(some_arguments(), end);
  CHECK(verdict.exit_code == 76);
  CHECK(verdict.message ==
        "lock 'deploy' was lost: it is held by x now (no route); TERM was sent to the command, which "
        "ended with exit code 0");
}

TEST_CASE("a command that outlived its lease is a loss, although it ended by itself") {
  SectionEnd end = ended_with(0);
  end.held = false;
  const auto verdict = judge(some_arguments(), end);
  CHECK(verdict.exit_code == 76);
  CHECK(has(verdict.message, "unaware of it"));
}

TEST_CASE("a killed command's end is told") {
  SectionEnd end = ended_by(SIGKILL);
  end.cause = EndCause::lease;
  end.killed = true;
  CHECK(has(judge(some_arguments(), end).message, "KILL was sent"));
  CHECK(has(judge(some_arguments(), end).message, "not renewed in time"));
  end.terminated = true;
  CHECK(has(judge(some_arguments(), end).message, "TERM and KILL were sent"));
  CHECK(has(judge(some_arguments(), end).message, "SIGKILL"));
}

TEST_CASE("a reached time-out is 124, unless the lease was lost too") {
  SectionEnd end = ended_by(SIGTERM);
  end.cause = EndCause::timeout;
  CHECK(judge(some_arguments(), end).exit_code == 124);
  CHECK(has(judge(some_arguments(), end).message, "longer than 30 s"));
  end.held = false;
  CHECK(judge(some_arguments(), end).exit_code == 76);
}

TEST_CASE("a loss without renewals names them as the reason") {
  RunArguments arguments = some_arguments();
  arguments.renew = false;
  SectionEnd end = ended_by(SIGTERM);
  end.cause = EndCause::lease;
  CHECK(has(judge(arguments, end).message, "--no-renew"));
}

TEST_CASE("only a release that is not plainly done is worth a word") {
  CHECK(describe_release(ReleaseOutcome::released, some_arguments()).empty());
  CHECK(has(describe_release(ReleaseOutcome::in_doubt, some_arguments()), "within its lease of 20 s"));
  CHECK(has(describe_release(ReleaseOutcome::already_lost, some_arguments()), "not ours any more"));
}
