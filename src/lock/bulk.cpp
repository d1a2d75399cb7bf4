#include "lock/bulk.hpp"

#include <algorithm>
#include <map>
#include <numeric>
#include <optional>
#include <string>
#include <utility>

#include "lock/acquisition.hpp"
#include "lock/checks.hpp"
#include "lock/exchange.hpp"
#include "lock/releasing.hpp"

namespace dynamutex::lock {
namespace {

/// For each name whether it stands earlier in the list as well.
std::vector<bool> repetitions(const std::vector<LockName>& names) {
  std::vector<std::size_t> order(names.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return names[a] < names[b]; });
  std::vector<bool> repeated(names.size());
  for (std::size_t i = 1; i < order.size(); ++i) repeated[order[i]] = names[order[i - 1]] == names[order[i]];
  return repeated;
}

Error untried(const LockName& name, const char* why) {
  return make_error(ErrorKind::timed_out, "lock '" + name.key + "' was not tried: " + why);
}

/// Why the lock is not even tried; nothing where it is.
std::optional<Error> obstacle(const Core& core, const LockName& name, bool repeated, const AcquireOptions& options,
                              MonotonicTime latest) {
  if (auto checked = check_name(name, core.options.schema); !checked) return std::move(checked).error();
  if (auto checked = check_options(options); !checked) return std::move(checked).error();
  if (repeated) return invalid("lock '" + name.key + "' is named twice");
  if (is_cancelled({latest, options.cancellation})) return untried(name, "the call was cancelled");
  if (core.clock.now() >= latest) return untried(name, "the time for all locks is over");
  return std::nullopt;
}

}  // namespace

void acquire_all(const std::shared_ptr<Core>& core, const std::vector<LockName>& names, const AcquireOptions& options,
                 const BulkOptions& bulk,
                 const std::function<void(std::size_t index, Result<std::shared_ptr<LeaseState>> state)>& each) {
  const MonotonicTime latest = saturating_add(core->clock.now(), bulk.timeout);
  const std::vector<bool> repeated = repetitions(names);
  std::map<std::uint64_t, std::unique_ptr<Acquisition>> under_way;
  Line line(core->table, bulk.parallelism);
  line.open();
  Exchange exchange(core->clock);
  const Cancellation* wake = options.cancellation;
  std::size_t next = 0;
  while (next < names.size() || !under_way.empty()) {
    for (; next < names.size() && line.has_room(); ++next) {
      if (auto error = obstacle(*core, names[next], repeated[next], options, latest); error) {
        each(next, *std::move(error));
        continue;
      }
      auto& acquisition = under_way[next];
      acquisition = std::make_unique<Acquisition>(core, names[next], options, latest);
      exchange.begin(next, line, *acquisition);
    }
    if (under_way.empty()) continue;
    const bool cancelled = is_cancelled({latest, wake});
    const auto done = exchange.step(MonotonicTime::max(), wake);
    // Once it has ended the pauses, what is left has deadlines of its own.
    if (cancelled) wake = nullptr;
    if (done) each(static_cast<std::size_t>(*done), under_way.extract(*done).mapped()->take_result());
  }
}

std::vector<ReleaseOutcome> release_all(Core& core, const std::vector<std::shared_ptr<LeaseState>>& states,
                                        const BulkOptions& bulk) {
  const MonotonicTime latest = saturating_add(core.clock.now(), bulk.timeout);
  std::vector<ReleaseOutcome> outcomes(states.size(), ReleaseOutcome::released);
  std::map<std::uint64_t, std::unique_ptr<Releasing>> under_way;
  std::map<const dynamo::Table*, Line> lines;
  Exchange exchange(core.clock);
  std::size_t next = 0;
  while (next < states.size() || !under_way.empty()) {
    while (next < states.size()) {
      LeaseState* const state = states[next].get();
      if (state == nullptr) {
        ++next;
        continue;
      }
      Line& line = lines.try_emplace(&state->core().table, state->core().table, bulk.parallelism).first->second;
      line.open();
      if (!line.has_room()) break;
      const Duration left = std::max(latest - core.clock.now(), Duration::zero());
      auto& releasing = under_way[next];
      releasing = std::make_unique<Releasing>(state->take_turn(), std::min(left, state->core().options.release_timeout));
      exchange.begin(next, line, *releasing);
      ++next;
    }
    if (under_way.empty()) continue;
    const auto done = exchange.step(MonotonicTime::max(), nullptr);
    if (done) outcomes[static_cast<std::size_t>(*done)] = under_way.extract(*done).mapped()->result();
  }
  return outcomes;
}

}  // namespace dynamutex::lock
