// error: conver
#include "dynamutex/secret.hpp"

dynamutex::Secret secret_of(const char* text) {
#ifdef MUST_NOT_COMPILE
  return text;
#else
  return dynamutex::Secret(text);
#endif
}
