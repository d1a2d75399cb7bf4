// error: (no match|invalid operands)
#include "dynamutex/clock.hpp"
#include "dynamutex/dynamo/server_clock.hpp"

bool is_over(dynamutex::dynamo::ServerTime expires_at, dynamutex::dynamo::ServerTime server_now,
             dynamutex::MonotonicTime local_now) {
#ifdef MUST_NOT_COMPILE
  return expires_at < local_now;
#else
  static_cast<void>(local_now);
  return expires_at < server_now;
#endif
}
