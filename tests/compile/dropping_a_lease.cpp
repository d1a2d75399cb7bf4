// error: unused-result
#include "dynamutex/lock/lock_client.hpp"

void acquire(dynamutex::lock::LockClient& client) {
#ifdef MUST_NOT_COMPILE
  client.acquire({"deploy", {}});
#else
  const auto lease = client.acquire({"deploy", {}});
  static_cast<void>(lease.ok());
#endif
}
