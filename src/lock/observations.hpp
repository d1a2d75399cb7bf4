#pragma once
// Since when each record was seen unchanged.

#include <cstddef>
#include <map>
#include <mutex>
#include <string>

#include "dynamutex/clock.hpp"
#include "dynamutex/lock/record.hpp"

namespace dynamutex::lock {

/// Remembers, per lock, the version last seen and when it was first seen. It outlives a failed acquire, so that a caller who
/// tries again and again does see a dead record's lease go by.
///
/// Thread-safe. Bounded: where too many locks are remembered, the one longest unseen is forgotten, which only makes an
/// observation start again.
class Observations {
 public:
  static constexpr std::size_t kMax = 4096;

  /// Notes that a look received at `received` showed `version`, and tells when this version was first received.
  MonotonicTime note(const LockName& name, const std::string& version, MonotonicTime received);

  void forget(const LockName& name);

 private:
  struct Seen {
    std::string version;
    MonotonicTime first;
    MonotonicTime last;
  };

  std::mutex mutex_;
  std::map<LockName, Seen> seen_;
};

}  // namespace dynamutex::lock
