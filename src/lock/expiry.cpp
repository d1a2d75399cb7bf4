#include "lock/expiry.hpp"

#include <chrono>

namespace dynamutex::lock {
namespace {

using dynamo::ServerTime;

/// Milliseconds are what the record can hold; rounded up, never to the holder's disadvantage.
ServerTime ceil_to_ms(ServerTime time) noexcept { return std::chrono::ceil<std::chrono::milliseconds>(time); }

}  // namespace

Expiry known_expiry(const dynamo::ServerClock& server_clock, MonotonicTime from, Duration lease) {
  const auto bounds = server_clock.bounds(from);
  if (!bounds) return {};
  return {ceil_to_ms(bounds->latest + lease), false};
}

Expiry choose_expiry(const dynamo::ServerClock& server_clock, MonotonicTime from, WallTime wall_from, Duration lease) {
  const auto bounds = server_clock.bounds(from);
  const bool usable = bounds && bounds->width() <= kBoundsWidthMax;
  if (usable || server_clock.silent()) return known_expiry(server_clock, from, lease);
  return {ceil_to_ms(ServerTime(wall_from.time_since_epoch()) + kGuessMargin + lease), true};
}

bool borne_out(const Expiry& expiry, const dynamo::ServerClock& server_clock, MonotonicTime from, Duration lease) {
  if (!expiry.guessed) return true;
  const auto bounds = server_clock.bounds(from);
  if (!bounds || !expiry.expires_at) return false;
  const ServerTime needed = bounds->latest + lease;
  return *expiry.expires_at >= needed && *expiry.expires_at <= needed + kGuessMargin;
}

}  // namespace dynamutex::lock
