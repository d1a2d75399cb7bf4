// error: conver
#include <string_view>

#include "dynamutex/secret.hpp"

std::string_view text_of(const dynamutex::Secret& secret) {
#ifdef MUST_NOT_COMPILE
  return secret;
#else
  return secret.reveal();
#endif
}
