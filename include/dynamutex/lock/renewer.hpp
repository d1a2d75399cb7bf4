#pragma once
// Renewer: keeps leases alive from one thread.

#include <cstddef>
#include <functional>
#include <memory>

#include "dynamutex/clock.hpp"
#include "dynamutex/entropy.hpp"
#include "dynamutex/export.hpp"
#include "dynamutex/lock/lease.hpp"

namespace dynamutex::lock {

/// News about one lease, told on the renewer's thread: return soon, all others wait for it. `Renewer::add` and `remove`, and all
/// of Lease, may be called from here.
struct RenewerEvents {
  std::function<void()> on_renewed = {};                ///< After each success.
  std::function<void(const Error& reason)> on_at_risk;  ///< Once: two thirds of the lease went by without success.
  std::function<void(const Error& reason)> on_lost;     ///< Once: the lease ended, or the table says it is not ours.
};

struct RenewerOptions {
  /// How many renewals may ever be under way at once on each table that does many at once (dynamo::Table::multi); 1 or more. There
  /// is room for 64; for more only while leases wait for longer than a 24th of their length and it brings more answers a second. Over HTTP/1.1 each is a connection
  /// of its own and a descriptor, of which the default leaves half of the usual 1,024. Leases of length L whose renewals take t each
  /// are kept up to about 2/3 * L / t * in_flight_max of them: 34,000 of 10 s at 100 ms an answer.
  std::size_t in_flight_max = 512;
};

/// Renews any number of leases, of any number of tables, from one thread of its own.
///
/// When: each between a quarter and a third of its length after its last renewal, at random, so that leases that were taken at
/// once part ways; after a failure again and again, with jitter, until it ends. Where more are due than may be under way, the one
/// that ends first comes first, of those that an answer still reaches in time. A request that is not answered is given up
/// after a sixth of the lease or sooner, later after failures. Each table has places of its own: one that is dead takes nothing
/// from the others, and leases that cannot be renewed take no more than half of them. A service that is too slow for all
/// leases is not asked for more and more at once. docs/protocol.md has the figures.
/// News come from the clock and not from the network. On a table that does one request after another, a request is given up when
/// there is news to tell.
/// Promise: whatever it does, `Lease::still_held` is right; it only makes the time longer for which it says yes.
/// Cost: O(log n) for each renewal; the memory of a lease, its Renewer's part included, is below 2 KiB for names of up to a few
/// hundred bytes and without data.
/// Thread-safe. The destructor ends what is under way, joins the thread and releases nothing; what events hold and is destroyed there
/// must not call the Renewer. Clock and entropy must outlive it, those of the leases' clients too; a table must live until `remove` was
/// called for its leases, whether they are still held or not, or until the Renewer is gone.
class DYNAMUTEX_EXPORT Renewer {
 public:
  Renewer(Clock& clock, Entropy& entropy, const RenewerOptions& options = {});
  ~Renewer();
  Renewer(const Renewer&) = delete;
  Renewer& operator=(const Renewer&) = delete;

  /// Starts renewing `lease` until it is removed, released, lost or the Renewer goes. The lease may be moved meanwhile. Added again
  /// it only gets other events. Does not wait for the network.
  void add(const Lease& lease, RenewerEvents events = {});

  /// Stops renewing `lease`; once this returned no event of it is told, AdoptOptions::before_renewal does not run, and its table is
  /// not used for it. A request under way is given up: it is in doubt, and the lease settles it (a dynamo::Client may still be in
  /// the middle of its few retries). Blocks only while an event of this lease is being told or its `before_renewal` runs; and, for
  /// the last lease of its table, until the Renewer's thread has ended the table's requests: after the event that it is telling,
  /// and the request of another table that does one after another. Called from an event it does not wait, and the table must
  /// live until that event has returned and the next one has begun, or `~Renewer` has returned.
  void remove(const Lease& lease);

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace dynamutex::lock
