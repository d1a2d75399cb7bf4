// error: (no match|no viable)
#include <chrono>

#include "dynamutex/lock/lock_client.hpp"

void choose(dynamutex::lock::AcquireOptions& options) {
#ifdef MUST_NOT_COMPILE
  options.lease = 20;
#else
  options.lease = std::chrono::seconds(20);
#endif
}
