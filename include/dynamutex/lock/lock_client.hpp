#pragma once
// LockClient: acquiring, looking at and clearing locks in one table.

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "dynamutex/clock.hpp"
#include "dynamutex/dynamo/table.hpp"
#include "dynamutex/entropy.hpp"
#include "dynamutex/export.hpp"
#include "dynamutex/lock/lease.hpp"
#include "dynamutex/lock/record.hpp"
#include "dynamutex/result.hpp"

namespace dynamutex::lock {

constexpr Duration kLeaseMin = std::chrono::seconds(1);
constexpr Duration kLeaseMax = std::chrono::hours(24 * 366);
constexpr Duration kRetentionMax = std::chrono::hours(24 * 3660);
constexpr unsigned kDriftPpmMax = 900'000;

struct LockClientOptions {
  KeySchema schema;
  std::string owner;  ///< Written as ownerName; empty for "host:pid:random".
  Compat compat = Compat::java;
  /// How much faster or slower the local clock may run, in parts per million: up to kDriftPpmMax. The bounds on the servers' time have an
  /// allowance of their own, dynamo::ServerClockOptions::drift_ppm: raise both.
  unsigned drift_ppm = 500;
  Duration retention = std::chrono::hours(24 * 7);  ///< DynamoDB's TTL deletes a dead record this much later; 0 to kRetentionMax.
  Duration poll_min = std::chrono::milliseconds(50);  ///< First pause between two looks while waiting.
  Duration poll_max = std::chrono::seconds(1);        ///< Longest pause.
  /// Bound on each call that does not wait for a lock; of `list` and `prune`, on each of their requests.
  Duration operation_timeout = std::chrono::seconds(10);
  Duration release_timeout = std::chrono::seconds(3);  ///< Bound on a release.
};

/// What a waiter may want to tell.
struct WaitEvent {
  const LockName& name;
  const Record& holder;
  std::optional<Duration> holder_left;  ///< Until the record can expire; empty while unknown.
};

struct AcquireOptions {
  Duration lease = std::chrono::seconds(20);  ///< kLeaseMin to kLeaseMax.
  /// How long to wait for the lock: zero tries once (within `operation_timeout`), Duration::max() waits forever.
  Duration wait = Duration::zero();
  const Cancellation* cancellation = nullptr;  ///< Ends the call at once; may be null.
  /// Fenced mode: the lease carries a token that grows with every acquisition. All users of a lock must agree on it.
  bool fenced = false;
  std::optional<std::string> data;                ///< Payload for those who look at the record.
  std::function<void(const WaitEvent&)> on_wait;  ///< Called before each pause, on the calling thread.
};

/// For calls about many locks at once.
struct BulkOptions {
  /// How many requests may be under way at once, where the table does many at once (dynamo::Table::multi); 1 or more. A lock that
  /// is waited for takes no place meanwhile.
  std::size_t parallelism = 64;
  /// Bound on the whole call; what was not begun by then is not tried.
  Duration timeout = Duration::max();
};

/// How many of the locks of an `acquire_all` …
struct AcquireAllReport {
  std::size_t acquired = 0;
  std::size_t contended = 0;  ///< … are held by others,
  std::size_t failed = 0;     ///< … could not be taken for another reason.
};

struct PruneReport {
  std::size_t seen = 0;          ///< Records looked at.
  std::size_t pruned = 0;        ///< Expired and removed.
  std::size_t raced = 0;         ///< Expired, but changed before we could remove them.
  std::optional<Error> stopped;  ///< Why not all of the table was looked at; the numbers tell what was done before.
};

/// How breaking a lock ended.
enum class BreakOutcome {
  broken,   ///< The lock is free.
  changed,  ///< The record is another one now, or is gone: nothing was done.
};

/// Locks in one DynamoDB table.
///
/// Protocol: one conditional PutItem acquires and prunes at once, one conditional DeleteItem releases. Who holds a lock
/// follows from the servers' time as their replies bound it, or from watching a record stay unchanged for its whole
/// lease; never from this machine's wall clock.
///
/// Thread-safe. Blocking: each call returns by the deadline that its options imply, or at once when cancelled; one that has to take
/// back what it wrote takes up to 500 ms more after it was cancelled, and 100 ms after its deadline.
/// The table, the clock and the entropy must outlive it, and it must outlive its leases.
class DYNAMUTEX_EXPORT LockClient {
 public:
  LockClient(dynamo::Table& table, Clock& clock, Entropy& entropy, LockClientOptions options = {});
  ~LockClient();
  LockClient(const LockClient&) = delete;
  LockClient& operator=(const LockClient&) = delete;

  /// Takes the lock, at once or after waiting.
  /// Errors: `contended` (someone else holds it and the time to wait is over), `timed_out` (cancelled, or no answer
  /// in time), `ambiguous` (a write is in doubt; the lock may stay taken for one lease), `invalid` (name, lease or record is
  /// wrong), and the table's own.
  [[nodiscard]] Result<Lease> acquire(const LockName& name, const AcquireOptions& options = {});

  /// Takes many locks, each by the rules and with the errors of `acquire`, many requests at once from this thread.
  ///
  /// `each` gets every result once, as it comes, with the index of its name, on this thread: return soon, the requests under way
  /// wait for it. A lease counts from its own write, so in a long call hand each to a Renewer at once. `options.wait` and
  /// `operation_timeout` count for each lock from its first request; `bulk.timeout` bounds them all. What was not tried when that
  /// time is over or the call is cancelled gets `timed_out`. A name that comes twice is `invalid` the second time.
  /// The order is not kept: two callers that wait for overlapping names can each hold what the other waits for until their time
  /// is over. Without `wait` nobody waits for anybody.
  AcquireAllReport acquire_all(const std::vector<LockName>& names, const AcquireOptions& options,
                               const std::function<void(std::size_t index, Result<Lease> lease)>& each,
                               const BulkOptions& bulk = {});

  /// Releases many leases, of this or of other clients, each as `Lease::release` does, many requests at once from this thread; the
  /// outcomes are in the order of the leases. Each takes at most its `release_timeout`, all together `bulk.timeout`; one that
  /// was not tried by then is `in_doubt`, and its record stands until its lease ends.
  std::vector<ReleaseOutcome> release_all(std::vector<Lease> leases, const BulkOptions& bulk = {});

  /// Carries on with a lease that another process, or this one, acquired. Reads the record, consistently, and settles by it what
  /// became of a renewal that the handle calls pending. Blocks for at most `operation_timeout`.
  ///
  /// A lease whose time is over, or was told by the clock of another boot, while its record still stands is adopted with no time
  /// left: it cannot be renewed, but `release` frees the lock.
  /// Errors: `lost` (the record is another's, or gone), `invalid` (the handle is wrong), and the table's own.
  [[nodiscard]] Result<Lease> adopt(const LeaseHandle& handle, const AdoptOptions& options);

  /// The record as it stands, read consistently; empty if there is none.
  [[nodiscard]] Result<std::optional<Record>> inspect(const LockName& name, const Cancellation* cancellation = nullptr);

  /// All lock records of the table, read page by page, each page consistently: what was written before the call is in it. Items
  /// that are no lock records are left out.
  [[nodiscard]] Result<std::vector<Record>> list(const Cancellation* cancellation = nullptr);

  /// Takes the lock from its holder by force, if the record is still the very one that was `shown`: its holder learns of it at
  /// its next renewal, and may act as if it held the lock until then. A fenced record is kept, marked released.
  [[nodiscard]] Result<BreakOutcome> break_lock(const Record& shown);

  /// Removes every record that the servers' time proves to be expired, each only if it is still unchanged. Fenced records are
  /// kept and marked released. Reads the whole table, eventually consistently, at half the price: what it removes it removes
  /// conditionally, so that a stale reading costs a raced removal at most. Stops at the first failure.
  [[nodiscard]] PruneReport prune(const Cancellation* cancellation = nullptr);

  /// The servers' time as the replies so far bound it.
  [[nodiscard]] const dynamo::ServerClock& server_clock() const noexcept;

  [[nodiscard]] const std::string& owner() const noexcept;

 private:
  class Impl;
  std::shared_ptr<Impl> impl_;
};

}  // namespace dynamutex::lock
