#include "dynamo/retry.hpp"

#include <algorithm>
#include <chrono>

namespace dynamutex::dynamo {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr Duration kTransientBase = milliseconds(25);
constexpr Duration kThrottlingBase = milliseconds(1000);
constexpr Duration kPauseMax = seconds(20);
constexpr Duration kServerPauseExtraMax = seconds(5);

}  // namespace

int RetryQuota::take(RetryCause cause) noexcept {
  const int cost = cause == RetryCause::throttling ? kThrottlingCost : kTransientCost;
  const std::lock_guard lock(mutex_);
  if (tokens_ < cost) return 0;
  tokens_ -= cost;
  return cost;
}

void RetryQuota::give_back(int taken) noexcept {
  const std::lock_guard lock(mutex_);
  tokens_ = std::min(kCapacity, tokens_ + std::max(taken, 1));
}

Duration retry_pause(RetryCause cause, int retry, Entropy& entropy, std::optional<Duration> server_asks) noexcept {
  // The first try with a corrected clock, or with other keys, has nothing to wait for.
  if (cause == RetryCause::clock_skew || cause == RetryCause::new_credentials) return Duration::zero();
  const Duration base = cause == RetryCause::throttling ? kThrottlingBase : kTransientBase;
  const Duration ceiling = std::min<Duration>(base * (1LL << std::clamp(retry - 1, 0, 20)), kPauseMax);
  const Duration jittered(static_cast<Duration::rep>(unit_interval(entropy) * static_cast<double>(ceiling.count())));
  if (!server_asks) return jittered;
  return std::clamp(*server_asks, jittered, jittered + kServerPauseExtraMax);
}

}  // namespace dynamutex::dynamo
