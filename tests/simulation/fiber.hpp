#pragma once
// Fibers: code that blocks, on one thread.

#include <cstddef>
#include <functional>

#include "simulation/stack_switch.hpp"

namespace dynamutex::simulation {

/// A function with a stack of its own that can stop in its middle. It is resumed from outside of any fiber, and suspends itself.
///
/// Not thread-safe: all fibers of a program share one thread. A fiber that did not finish leaks what its stack owns, so
/// its owner runs every fiber to its end. AddressSanitizer and ThreadSanitizer are told of each switch.
class Fiber {
 public:
  explicit Fiber(std::function<void()> body);
  ~Fiber();
  Fiber(const Fiber&) = delete;
  Fiber& operator=(const Fiber&) = delete;

  /// Runs the body until it suspends or ends.
  void resume();
  /// Gives control back to whoever resumed; called from within the body.
  void suspend();
  [[nodiscard]] bool done() const noexcept { return done_; }

 private:
  void run();

  std::function<void()> body_;
  StackPosition inside_;
  StackPosition outside_;
  void* stack_;
  bool done_ = false;
  [[maybe_unused]] void* sanitizer_inside_ = nullptr;
  [[maybe_unused]] void* sanitizer_outside_ = nullptr;
  [[maybe_unused]] const void* outside_stack_ = nullptr;
  [[maybe_unused]] std::size_t outside_stack_size_ = 0;
};

}  // namespace dynamutex::simulation
