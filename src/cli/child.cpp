#include "cli/child.hpp"

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstring>
#include <utility>

#include "cli/exit_codes.hpp"

namespace dynamutex::cli {
namespace {

Error cannot_start(const char* what) {
  Error error;
  error.kind = ErrorKind::not_applied;
  error.message = std::string("cannot start the command: ") + what + ": " + std::strerror(errno);
  return error;
}

std::vector<char*> pointers_to(const std::vector<std::string>& texts) {
  std::vector<char*> pointers;
  pointers.reserve(texts.size() + 1);
  for (const std::string& text : texts) pointers.push_back(const_cast<char*>(text.c_str()));
  pointers.push_back(nullptr);
  return pointers;
}

/// All that happens between fork and exec, with signals blocked. Async-signal-safe: other threads' locks may be held here
/// for ever, so nothing may allocate.
[[noreturn]] void become_command(char* const* arguments, char* const* environment, const ChildOptions& options, pid_t parent,
                                 int report) noexcept {
  ::setpgid(0, 0);
  options.guard.protect(::getpid());
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  // The parent may have died before prctl: then no signal comes any more.
  if (::getppid() != parent) ::_exit(exit_code::signalled_base + SIGKILL);
  if (options.terminal != nullptr) options.terminal->give_to(::getpid());
  options.signals.restore_in_child();
  ::execvpe(arguments[0], arguments, environment);
  const int problem = errno;
  [[maybe_unused]] const auto written = ::write(report, &problem, sizeof problem);
  ::_exit(problem == ENOENT ? exit_code::command_not_found : exit_code::cannot_execute);
}

}  // namespace

Result<Child> Child::start(const ChildOptions& options) {
  const std::vector<char*> arguments = pointers_to(options.command);
  const std::vector<char*> environment = pointers_to(options.environment);
  int report[2] = {-1, -1};
  if (::pipe2(report, O_CLOEXEC | O_NONBLOCK) != 0) return cannot_start("pipe");

  options.signals.block_all();
  const pid_t parent = ::getpid();
  const pid_t pid = ::fork();
  if (pid == 0) become_command(arguments.data(), environment.data(), options, parent, report[1]);
  const int fork_errno = errno;
  // Also here, since a signal to the group may be due before the child comes to it.
  if (pid > 0) ::setpgid(pid, pid);
  options.signals.unblock();

  ::close(report[1]);
  if (pid < 0) {
    ::close(report[0]);
    errno = fork_errno;
    return cannot_start("fork");
  }
  return Child(pid, report[0]);
}

Child::Child(Child&& other) noexcept : pid_(other.pid_), exec_report_(std::exchange(other.exec_report_, -1)) {}

Child::~Child() {
  if (exec_report_ >= 0) ::close(exec_report_);
}

void Child::signal_group(int number) const noexcept { ::kill(-pid_, number); }

bool Child::has_ended() const noexcept {
  siginfo_t info{};
  const int answer = ::waitid(P_PID, static_cast<id_t>(pid_), &info, WEXITED | WNOHANG | WNOWAIT);
  // No such child: somebody else collected it, and there is nothing left to wait for.
  return answer != 0 ? errno == ECHILD : info.si_pid == pid_;
}

std::optional<int> Child::take_stop() const noexcept {
  siginfo_t info{};
  if (::waitid(P_PID, static_cast<id_t>(pid_), &info, WSTOPPED | WNOHANG) != 0 || info.si_pid != pid_) {
    return std::nullopt;
  }
  return info.si_status;
}

ChildEnd Child::reap() noexcept {
  ChildEnd end;
  int status = 0;
  while (::waitpid(pid_, &status, 0) < 0 && errno == EINTR) {}
  if (WIFSIGNALED(status)) {
    end.signal = WTERMSIG(status);
    end.exit_code = exit_code::signalled_base + end.signal;
  } else {
    end.exit_code = WEXITSTATUS(status);
  }
  int problem = 0;
  if (::read(exec_report_, &problem, sizeof problem) == static_cast<ssize_t>(sizeof problem)) end.exec_errno = problem;
  return end;
}

}  // namespace dynamutex::cli
