#pragma once
// When a failed attempt is tried again: the standard retry mode of AWS's SDKs since November 2026.
// https://docs.aws.amazon.com/sdkref/latest/guide/feature-retry-behavior.html

#include <mutex>
#include <optional>

#include "dynamutex/clock.hpp"
#include "dynamutex/entropy.hpp"

namespace dynamutex::dynamo {

/// Why an attempt may be tried again.
enum class RetryCause { none, transient, throttling, clock_skew, new_credentials };

/// Stops a storm of retries: each retry takes tokens, success gives them back. Thread-safe.
class RetryQuota {
 public:
  static constexpr int kCapacity = 500;
  static constexpr int kTransientCost = 14;
  static constexpr int kThrottlingCost = 5;

  /// Takes the tokens for one retry; returns how many it took, or 0 where there are too few.
  [[nodiscard]] int take(RetryCause cause) noexcept;
  /// Gives back after success what the last retry took, or one token where there was none.
  void give_back(int taken) noexcept;

 private:
  std::mutex mutex_;
  int tokens_ = kCapacity;
};

/// The pause before retry number `retry` (1 for the first): full jitter below base * 2^(retry-1), at most 20 s. Where the
/// server says how long (`server_asks`), that is kept, but no more than 5 s above the jittered pause.
[[nodiscard]] Duration retry_pause(RetryCause cause, int retry, Entropy& entropy, std::optional<Duration> server_asks) noexcept;

}  // namespace dynamutex::dynamo
