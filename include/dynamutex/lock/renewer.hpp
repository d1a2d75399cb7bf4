#pragma once
// Renewer: keeps leases alive from one thread.

#include <functional>
#include <memory>

#include "dynamutex/clock.hpp"
#include "dynamutex/entropy.hpp"
#include "dynamutex/lock/lease.hpp"

namespace dynamutex::lock {

/// News about one lease, told on the renewer's thread: return soon, and do not call the Renewer from here.
struct RenewerEvents {
  std::function<void()> on_renewed = {};  ///< After each success.
  std::function<void(const Error& reason)> on_at_risk;  ///< Once: two thirds of the lease went by without success.
  std::function<void(const Error& reason)> on_lost;     ///< Once: the lease ended, or the table says it is not ours.
};

/// Renews any number of leases from one thread of its own, each at a third of its length, and again with jitter after a
/// failure until it ends.
///
/// News come from the clock and not from the network: a request that hangs is given up when there is news to tell.
/// Thread-safe. The destructor ends a request under way, joins the thread and releases nothing. Clock and
/// entropy must outlive it.
class Renewer {
 public:
  Renewer(Clock& clock, Entropy& entropy);
  ~Renewer();
  Renewer(const Renewer&) = delete;
  Renewer& operator=(const Renewer&) = delete;

  /// Starts renewing `lease` until it is removed, released, lost or the Renewer goes. The lease may be moved meanwhile.
  void add(const Lease& lease, RenewerEvents events = {});

  /// Stops renewing `lease`; no event of it is told once this returned. Blocks while one of its requests or events is
  /// under way.
  void remove(const Lease& lease);

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace dynamutex::lock
