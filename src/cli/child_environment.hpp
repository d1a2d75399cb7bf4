#pragma once
// What a command finds in its environment.

#include <string>
#include <vector>

#include "dynamutex/lock/lease.hpp"

namespace dynamutex::cli {

/// This process's environment, and what a command may want to know of its lock: DYNAMUTEX_LOCK, DYNAMUTEX_OWNER and, where the lease
/// is fenced, DYNAMUTEX_FENCING_TOKEN. "NAME=value" each.
[[nodiscard]] std::vector<std::string> child_environment(const lock::Lease& lease);

}  // namespace dynamutex::cli
