#include "counted_new.hpp"

#include <cstdlib>
#include <new>

// Every allocation of the process, OpenSSL's included, comes through here: malloc itself is interposed, as operator new
// would miss what C code allocates.
extern "C" {
void* __libc_malloc(std::size_t size);
void* __libc_calloc(std::size_t count, std::size_t size);
void* __libc_realloc(void* memory, std::size_t size);
}

namespace {
thread_local std::size_t count __attribute__((tls_model("initial-exec"))) = 0;
}

#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)  // They interpose it themselves; then nothing is counted.
extern "C" void* malloc(std::size_t size) noexcept {
  ++count;
  return __libc_malloc(size);
}
extern "C" void* calloc(std::size_t items, std::size_t size) noexcept {
  ++count;
  return __libc_calloc(items, size);
}
extern "C" void* realloc(void* memory, std::size_t size) noexcept {
  ++count;
  return __libc_realloc(memory, size);
}
#endif

namespace bench {
std::size_t allocations() noexcept { return count; }
}  // namespace bench
