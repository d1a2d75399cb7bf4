// error: unused-result
#include "dynamutex/lock/lease.hpp"

void keep(dynamutex::lock::Lease& lease) {
#ifdef MUST_NOT_COMPILE
  lease.renew();
#else
  if (!lease.renew()) lease.release();
#endif
}
