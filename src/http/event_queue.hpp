#pragma once
// Descriptors to wait for, kept by the kernel: what a wait costs depends on how many are ready, not on how many there are.

#include <sys/epoll.h>

#include <array>
#include <cstdint>

namespace dynamutex::http {

/// An epoll(7) instance. Not thread-safe. Owns one descriptor (close-on-exec).
class EventQueue {
 public:
  EventQueue() noexcept;
  ~EventQueue();
  EventQueue(const EventQueue&) = delete;
  EventQueue& operator=(const EventQueue&) = delete;

  /// Readable when there are events to take; -1 where the kernel gave none.
  [[nodiscard]] int descriptor() const noexcept { return descriptor_; }

  /// Watches for `events` (EPOLLIN, EPOLLOUT, or neither), level-triggered. Events come with `tag`. False: the kernel refused.
  bool watch(int descriptor, std::uint32_t events, std::uint64_t tag) noexcept;
  /// The kernel forgets a descriptor by itself when it is closed.
  void forget(int descriptor) noexcept;

  /// Calls `handle(tag, events)` for what is ready now, without blocking. The rest, if any, keeps the queue readable.
  template <class Handle>
  void take(Handle&& handle) {
    std::array<epoll_event, 64> ready;
    const int count = ::epoll_wait(descriptor_, ready.data(), static_cast<int>(ready.size()), 0);
    for (int i = 0; i < count; ++i)
      handle(ready[static_cast<std::size_t>(i)].data.u64, ready[static_cast<std::size_t>(i)].events);
  }

 private:
  int descriptor_;
};

}  // namespace dynamutex::http
