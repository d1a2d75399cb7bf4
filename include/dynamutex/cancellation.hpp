#pragma once
// Cancellation: one flag that ends waits and requests from another thread or from a signal handler.

#include <atomic>

#include "dynamutex/export.hpp"

namespace dynamutex {

/// Ends, at once, every wait and request that was given a pointer to it.
///
/// Thread-safe; `cancel` is also async-signal-safe (an atomic store and a write(2)). It stays cancelled. The owner keeps it
/// alive as long as any call that was given it. It owns one descriptor (eventfd(2), close-on-exec); where none can be
/// had, waits look at the flag every 50 ms instead.
class DYNAMUTEX_EXPORT Cancellation {
 public:
  Cancellation() noexcept;
  ~Cancellation();
  Cancellation(const Cancellation&) = delete;
  Cancellation& operator=(const Cancellation&) = delete;

  void cancel() noexcept;
  [[nodiscard]] bool cancelled() const noexcept { return cancelled_.load(std::memory_order_acquire); }

  /// A descriptor that is readable once cancelled, for poll(2); -1 where none could be had. Never read from it.
  [[nodiscard]] int descriptor() const noexcept { return descriptor_; }

 private:
  std::atomic<bool> cancelled_{false};
  int descriptor_;
};

}  // namespace dynamutex
