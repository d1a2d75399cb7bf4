// Leases that move between processes: as a handle, and from one.

#include <utility>

#include "lock/adoption.hpp"
#include "lock/dialogue.hpp"
#include "lock/rules.hpp"

namespace dynamutex::lock {
namespace {

LeaseTerm term_of(const Core& core, const RecordWrite& write) {
  return {write.record.version, saturating_add(write.from, shrunk(write.record.lease, core.options.drift_ppm))};
}

/// When the term began to count. A time that this clock cannot have told is no time to rely on.
MonotonicTime began(const Core& core, const LeaseTerm& term, Duration lease, bool same_boot) {
  const bool plausible = same_boot && term.valid_until <= saturating_add(core.clock.now(), lease);
  return plausible ? saturating_add(term.valid_until, -shrunk(lease, core.options.drift_ppm)) : MonotonicTime::min();
}

/// The renewal that may still be under way, to be sent again as it was. Of a time that is not relied on only its version
/// matters, for a release.
std::unique_ptr<RecordWrite> sent_before(const Core& core, const Record& current, const LeaseTerm& term, MonotonicTime from) {
  if (from != MonotonicTime::min()) return std::make_unique<RecordWrite>(next_write(core, current, term.version, from));
  auto write = std::make_unique<RecordWrite>(RecordWrite{current, {}, from});
  write->record.version = term.version;
  return write;
}

}  // namespace

LeaseHandle describe(const LeaseState& state, std::string boot_id) {
  const auto [held, pending] = state.writes();
  LeaseHandle handle;
  handle.name = held.record.name;
  handle.owner = held.record.owner;
  handle.lease = held.record.lease;
  handle.fencing_token = held.record.fencing_token;
  handle.boot_id = std::move(boot_id);
  handle.held = term_of(state.core(), held);
  if (pending) handle.pending = term_of(state.core(), *pending);
  return handle;
}

Result<std::shared_ptr<LeaseState>> adopt(std::shared_ptr<Core> core, const LeaseHandle& handle, const AdoptOptions& options) {
  const dynamo::CallOptions call{saturating_add(core->clock.now(), core->options.operation_timeout), options.cancellation};
  auto record = to_record(*core, perform(core->table, read_of(*core, handle.name), call));
  if (!record) return std::move(record).error();
  const bool is_held = *record && (*record)->version == handle.held.version;
  const bool is_pending = *record && handle.pending && (*record)->version == handle.pending->version;
  if ((!is_held && !is_pending) || (*record)->released || (*record)->fencing_token != handle.fencing_token) {
    return lost_error(handle.name, taken_by(*record));
  }
  const bool same_boot = !handle.boot_id.empty() && handle.boot_id == options.boot_id;
  const LeaseTerm& term = is_pending ? *handle.pending : handle.held;
  RecordWrite held;
  held.record = **std::move(record);
  held.record.lease = handle.lease;
  held.expiry.expires_at = held.record.expires_at;
  held.from = began(*core, term, handle.lease, same_boot);
  Adopted adopted;
  adopted.owner = held.record.owner;
  if (is_held && handle.pending) {
    adopted.pending = sent_before(*core, held.record, *handle.pending, began(*core, *handle.pending, handle.lease, same_boot));
  }
  auto state = std::make_shared<LeaseState>(std::move(core), std::move(held));
  if (options.before_renewal) {
    adopted.journal = [state = state.get(), options] { return options.before_renewal(describe(*state, options.boot_id)); };
  }
  state->carry_on(std::move(adopted));
  return state;
}

}  // namespace dynamutex::lock
