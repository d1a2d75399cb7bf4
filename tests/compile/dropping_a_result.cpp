// error: unused-result
#include "dynamutex/result.hpp"

dynamutex::Result<int> read();
dynamutex::Result<void> write();

void use() {
  if (const auto number = read()) static_cast<void>(*number);
#ifdef MUST_NOT_COMPILE
  write();
#else
  static_cast<void>(write());
#endif
}
