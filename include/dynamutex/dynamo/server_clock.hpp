#pragma once
// What the servers' clock may read now, from the Date of their replies (RFC 9110, section 6.6.1).

#include <chrono>
#include <mutex>
#include <optional>

#include "dynamutex/clock.hpp"
#include "dynamutex/export.hpp"

namespace dynamutex::dynamo {

/// Tag of the servers' clock, since 1970-01-01T00:00:00Z. A type of its own: it never meets a local clock by mistake.
struct ServerTag {
  using duration = Duration;
  using rep = duration::rep;
  using period = duration::period;
};
using ServerTime = std::chrono::time_point<ServerTag, Duration>;

/// The servers' clock reads at least `earliest` and at most `latest`.
struct ServerTimeBounds {
  ServerTime earliest;
  ServerTime latest;
  [[nodiscard]] Duration width() const noexcept { return latest - earliest; }
};

/// The most that a clock may drift for its readings to be of use; a larger `drift_ppm` counts as this.
constexpr unsigned kDriftPpmMax = 500'000;

struct ServerClockOptions {
  Duration server_error_max = std::chrono::milliseconds(500);  ///< How far a server's own clock may be off.
  /// How much faster or slower than true time the local clock may run, in parts per million.
  unsigned drift_ppm = 500;
};

/// Bounds the servers' time by intersecting what each reply allows.
///
/// A reply dated D (whole seconds), sent at local time a and received at b, says that server - local lies in
/// [D - e - b, D + 1 s + e - a]. Intervals widen as they age: while a clock whose rate is right to within d tells a span s,
/// truly s / (1 + d) to s / (1 - d) pass. An empty intersection means that an assumption was broken, and starts again from
/// the newest reply.
///
/// Holds while servers are right to within `server_error_max` and the local clock's rate to within `drift_ppm`.
/// Thread-safe. Never blocks on anything but its own short lock.
class DYNAMUTEX_EXPORT ServerClock {
 public:
  explicit ServerClock(ServerClockOptions options = {}) noexcept : options_(options) {}

  /// Takes in a reply. `date` is empty where the reply has no Date, or has an Age (a cache's answer): it says nothing.
  void observe(MonotonicTime sent, MonotonicTime received, std::optional<ServerTime> date) noexcept;

  /// What the servers' clock may read at local time `at`; empty before the first usable reply.
  [[nodiscard]] std::optional<ServerTimeBounds> bounds(MonotonicTime at) const noexcept;

  /// True once the latest reply was without a usable date and no bounds are known: there is no sense in guessing again.
  [[nodiscard]] bool silent() const noexcept;

 private:
  /// server - local, as nanoseconds between the two epochs, at local time `reference`.
  struct Offset {
    Duration low;
    Duration high;
    MonotonicTime reference;
  };
  [[nodiscard]] Offset aged(const Offset& offset, MonotonicTime at) const noexcept;

  const ServerClockOptions options_;
  mutable std::mutex mutex_;
  std::optional<Offset> offset_;
  bool last_reply_undated_ = false;
};

}  // namespace dynamutex::dynamo
