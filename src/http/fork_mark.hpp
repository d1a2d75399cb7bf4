#pragma once
// Telling a process from the children that inherited its memory.

#include <sys/types.h>

namespace dynamutex::http {

/// Knows whether it was made by this process or came through fork(2), without a system call where the kernel can wipe a
/// page on fork (MADV_WIPEONFORK, madvise(2), Linux 4.14), else by getpid(2).
///
/// Thread-safe. Owns one page of memory.
class ForkMark {
 public:
  ForkMark() noexcept;
  ~ForkMark();
  ForkMark(const ForkMark&) = delete;
  ForkMark& operator=(const ForkMark&) = delete;

  [[nodiscard]] bool inherited() const noexcept;

 private:
  const volatile unsigned char* page_ = nullptr;
  pid_t process_;
};

}  // namespace dynamutex::http
