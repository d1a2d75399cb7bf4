#pragma once
// Many locks at once from one thread.

#include <cstddef>
#include <functional>
#include <memory>
#include <vector>

#include "dynamutex/lock/lock_client.hpp"
#include "lock/core.hpp"
#include "lock/lease_state.hpp"

namespace dynamutex::lock {

/// See LockClient::acquire_all.
void acquire_all(const std::shared_ptr<Core>& core, const std::vector<LockName>& names, const AcquireOptions& options,
                 const BulkOptions& bulk,
                 const std::function<void(std::size_t index, Result<std::shared_ptr<LeaseState>> state)>& each);

/// See LockClient::release_all. A null state counts as released.
[[nodiscard]] std::vector<ReleaseOutcome> release_all(Core& core, const std::vector<std::shared_ptr<LeaseState>>& states,
                                                      const BulkOptions& bulk);

}  // namespace dynamutex::lock
