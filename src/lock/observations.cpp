#include "lock/observations.hpp"

#include <algorithm>

namespace dynamutex::lock {

MonotonicTime Observations::note(const LockName& name, const std::string& version, MonotonicTime received) {
  const std::lock_guard lock(mutex_);
  const auto found = seen_.find(name);
  if (found != seen_.end()) {
    Seen& seen = found->second;
    if (seen.version != version) {
      seen.version = version;
      seen.first = received;
    }
    seen.last = received;
    return seen.first;
  }
  if (seen_.size() >= kMax) {
    const auto oldest =
        std::min_element(seen_.begin(), seen_.end(), [](const auto& a, const auto& b) { return a.second.last < b.second.last; });
    seen_.erase(oldest);
  }
  seen_.emplace(name, Seen{version, received, received});
  return received;
}

void Observations::forget(const LockName& name) {
  const std::lock_guard lock(mutex_);
  seen_.erase(name);
}

}  // namespace dynamutex::lock
