#include "cli/duration.hpp"

#include <algorithm>
#include <charconv>
#include <cstdint>

#include "cli/console.hpp"
#include "cli/errors.hpp"

namespace dynamutex::cli {
namespace {

struct Unit {
  std::string_view name;
  Duration length;
};

constexpr Unit kUnits[] = {
    {"ms", std::chrono::milliseconds(1)},
    {"s", std::chrono::seconds(1)},
    {"m", std::chrono::minutes(1)},
    {"h", std::chrono::hours(1)},
};

}  // namespace

Result<Duration> parse_duration(std::string_view text) {
  const std::string shown = quote(text);
  std::uint64_t count = 0;
  const char* const end = text.data() + text.size();
  const auto [rest, problem] = std::from_chars(text.data(), end, count);
  if (problem == std::errc::invalid_argument) {
    return invalid(shown + " is no time; write a whole number and its unit, such as 500ms, 30s, 5m or 2h");
  }
  const std::string_view unit_name(rest, static_cast<std::size_t>(end - rest));
  if (unit_name.empty()) {
    return invalid(shown + " has no unit; write " + std::string(text) + "s for seconds (or ms, m, h)");
  }
  const auto* const unit =
      std::find_if(std::begin(kUnits), std::end(kUnits), [&](const Unit& each) { return each.name == unit_name; });
  if (unit == std::end(kUnits)) {
    return invalid(shown + " is no time; the units are ms, s, m and h, after a whole number, such as 1500ms");
  }
  const auto count_max = static_cast<std::uint64_t>(Duration::max() / unit->length);
  if (problem == std::errc::result_out_of_range || count > count_max) {
    return invalid(shown + " is too long a time; leave the flag out for no bound");
  }
  return unit->length * static_cast<Duration::rep>(count);
}

std::string human_duration(Duration duration) {
  using std::chrono::duration_cast;
  const auto with_unit = [](auto count, const char* unit) { return std::to_string(count) + " " + unit; };
  duration = std::max(duration, Duration::zero());
  if (duration < std::chrono::seconds(1)) {
    return with_unit(duration_cast<std::chrono::milliseconds>(duration).count(), "ms");
  }
  if (duration < std::chrono::minutes(2)) return with_unit(std::chrono::round<std::chrono::seconds>(duration).count(), "s");
  if (duration < std::chrono::hours(2)) return with_unit(duration_cast<std::chrono::minutes>(duration).count(), "min");
  return with_unit(duration_cast<std::chrono::hours>(duration).count(), "h");
}

}  // namespace dynamutex::cli
