#include "lock/renewal.hpp"

#include <algorithm>
#include <chrono>

namespace dynamutex::lock {

RenewalPlan plan_renewal(const RenewalView& lease, MonotonicTime now) noexcept {
  const MonotonicTime risk_at = saturating_add(lease.term_began, lease.length / 3 * 2);
  const MonotonicTime due_at = renewal_due(lease);
  const MonotonicTime next_news = lease.at_risk_told ? lease.valid_until : std::min(risk_at, lease.valid_until);
  const MonotonicTime next = std::min(due_at, next_news);
  if (now >= lease.valid_until) return {RenewalStep::tell_lost, now, now};
  if (now >= risk_at && !lease.at_risk_told) return {RenewalStep::tell_at_risk, now, now};
  if (now >= due_at) return {RenewalStep::renew, now, next_news};
  return {RenewalStep::wait, next, next_news};
}

MonotonicTime renewal_due(const RenewalView& lease) noexcept {
  return lease.retry_at.value_or(saturating_add(lease.term_began, lease.length / 3 - lease.early));
}

Duration renewal_spread(Duration length, double jitter) noexcept {
  return Duration(static_cast<Duration::rep>(jitter * static_cast<double>((length / 12).count())));
}

MonotonicTime attempt_end(const RenewalView& lease, int failures, const RenewalTraffic& traffic, MonotonicTime now) noexcept {
  constexpr Duration kMin = std::chrono::milliseconds(500);
  constexpr Duration kMax = std::chrono::seconds(10);
  const Duration ample = lease.length / 6;
  const bool hurry = traffic.crowded && traffic.answer_time > Duration::zero();
  const Duration span = hurry ? std::clamp(traffic.answer_time * 10, lease.length / 24, ample) : ample;
  const Duration attempt = std::clamp(std::max(span, traffic.answer_time * 2), kMin, kMax);
  return std::min(saturating_add(now, attempt * (1LL << std::clamp(failures, 0, 20))), lease.valid_until);
}

Duration renewal_pause(int failures, Duration length, double jitter) noexcept {
  constexpr Duration kFirst = std::chrono::milliseconds(100);
  const Duration ceiling = std::min<Duration>(kFirst * (1LL << std::clamp(failures - 1, 0, 10)), length / 10);
  return Duration(static_cast<Duration::rep>((0.5 + 0.5 * jitter) * static_cast<double>(ceiling.count())));
}

}  // namespace dynamutex::lock
