#pragma once
// with_lock: acquire, renew, run, release, in one call.

#include <chrono>
#include <optional>
#include <type_traits>
#include <utility>

#include "dynamutex/lock/lock_client.hpp"
#include "dynamutex/lock/renewer.hpp"

namespace dynamutex::lock {

struct WithLockOptions {
  AcquireOptions acquire;
  bool renew = true;                   ///< Renew in the background (one thread) while the function runs.
  Duration timeout = Duration::max();  ///< Bound on the critical section: longer is told as `timed_out`.
};

/// How the critical section went, apart from what the function itself returned.
enum class SectionOutcome {
  completed,  ///< The lock was held until the function returned.
  lost,       ///< The lease ended before the function returned: its effects may have met another holder's.
  timed_out,  ///< The function took longer than `timeout`; the lock was held all the while.
};

template <class T>
struct Section {
  SectionOutcome outcome;
  ReleaseOutcome release;
  T value;  ///< What the function returned.
};
template <>
struct Section<void> {
  SectionOutcome outcome;
  ReleaseOutcome release;
};

/// Runs `fn(lease)` while the lock is held, and releases it on every path, also when `fn` throws.
///
/// `fn` takes `Lease&`; long functions ask `lease.still_held()` before each step with effects. Blocks for the waiting, for
/// `fn` and for the release. `clock` and `entropy` must be those of `client`, or like them.
/// Errors: those of LockClient::acquire; `fn` did not run then.
template <class Fn>
[[nodiscard]] auto with_lock(LockClient& client, Clock& clock, Entropy& entropy, const LockName& name,
                             const WithLockOptions& options, Fn&& fn) -> Result<Section<std::invoke_result_t<Fn, Lease&>>> {
  using Value = std::invoke_result_t<Fn, Lease&>;
  Result<Lease> acquired = client.acquire(name, options.acquire);
  if (!acquired) return std::move(acquired).error();
  Lease lease = *std::move(acquired);

  const MonotonicTime end = saturating_add(clock.now(), options.timeout);
  std::optional<Renewer> renewer;
  if (options.renew) {
    renewer.emplace(clock, entropy);
    renewer->add(lease);
  }
  const auto finish = [&] {
    const auto outcome = !lease.still_held()  ? SectionOutcome::lost
                         : clock.now() >= end ? SectionOutcome::timed_out
                                              : SectionOutcome::completed;
    renewer.reset();
    return std::pair(outcome, lease.release());
  };
  if constexpr (std::is_void_v<Value>) {
    std::forward<Fn>(fn)(lease);
    const auto [outcome, release] = finish();
    return Section<void>{outcome, release};
  } else {
    Value value = std::forward<Fn>(fn)(lease);
    const auto [outcome, release] = finish();
    return Section<Value>{outcome, release, std::move(value)};
  }
}

}  // namespace dynamutex::lock
