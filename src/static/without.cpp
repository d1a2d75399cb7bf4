// In place of what a static program would otherwise carry without ever using it. Defined here, so that the linker looks no further.

#include <netdb.h>

#include <cstdlib>

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

namespace __gnu_cxx {

// The library's own prints the exception's type, for which it brings a demangler along. There are no exceptions here.
void __verbose_terminate_handler();
void __verbose_terminate_handler() { std::abort(); }

}  // namespace __gnu_cxx
