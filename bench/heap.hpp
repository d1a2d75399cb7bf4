#pragma once
// How much memory the process has, by malloc's own books and by the kernel's.

#include <malloc.h>
#include <unistd.h>

#include <fstream>

namespace bench {

struct Heap {
  long long in_use = 0;    ///< Bytes handed out and not given back.
  long long resident = 0;  ///< Bytes of the resident set, proc(5).
};

inline Heap heap() {
  const struct mallinfo2 info = ::mallinfo2();
  long long total = 0;
  long long resident = 0;
  std::ifstream("/proc/self/statm") >> total >> resident;
  return {static_cast<long long>(info.uordblks + info.hblkhd), resident * ::sysconf(_SC_PAGESIZE)};
}

}  // namespace bench
