#include "http/event_queue.hpp"

#include <unistd.h>

#include <cerrno>

namespace dynamutex::http {

EventQueue::EventQueue() noexcept : descriptor_(::epoll_create1(EPOLL_CLOEXEC)) {}

EventQueue::~EventQueue() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

bool EventQueue::watch(int descriptor, std::uint32_t events, std::uint64_t tag) noexcept {
  epoll_event event{};
  event.events = events;
  event.data.u64 = tag;
  if (::epoll_ctl(descriptor_, EPOLL_CTL_ADD, descriptor, &event) == 0) return true;
  return errno == EEXIST && ::epoll_ctl(descriptor_, EPOLL_CTL_MOD, descriptor, &event) == 0;
}

void EventQueue::forget(int descriptor) noexcept {
  epoll_event ignored{};
  ::epoll_ctl(descriptor_, EPOLL_CTL_DEL, descriptor, &ignored);
}

}  // namespace dynamutex::http
