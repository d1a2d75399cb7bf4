#include "simulation/machine.hpp"

#include <algorithm>

namespace dynamutex::simulation {
namespace {

constexpr std::int64_t kMillion = 1'000'000;
/// No schedule comes near it; larger spans mean "no deadline".
constexpr Duration kReckonable = std::chrono::hours(24 * 365 * 50);

}  // namespace

MonotonicTime Machine::monotonic(TrueTime at) const noexcept {
  const std::int64_t t = at.count();
  return MonotonicTime(boot + Duration(t + t / kMillion * rate_ppm + t % kMillion * rate_ppm / kMillion));
}

TrueTime Machine::when(MonotonicTime local) const noexcept {
  if (local.time_since_epoch() <= boot) return TrueTime::zero();
  const Duration span = local.time_since_epoch() - boot;
  if (span > kReckonable) return kNever;
  const std::int64_t unit = kMillion + rate_ppm;
  const std::int64_t x = span.count();
  TrueTime at(x - x / unit * rate_ppm - x % unit * rate_ppm / unit);
  while (at > TrueTime::zero() && monotonic(at - Duration(1)) >= local) at -= Duration(1);
  while (monotonic(at) < local) at += Duration(1);
  return at;
}

void Machine::freeze(TrueTime now, TrueTime until) noexcept {
  const TrueTime from = std::max(now, frozen_until);
  if (until <= from) return;
  frozen_for += until - from;
  frozen_until = until;
}

}  // namespace dynamutex::simulation
