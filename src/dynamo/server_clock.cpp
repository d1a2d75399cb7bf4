#include "dynamutex/dynamo/server_clock.hpp"

#include <algorithm>

namespace dynamutex::dynamo {
namespace {

constexpr Duration kDateResolution = std::chrono::seconds(1);

/// How far two clocks whose rates differ by `ppm` may part in `span`, rounded up.
Duration drift(Duration span, unsigned ppm) noexcept {
  return Duration(std::max(span, -span).count() / 1'000'000 * ppm + ppm);
}

}  // namespace

void ServerClock::observe(MonotonicTime sent, MonotonicTime received, std::optional<ServerTime> date) noexcept {
  const std::lock_guard lock(mutex_);
  last_reply_undated_ = !date.has_value();
  if (!date) return;

  // The server read its clock at some local time in [sent, received]; seen from `received` the offset may have drifted
  // since then.
  const Duration error = options_.server_error_max;
  const Duration slack = drift(received - sent, options_.drift_ppm);
  Offset next{date->time_since_epoch() - error - received.time_since_epoch() - slack,
              date->time_since_epoch() + kDateResolution + error - sent.time_since_epoch() + slack, received};
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
  const Duration slack = drift(at - offset.reference, options_.drift_ppm);
  return {offset.low - slack, offset.high + slack, at};
}

}  // namespace dynamutex::dynamo
