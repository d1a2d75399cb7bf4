#include "dynamutex/clock.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cstddef>

namespace dynamutex {

std::string boot_id() {
  const int file = ::open("/proc/sys/kernel/random/boot_id", O_RDONLY | O_CLOEXEC);
  if (file < 0) return {};
  char text[64];
  const ssize_t length = ::read(file, text, sizeof text);
  ::close(file);
  std::string id(text, length > 0 ? static_cast<std::size_t>(length) : 0);
  while (!id.empty() && id.back() == '\n') id.pop_back();
  return id;
}

}  // namespace dynamutex
