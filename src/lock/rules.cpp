#include "lock/rules.hpp"

#include <algorithm>

namespace dynamutex::lock {
namespace {

Duration drift(Duration span, unsigned drift_ppm) noexcept { return Duration(span.count() / 1'000'000 * drift_ppm + drift_ppm); }

}  // namespace

Duration stretched(Duration span, unsigned drift_ppm) noexcept {
  const Duration more = drift(span, drift_ppm);
  return span > Duration::max() - more ? Duration::max() : span + more;
}
Duration shrunk(Duration span, unsigned drift_ppm) noexcept { return span - drift(span, drift_ppm); }

Decision decide(const Sight& sight) noexcept {
  if (sight.record == nullptr) return {Step::create, sight.now};
  const Record& record = *sight.record;
  if (sight.my_version != nullptr && record.version == *sight.my_version) return {Step::mine, sight.now};
  if (record.released) return {Step::create, sight.now};

  MonotonicTime look_again = MonotonicTime::max();
  if (record.expires_at && sight.server) {
    if (sight.server->earliest > *record.expires_at) return {Step::take_over, sight.now};
    look_again = saturating_add(sight.now, *record.expires_at - sight.server->earliest + std::chrono::milliseconds(1));
  }
  const MonotonicTime unchanged_until = saturating_add(sight.unchanged_since, stretched(record.lease, sight.drift_ppm));
  if (sight.looked_at >= unchanged_until) return {Step::take_over, sight.now};
  return {Step::wait, std::min(look_again, unchanged_until)};
}

}  // namespace dynamutex::lock
