#pragma once
// What is refused before any request.

#include "dynamutex/lock/lock_client.hpp"

namespace dynamutex::lock {

// Errors of all: `invalid`.

[[nodiscard]] Error invalid(std::string message);
[[nodiscard]] Result<void> check_name(const LockName& name, const KeySchema& schema);
[[nodiscard]] Result<void> check_lease(Duration lease);
[[nodiscard]] Result<void> check_options(const AcquireOptions& options);

}  // namespace dynamutex::lock
