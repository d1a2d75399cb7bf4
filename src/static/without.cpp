// In place of what a static program would otherwise carry without ever using it. Defined here, so that the linker looks no further.

#include <netdb.h>

#include <cstddef>
#include <cstdlib>
#include <functional>
#include <new>
#include <string>
#include <system_error>

// glibc's lookups load shared libraries at run time. libcrypto's own connections ask for them, which nothing here opens: names
// are resolved by c-ares, which asks for a service's number only where none is given.
extern "C" {

int getaddrinfo(const char* /*host*/, const char* /*service*/, const addrinfo* /*hints*/, addrinfo** /*found*/) {
  return EAI_FAIL;
}
void freeaddrinfo(addrinfo* /*found*/) {}
hostent* gethostbyname(const char* /*host*/) { return nullptr; }
servent* getservbyname(const char* /*name*/, const char* /*protocol*/) { return nullptr; }
int getservbyport_r(int /*port*/, const char* /*protocol*/, servent* /*memory*/, char* /*text*/, size_t /*size*/,
                    servent** found) {
  *found = nullptr;
  return 0;
}

}  // extern "C"

// Exceptions: nothing here catches one, so that whatever the standard library throws ends the program. These end it at once, without
// the machinery of throwing, and without the demangler that would print the exception's type.
extern "C" int __gxx_personality_v0(...);
extern "C" int __gxx_personality_v0(...) { std::abort(); }

namespace __gnu_cxx {
void __verbose_terminate_handler();
void __verbose_terminate_handler() { std::abort(); }
}  // namespace __gnu_cxx

namespace std {
void __throw_bad_alloc() { std::abort(); }
void __throw_bad_array_new_length() { std::abort(); }
void __throw_bad_cast() { std::abort(); }
void __throw_bad_function_call() { std::abort(); }
void __throw_invalid_argument(const char* /*what*/) { std::abort(); }
void __throw_length_error(const char* /*what*/) { std::abort(); }
void __throw_logic_error(const char* /*what*/) { std::abort(); }
void __throw_out_of_range(const char* /*what*/) { std::abort(); }
void __throw_out_of_range_fmt(const char* /*what*/, ...) { std::abort(); }
void __throw_runtime_error(const char* /*what*/) { std::abort(); }
void __throw_system_error(int /*number*/) { std::abort(); }
}  // namespace std

void* operator new(std::size_t size) {
  void* const memory = std::malloc(size == 0 ? 1 : size);
  if (memory == nullptr) std::abort();
  return memory;
}
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t /*size*/) noexcept { std::free(memory); }
