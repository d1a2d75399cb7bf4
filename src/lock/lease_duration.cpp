#include <cstdint>
#include <limits>
#include <optional>
#include <string_view>

#include "dynamutex/lock/record.hpp"

namespace dynamutex::lock {
namespace {

struct Unit {
  std::string_view name;
  std::int64_t nanoseconds;
};
/// Go's units (package time, ParseDuration), longer names before their beginnings. "µs" comes with either mu.
constexpr Unit kUnits[] = {{"ns", 1},         {"us", 1'000},        {"\xc2\xb5s", 1'000},  {"\xce\xbcs", 1'000},
                           {"ms", 1'000'000}, {"s", 1'000'000'000}, {"m", 60'000'000'000}, {"h", 3'600'000'000'000}};
constexpr std::int64_t kMax = std::numeric_limits<std::int64_t>::max();

/// Takes digits off the front of `text`; empty where there are none or they overflow.
std::optional<std::int64_t> take_digits(std::string_view& text) noexcept {
  std::int64_t value = 0;
  std::size_t count = 0;
  for (; count < text.size() && text[count] >= '0' && text[count] <= '9'; ++count) {
    const int digit = text[count] - '0';
    if (value > (kMax - digit) / 10) return std::nullopt;
    value = value * 10 + digit;
  }
  if (count == 0) return std::nullopt;
  text.remove_prefix(count);
  return value;
}

/// Takes ".5" off the front; the value as billionths, further digits are dropped.
std::optional<std::int64_t> take_fraction(std::string_view& text) noexcept {
  if (text.empty() || text.front() != '.') return 0;
  text.remove_prefix(1);
  std::int64_t billionths = 0;
  std::int64_t scale = 100'000'000;
  std::size_t count = 0;
  for (; count < text.size() && text[count] >= '0' && text[count] <= '9'; ++count) {
    billionths += (text[count] - '0') * scale;
    scale /= 10;
  }
  if (count == 0) return std::nullopt;
  text.remove_prefix(count);
  return billionths;
}

const Unit* take_unit(std::string_view& text) noexcept {
  for (const Unit& unit : kUnits) {
    if (text.substr(0, unit.name.size()) == unit.name) {
      text.remove_prefix(unit.name.size());
      return &unit;
    }
  }
  return nullptr;
}

}  // namespace

std::optional<Duration> parse_lease_duration(std::string_view text) {
  std::string_view rest = text;
  if (const auto milliseconds = take_digits(rest); milliseconds && rest.empty()) {
    if (*milliseconds == 0 || *milliseconds > kMax / 1'000'000) return std::nullopt;
    return Duration(*milliseconds * 1'000'000);
  }
  rest = text;
  std::int64_t total = 0;
  while (!rest.empty()) {
    const auto whole = take_digits(rest);
    const auto billionths = take_fraction(rest);
    if (!whole || !billionths) return std::nullopt;
    const Unit* unit = take_unit(rest);
    if (unit == nullptr || *whole > kMax / unit->nanoseconds) return std::nullopt;
    const std::int64_t fraction =
        static_cast<std::int64_t>(static_cast<double>(*billionths) * 1e-9 * static_cast<double>(unit->nanoseconds));
    const std::int64_t part = *whole * unit->nanoseconds;
    if (part > kMax - fraction || total > kMax - part - fraction) return std::nullopt;
    total += part + fraction;
  }
  if (total <= 0) return std::nullopt;
  return Duration(total);
}

}  // namespace dynamutex::lock
