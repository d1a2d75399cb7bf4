// error: deleted
#include <utility>

#include "dynamutex/lock/lease.hpp"

void hand_over(dynamutex::lock::Lease& lease) {
#ifdef MUST_NOT_COMPILE
  dynamutex::lock::Lease other = lease;
#else
  dynamutex::lock::Lease other = std::move(lease);
#endif
  static_cast<void>(other.still_held());
}
