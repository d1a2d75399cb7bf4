#include "cli/guard.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/timerfd.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <new>

namespace dynamutex::cli {
namespace {

constexpr std::int64_t kSecond_ns = 1'000'000'000;
constexpr int kLifeline = 0;
constexpr int kTimer = 1;

std::int64_t boottime_ns() noexcept {
  timespec now{};
  ::clock_gettime(CLOCK_BOOTTIME, &now);
  return static_cast<std::int64_t>(now.tv_sec) * kSecond_ns + now.tv_nsec;
}

void close_from(unsigned first) noexcept {
#ifdef SYS_close_range
  if (::syscall(SYS_close_range, first, ~0U, 0U) == 0) return;
#endif
  for (unsigned each = first; each < 1024; ++each) ::close(static_cast<int>(each));
}

void kill_group(std::atomic<pid_t>& group) noexcept {
  const pid_t victim = group.exchange(0);
  if (victim > 0) ::kill(-victim, SIGKILL);
}

}  // namespace

Guard::Guard(const Signals& signals, MonotonicTime kill_at) {
  void* const page = ::mmap(nullptr, sizeof(Shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (page == MAP_FAILED) return;
  shared_ = new (page) Shared;
  put_off(kill_at);
  int ends[2] = {-1, -1};
  if (::pipe2(ends, O_CLOEXEC) != 0) return;

  signals.block_all();
  pid_ = ::fork();
  if (pid_ == 0) stand_guard(*shared_, ends[0]);
  signals.unblock();
  ::close(ends[0]);
  lifeline_ = ends[1];
}

Guard::~Guard() {
  stand_down();
  if (pid_ > 0) {
    // It would end by itself, but not if somebody stopped it.
    ::kill(pid_, SIGKILL);
    while (::waitpid(pid_, nullptr, 0) < 0 && errno == EINTR) {}
  }
  if (lifeline_ >= 0) ::close(lifeline_);
  if (shared_ != nullptr) ::munmap(shared_, sizeof(Shared));
}

void Guard::protect(pid_t group) const noexcept {
  if (shared_ != nullptr) shared_->group = group;
}

void Guard::put_off(MonotonicTime at) const noexcept {
  if (shared_ == nullptr) return;
  const std::int64_t at_ns = at.time_since_epoch().count();
  if (shared_->kill_at_ns < at_ns) shared_->kill_at_ns = at_ns;
}

void Guard::stand_down() const noexcept {
  if (shared_ != nullptr) shared_->group = 0;
}

/// Runs with every signal blocked, and async-signal-safe, since it never executes another program.
void Guard::stand_guard(Shared& shared, int lifeline) noexcept {
  ::setpgid(0, 0);  // what stops or kills the supervisor's group shall not reach its guard
  ::prctl(PR_SET_NAME, "dynamutex-guard");
  ::dup2(lifeline, kLifeline);
  // Nobody shall wait for the end of a pipe that only the guard still holds.
  close_from(kLifeline + 1);
  if (::timerfd_create(CLOCK_BOOTTIME, 0) != kTimer) ::_exit(1);

  for (;;) {
    const std::int64_t kill_at = shared.kill_at_ns;
    if (boottime_ns() >= kill_at) {
      kill_group(shared.group);
      ::_exit(0);
    }
    itimerspec when{};
    when.it_value.tv_sec = static_cast<time_t>(kill_at / kSecond_ns);
    when.it_value.tv_nsec = static_cast<long>(kill_at % kSecond_ns);
    ::timerfd_settime(kTimer, TFD_TIMER_ABSTIME, &when, nullptr);
    pollfd watched[] = {{kLifeline, POLLIN, 0}, {kTimer, POLLIN, 0}};
    ::poll(watched, 2, -1);
    if (watched[0].revents != 0) {
      kill_group(shared.group);
      ::_exit(0);
    }
  }
}

}  // namespace dynamutex::cli
