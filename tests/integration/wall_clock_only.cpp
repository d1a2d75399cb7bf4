// Preloaded before libfaketime, which shifts every absolute timer of timerfd_settime(2) by the offset of the wall clock, also
// those on CLOCK_BOOTTIME and whatever its settings say. The tests want the wall clock wrong and every other clock right.

#include <sys/syscall.h>
#include <sys/timerfd.h>
#include <unistd.h>

extern "C" int timerfd_settime(int descriptor, int flags, const itimerspec* value, itimerspec* before) noexcept {
  return static_cast<int>(::syscall(SYS_timerfd_settime, descriptor, flags, value, before));
}
