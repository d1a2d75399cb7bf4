#pragma once
// Stopping in the middle of one stack and going on in the middle of another.

#if !defined(__x86_64__)
#include <ucontext.h>
#endif

#include <cstddef>

namespace dynamutex::simulation {

/// Where a flow of control stands while another one runs: what the calling convention has a function preserve.
///
/// Unlike swapcontext(3) it leaves the signal mask alone, and so needs no system call (on x86-64; elsewhere it is swapcontext).
class StackPosition {
 public:
  /// Begins `entry(argument)` on `stack` at the first switch to it; `entry` never returns.
  void begin(void* stack, std::size_t size, void (*entry)(void*), void* argument);

  /// Keeps the present position in `here` and goes on at `there`.
  static void go(StackPosition& here, StackPosition& there);

 private:
#if defined(__x86_64__)
  void* stack_pointer_ = nullptr;
#else
  ucontext_t context_{};
#endif
};

}  // namespace dynamutex::simulation
