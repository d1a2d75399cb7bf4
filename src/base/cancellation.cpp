#include "dynamutex/cancellation.hpp"

#include <sys/eventfd.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>

namespace dynamutex {

Cancellation::Cancellation() noexcept : descriptor_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {}

Cancellation::~Cancellation() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

void Cancellation::cancel() noexcept {
  cancelled_.store(true, std::memory_order_release);
  if (descriptor_ < 0) return;
  const int saved_errno = errno;
  const std::uint64_t one = 1;
  // A full counter refuses the write, and is readable already.
  [[maybe_unused]] const auto written = ::write(descriptor_, &one, sizeof one);
  errno = saved_errno;
}

}  // namespace dynamutex
