#pragma once
// Leases that move between processes: as a handle, and from one.

#include <memory>
#include <string>

#include "dynamutex/lock/lease_handle.hpp"
#include "lock/lease_state.hpp"

namespace dynamutex::lock {

/// The lease as it stands, for another process.
[[nodiscard]] LeaseHandle describe(const LeaseState& state, std::string boot_id);

/// What `LockClient::adopt` promises. The handle was checked.
[[nodiscard]] Result<std::shared_ptr<LeaseState>> adopt(std::shared_ptr<Core> core, const LeaseHandle& handle,
                                                        const AdoptOptions& options);

}  // namespace dynamutex::lock
