// error: deleted
#include <iostream>

#include "dynamutex/secret.hpp"

void print(const dynamutex::Secret& secret) {
#ifdef MUST_NOT_COMPILE
  std::cout << secret;
#else
  std::cout << secret.size();
#endif
}
