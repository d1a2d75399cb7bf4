#include "dynamutex/dynamo/server_clock.hpp"

#include <algorithm>
#include <cstdint>

namespace dynamutex::dynamo {
namespace {

constexpr Duration kDateResolution = std::chrono::seconds(1);

constexpr std::int64_t kMillion = 1'000'000;

/// `span * ppm / unit`, rounded up, and a nanosecond more, as readings are whole ones. `span` is not negative.
Duration share(Duration span, unsigned ppm, std::int64_t unit) noexcept {
  if (ppm == 0) return Duration::zero();
  return Duration(span.count() / unit * ppm + span.count() % unit * ppm / unit + 2);
}

/// How much more than `span` may truly have passed while a clock at the rate 1 - drift told `span`: span / (1 - d) - span.
Duration surplus(Duration span, unsigned drift_ppm) noexcept {
  const unsigned ppm = std::min(drift_ppm, kDriftPpmMax);
  return share(span, ppm, kMillion - ppm);
}

/// How much less than `span` may truly have passed while a clock at the rate 1 + drift told `span`: span - span / (1 + d).
Duration deficit(Duration span, unsigned drift_ppm) noexcept {
  const unsigned ppm = std::min(drift_ppm, kDriftPpmMax);
  return share(span, ppm, kMillion + ppm);
}

}  // namespace

void ServerClock::observe(MonotonicTime sent, MonotonicTime received, std::optional<ServerTime> date) noexcept {
  const std::lock_guard lock(mutex_);
  last_reply_undated_ = !date.has_value();
  if (!date) return;

  // The server read its clock at some local time in [sent, received]. At `received` its time was no earlier than what it
  // read, and no later than that and all that may truly have passed since `sent`.
  const Duration error = options_.server_error_max;
  Offset next{
      date->time_since_epoch() - error - received.time_since_epoch() - deficit(Duration::zero(), options_.drift_ppm),
      date->time_since_epoch() + kDateResolution + error - sent.time_since_epoch() + surplus(received - sent, options_.drift_ppm),
      received};
  if (offset_) {
    // Replies may come in out of order: both intervals are told for the later of the two instants.
    const MonotonicTime reference = std::max(offset_->reference, received);
    const Offset known = aged(*offset_, reference);
    const Offset fresh = aged(next, reference);
    const Offset both{std::max(known.low, fresh.low), std::min(known.high, fresh.high), reference};
    next = both.low <= both.high ? both : fresh;
  }
  offset_ = next;
}

std::optional<ServerTimeBounds> ServerClock::bounds(MonotonicTime at) const noexcept {
  const std::lock_guard lock(mutex_);
  if (!offset_) return std::nullopt;
  const Offset offset = aged(*offset_, at);
  return ServerTimeBounds{ServerTime(at.time_since_epoch() + offset.low), ServerTime(at.time_since_epoch() + offset.high)};
}

bool ServerClock::silent() const noexcept {
  const std::lock_guard lock(mutex_);
  return last_reply_undated_ && !offset_;
}

ServerClock::Offset ServerClock::aged(const Offset& offset, MonotonicTime at) const noexcept {
  const Duration span = at - offset.reference;
  const Duration less = deficit(std::max(span, -span), options_.drift_ppm);
  const Duration more = surplus(std::max(span, -span), options_.drift_ppm);
  if (span < Duration::zero()) return {offset.low - more, offset.high + less, at};
  return {offset.low - less, offset.high + more, at};
}

}  // namespace dynamutex::dynamo
