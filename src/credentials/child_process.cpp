#include "credentials/child_process.hpp"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstring>

#include "credentials/outcome.hpp"
#include "dynamutex/secret.hpp"

namespace dynamutex::credentials {
namespace {

using std::chrono::duration_cast;
using std::chrono::milliseconds;

/// Bounds a wait whose end nothing else tells: of a program that has closed its output, or after the machine slept.
constexpr milliseconds kSlice{50};

/// The reading end of a pipe, and the program that writes to it. Ends both when it goes.
class Child {
 public:
  Child() = default;
  ~Child() {
    if (output_ >= 0) ::close(output_);
    if (process_ > 0) {
      ::kill(process_, SIGKILL);
      reap(0);
    }
  }
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;

  /// 0, or the errno of what failed.
  int start(const std::vector<std::string>& words);
  [[nodiscard]] int output() const noexcept { return output_; }
  /// Whether the program has ended; `status` is then that of waitpid(2).
  bool ended(int& status) noexcept {
    status = 0;
    return process_ <= 0 || reap(WNOHANG, &status);
  }

 private:
  bool reap(int flags, int* status = nullptr) noexcept {
    int ignored = 0;
    pid_t result = 0;
    do result = ::waitpid(process_, status != nullptr ? status : &ignored, flags);
    while (result < 0 && errno == EINTR);
    if (result == 0) return false;
    process_ = -1;  // Also with ECHILD: someone ignores SIGCHLD, and the kernel reaps.
    return true;
  }

  int output_ = -1;
  pid_t process_ = -1;
};

int Child::start(const std::vector<std::string>& words) {
  int ends[2] = {-1, -1};
  if (::pipe2(ends, O_CLOEXEC) != 0) return errno;
  output_ = ends[0];

  posix_spawn_file_actions_t actions;
  ::posix_spawn_file_actions_init(&actions);
  ::posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  ::posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO);
#if defined(__GLIBC__) && __GLIBC_PREREQ(2, 34)
  ::posix_spawn_file_actions_addclosefrom_np(&actions, STDERR_FILENO + 1);
#endif
  // Our host may block or ignore signals (a supervisor does); the program shall not notice.
  posix_spawnattr_t attributes;
  ::posix_spawnattr_init(&attributes);
  sigset_t signals;
  ::sigemptyset(&signals);
  ::posix_spawnattr_setsigmask(&attributes, &signals);
  for (const int number : {SIGPIPE, SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGCHLD}) ::sigaddset(&signals, number);
  ::posix_spawnattr_setsigdefault(&attributes, &signals);
  ::posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);

  std::vector<char*> arguments;
  arguments.reserve(words.size() + 1);
  for (const std::string& word : words) arguments.push_back(const_cast<char*>(word.c_str()));
  arguments.push_back(nullptr);
  const int result = ::posix_spawnp(&process_, arguments[0], &actions, &attributes, arguments.data(), environ);
  if (result != 0) process_ = -1;
  ::posix_spawnattr_destroy(&attributes);
  ::posix_spawn_file_actions_destroy(&actions);
  ::close(ends[1]);
  return result;
}

Error too_late(const Cancellation* cancellation) {
  const bool cancelled = cancellation != nullptr && cancellation->cancelled();
  return make_error(ErrorKind::timed_out, cancelled ? "cancelled while the process ran" : "the process did not finish in time");
}

/// All that the program writes; nothing (with `text` as far as it came) where an error stands in the way.
Result<void> read_output(Clock& clock, int output, std::string& text, std::size_t bytes_max, MonotonicTime deadline,
                         const Cancellation* cancellation) {
  char buffer[4096];
  for (;;) {
    const Duration left = deadline - clock.now();
    if ((cancellation != nullptr && cancellation->cancelled()) || left <= Duration::zero()) return too_late(cancellation);
    pollfd watched[] = {{output, POLLIN, 0}, {cancellation != nullptr ? cancellation->descriptor() : -1, POLLIN, 0}};
    const auto slice = std::min<Duration>(left, kSlice);
    if (::poll(&watched[0], 2, static_cast<int>(duration_cast<milliseconds>(slice).count()) + 1) <= 0) continue;
    if (watched[0].revents == 0) continue;
    const ssize_t count = ::read(output, &buffer[0], sizeof buffer);
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return {};
    text.append(&buffer[0], static_cast<std::size_t>(count));
    wipe(&buffer[0], sizeof buffer);
    if (text.size() > bytes_max) {
      return make_error(ErrorKind::denied, "the process wrote more than " + std::to_string(bytes_max) + " bytes");
    }
  }
}

Result<void> wait_for_end(Clock& clock, Child& child, MonotonicTime deadline, const Cancellation* cancellation) {
  int status = 0;
  milliseconds pause{1};
  while (!child.ended(status)) {
    if (clock.now() >= deadline || !clock.wait_until(std::min(deadline, saturating_add(clock.now(), pause)), cancellation)) {
      return too_late(cancellation);
    }
    pause = std::min(pause * 2, kSlice);
  }
  if (WIFSIGNALED(status)) {
    return make_error(ErrorKind::denied, "the process was ended by signal " + std::to_string(WTERMSIG(status)));
  }
  if (WEXITSTATUS(status) != 0) {
    return make_error(ErrorKind::denied, "the process failed with exit code " + std::to_string(WEXITSTATUS(status)));
  }
  return {};
}

}  // namespace

Result<std::string> output_of(Clock& clock, const std::vector<std::string>& words, std::size_t bytes_max, MonotonicTime deadline,
                              const Cancellation* cancellation) {
  Child child;
  if (const int number = child.start(words); number != 0) {
    return make_error(ErrorKind::invalid, "cannot run '" + printable(words.front()) + "' (" + std::strerror(number) + ")");
  }
  std::string text;
  text.reserve(bytes_max + 4096);  // Growing would leave copies of secrets behind.
  Result<void> done = read_output(clock, child.output(), text, bytes_max, deadline, cancellation);
  if (done) done = wait_for_end(clock, child, deadline, cancellation);
  if (done) return text;
  wipe(text.data(), text.size());
  return std::move(done).error();
}

}  // namespace dynamutex::credentials
