#pragma once
// What every operation of a LockClient works on.

#include <utility>

#include "dynamutex/clock.hpp"
#include "dynamutex/dynamo/table.hpp"
#include "dynamutex/entropy.hpp"
#include "dynamutex/lock/lock_client.hpp"
#include "lock/observations.hpp"

namespace dynamutex::lock {

/// Shared by a LockClient and its leases. Thread-safe: its parts are.
struct Core {
  Core(dynamo::Table& table_ref, Clock& clock_ref, Entropy& entropy_ref, LockClientOptions given)
      : table(table_ref), clock(clock_ref), entropy(entropy_ref), options(std::move(given)) {}

  dynamo::Table& table;
  Clock& clock;
  Entropy& entropy;
  const LockClientOptions options;
  Observations observations;
};

}  // namespace dynamutex::lock
