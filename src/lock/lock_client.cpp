#include "dynamutex/lock/lock_client.hpp"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <utility>

#include "lock/acquisition.hpp"
#include "lock/adoption.hpp"
#include "lock/bulk.hpp"
#include "lock/checks.hpp"
#include "lock/core.hpp"
#include "lock/dialogue.hpp"
#include "lock/writes.hpp"

namespace dynamutex::lock {
namespace {

/// Random digits in an owner's name: enough to tell the processes of one host apart when process ids come again.
constexpr std::size_t kOwnerRandomDigits = 8;

std::string default_owner(Entropy& entropy) {
  std::array<char, 256> host{};
  if (::gethostname(host.data(), host.size() - 1) != 0 || host.front() == '\0') return "unknown:" + random_hex_128(entropy);
  return std::string(host.data()) + ":" + std::to_string(::getpid()) + ":" +
         random_hex_128(entropy).substr(32 - kOwnerRandomDigits);
}

LockClientOptions completed(LockClientOptions options, Entropy& entropy) {
  if (options.owner.empty()) options.owner = default_owner(entropy);
  options.drift_ppm = std::min(options.drift_ppm, kDriftPpmMax);
  options.retention = std::clamp<Duration>(options.retention, Duration::zero(), kRetentionMax);
  return options;
}

}  // namespace

class LockClient::Impl : public Core {
 public:
  using Core::Core;

  /// Reads the whole table and calls `visit(item)` until it fails.
  template <class Visit>
  Result<void> scan(bool consistent, const Cancellation* cancellation, Visit&& visit);

  Result<void> prune_item(const dynamo::Item& item, const Cancellation* cancellation, PruneReport& report);

  /// Frees the lock if `record` is still what stands there. False: it is not.
  Result<bool> free_by_force(const Record& record, MonotonicTime now, const Cancellation* cancellation);

  dynamo::CallOptions bounded(const Cancellation* cancellation) const noexcept {
    return {saturating_add(clock.now(), options.operation_timeout), cancellation};
  }
};

template <class Visit>
Result<void> LockClient::Impl::scan(bool consistent, const Cancellation* cancellation, Visit&& visit) {
  dynamo::Scan request;
  request.consistent = consistent;
  do {
    auto page = table.scan(request, bounded(cancellation));
    if (!page) return std::move(page).error();
    for (const dynamo::Item& item : page->items) {
      if (auto visited = visit(item); !visited) return visited;
    }
    request.start_after = std::move(page->last_key);
  } while (!request.start_after.empty());
  return {};
}

Result<void> LockClient::Impl::prune_item(const dynamo::Item& item, const Cancellation* cancellation, PruneReport& report) {
  ++report.seen;
  const auto record = decode(item, options.schema);
  // What is no lock's record is not ours to delete.
  if (!record || record->released || !record->expires_at) return {};
  const MonotonicTime now = clock.now();
  const auto bounds = table.server_clock().bounds(now);
  if (!bounds || bounds->earliest <= *record->expires_at) return {};
  const auto freed = free_by_force(*record, now, cancellation);
  if (!freed) return freed.error();
  ++(*freed ? report.pruned : report.raced);
  return {};
}

Result<bool> LockClient::Impl::free_by_force(const Record& record, MonotonicTime now, const Cancellation* cancellation) {
  auto outcome = perform(table, free_if_version(*this, record, record.version, {}, now), bounded(cancellation));
  if (!outcome) return std::move(outcome).error();
  if (outcome->status == dynamo::WriteOutcome::Status::applied) return true;
  if (!outcome->doubted) return false;
  // Refused after an earlier try whose reply was lost: by what that one left behind, or by what its holder wrote meanwhile.
  if (!outcome->item) outcome = perform(table, read_of(*this, record.name), bounded(cancellation));
  const auto standing = to_record(*this, std::move(outcome));
  if (!standing) return standing.error();
  return !*standing || (*standing)->released;
}

LockClient::LockClient(dynamo::Table& table, Clock& clock, Entropy& entropy, LockClientOptions options)
    : impl_(std::make_shared<Impl>(table, clock, entropy, completed(std::move(options), entropy))) {}

LockClient::~LockClient() = default;

Result<Lease> LockClient::acquire(const LockName& name, const AcquireOptions& options) {
  if (auto checked = check_name(name, impl_->options.schema); !checked) return std::move(checked).error();
  if (auto checked = check_options(options); !checked) return std::move(checked).error();
  Acquisition acquisition(impl_, name, options);
  converse(acquisition, impl_->table, impl_->clock);
  auto state = acquisition.take_result();
  if (!state) return std::move(state).error();
  return Lease(*std::move(state));
}

Result<Lease> LockClient::adopt(const LeaseHandle& handle, const AdoptOptions& options) {
  if (auto checked = check_name(handle.name, impl_->options.schema); !checked) return std::move(checked).error();
  if (auto checked = check_lease(handle.lease); !checked) return std::move(checked).error();
  if (handle.held.version.empty()) return invalid("the lease's handle names no version of its record");
  auto state = lock::adopt(impl_, handle, options);
  if (!state) return std::move(state).error();
  return Lease(*std::move(state));
}

AcquireAllReport LockClient::acquire_all(const std::vector<LockName>& names, const AcquireOptions& options,
                                         const std::function<void(std::size_t index, Result<Lease> lease)>& each,
                                         const BulkOptions& bulk) {
  AcquireAllReport report;
  lock::acquire_all(impl_, names, options, bulk, [&](std::size_t index, Result<std::shared_ptr<LeaseState>> state) {
    const bool contended = !state && state.error().kind == ErrorKind::contended;
    ++(state ? report.acquired : contended ? report.contended : report.failed);
    if (state) {
      each(index, Lease(*std::move(state)));
    } else {
      each(index, std::move(state).error());
    }
  });
  return report;
}

std::vector<ReleaseOutcome> LockClient::release_all(std::vector<Lease> leases, const BulkOptions& bulk) {
  std::vector<std::shared_ptr<LeaseState>> states;
  states.reserve(leases.size());
  for (const Lease& lease : leases) states.push_back(lease.state_);
  return lock::release_all(*impl_, states, bulk);
}

Result<std::optional<Record>> LockClient::inspect(const LockName& name, const Cancellation* cancellation) {
  if (auto checked = check_name(name, impl_->options.schema); !checked) return std::move(checked).error();
  return to_record(*impl_, perform(impl_->table, read_of(*impl_, name), impl_->bounded(cancellation)));
}

Result<std::vector<Record>> LockClient::list(const Cancellation* cancellation) {
  std::vector<Record> records;
  auto scanned = impl_->scan(true, cancellation, [&](const dynamo::Item& item) -> Result<void> {
    if (auto record = decode(item, impl_->options.schema); record) records.push_back(*std::move(record));
    return {};
  });
  if (!scanned) return std::move(scanned).error();
  return records;
}

Result<BreakOutcome> LockClient::break_lock(const Record& shown) {
  const auto freed = impl_->free_by_force(shown, impl_->clock.now(), nullptr);
  if (!freed) return freed.error();
  return *freed ? BreakOutcome::broken : BreakOutcome::changed;
}

PruneReport LockClient::prune(const Cancellation* cancellation) {
  PruneReport report;
  auto scanned =
      impl_->scan(false, cancellation, [&](const dynamo::Item& item) { return impl_->prune_item(item, cancellation, report); });
  if (!scanned) report.stopped = std::move(scanned).error();
  return report;
}

const dynamo::ServerClock& LockClient::server_clock() const noexcept { return impl_->table.server_clock(); }

const std::string& LockClient::owner() const noexcept { return impl_->options.owner; }

}  // namespace dynamutex::lock
