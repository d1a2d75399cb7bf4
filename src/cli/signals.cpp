#include "cli/signals.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>

namespace dynamutex::cli {
namespace {

// What the handler needs, and a handler has no other place to find it.
std::atomic<int> handler_pipe{-1};
std::atomic<Cancellation*> handler_ending{nullptr};
std::atomic<unsigned> handler_continuations{0};
static_assert(std::atomic<int>::is_always_lock_free && std::atomic<Cancellation*>::is_always_lock_free,
              "a handler may use lock-free atomics only");

bool ends_a_wait(int number) noexcept { return number == SIGTERM || number == SIGINT || number == SIGHUP || number == SIGQUIT; }

extern "C" void on_signal(int number) {
  const int saved_errno = errno;
  if (Cancellation* const ending = handler_ending.load(); ending != nullptr && ends_a_wait(number)) ending->cancel();
  if (number == SIGCONT) ++handler_continuations;
  const auto byte = static_cast<unsigned char>(number);
  // A full pipe holds thousands of unread signals: one more tells nothing new.
  [[maybe_unused]] const auto written = ::write(handler_pipe.load(), &byte, 1);
  errno = saved_errno;
}

}  // namespace

Signals::Signals() {
  int ends[2] = {-1, -1};
  if (::pipe2(ends, O_CLOEXEC | O_NONBLOCK) == 0) {
    read_end_ = ends[0];
    write_end_ = ends[1];
  }
  handler_pipe = write_end_;
  endings_.push_back(std::make_unique<Cancellation>());
  handler_ending = endings_.back().get();
  ::pthread_sigmask(SIG_SETMASK, nullptr, &mask_at_start_);
  mask_ = mask_at_start_;
  for (const int number : {SIGTERM, SIGINT, SIGHUP, SIGQUIT, SIGCHLD, SIGCONT, SIGTSTP, SIGUSR1, SIGUSR2}) {
    ::sigdelset(&mask_, number);
  }
  change(SIGPIPE, SIG_IGN, true);
  change(SIGTTOU, SIG_IGN, true);
  for (const int number : {SIGTERM, SIGINT, SIGHUP, SIGQUIT}) change(number, on_signal, false);
  unblock();
}

Signals::~Signals() {
  ::pthread_sigmask(SIG_SETMASK, &mask_at_start_, nullptr);
  for (const Saved& saved : saved_) ::sigaction(saved.number, &saved.action, nullptr);
  handler_ending = nullptr;
  handler_pipe = -1;
  if (read_end_ >= 0) ::close(read_end_);
  if (write_end_ >= 0) ::close(write_end_);
}

void Signals::change(int number, void (*handler)(int), bool even_if_ignored) {
  struct sigaction before {};
  ::sigaction(number, nullptr, &before);
  if (before.sa_handler == SIG_IGN && !even_if_ignored) return;
  struct sigaction action {};
  action.sa_handler = handler;
  action.sa_flags = SA_RESTART;
  ::sigfillset(&action.sa_mask);
  ::sigaction(number, &action, nullptr);
  saved_.push_back({number, before});
}

void Signals::rearm() {
  // A handler may be at work in another thread with the one before, so that is kept.
  endings_.push_back(std::make_unique<Cancellation>());
  handler_ending = endings_.back().get();
}

void Signals::watch_child() {
  saved_before_watching_ = saved_.size();
  // An ignored SIGCHLD would make the kernel throw the child's status away.
  change(SIGCHLD, on_signal, true);
  change(SIGCONT, on_signal, true);
  for (const int number : {SIGTSTP, SIGUSR1, SIGUSR2}) change(number, on_signal, false);
}

void Signals::unwatch_child() {
  while (saved_before_watching_ != 0 && saved_.size() > saved_before_watching_) {
    ::sigaction(saved_.back().number, &saved_.back().action, nullptr);
    saved_.pop_back();
  }
}

std::optional<int> Signals::take_ending() const noexcept {
  for (;;) {
    const auto number = take();
    if (!number || ends_a_wait(*number)) return number;
  }
}

std::optional<int> Signals::take() const noexcept {
  unsigned char byte = 0;
  if (::read(read_end_, &byte, 1) != 1) return std::nullopt;
  return byte;
}

unsigned Signals::continuations() const noexcept { return handler_continuations; }

void Signals::block_all() const noexcept {
  sigset_t all;
  ::sigfillset(&all);
  ::pthread_sigmask(SIG_SETMASK, &all, nullptr);
}

void Signals::unblock() const noexcept { ::pthread_sigmask(SIG_SETMASK, &mask_, nullptr); }

void Signals::restore_in_child() const noexcept {
  for (const Saved& saved : saved_) ::sigaction(saved.number, &saved.action, nullptr);
  ::pthread_sigmask(SIG_SETMASK, &mask_at_start_, nullptr);
}

const char* signal_name(int number) noexcept {
  switch (number) {
    case SIGTERM: return "SIGTERM";
    case SIGINT: return "SIGINT";
    case SIGHUP: return "SIGHUP";
    case SIGQUIT: return "SIGQUIT";
    case SIGKILL: return "SIGKILL";
    case SIGUSR1: return "SIGUSR1";
    case SIGUSR2: return "SIGUSR2";
    case SIGABRT: return "SIGABRT";
    case SIGSEGV: return "SIGSEGV";
    case SIGPIPE: return "SIGPIPE";
    case SIGALRM: return "SIGALRM";
    default: return "a signal";
  }
}

}  // namespace dynamutex::cli
