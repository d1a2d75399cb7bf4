#include "dynamo/http_date.hpp"

#include <chrono>
#include <cstdint>

namespace dynamutex::dynamo {
namespace {

constexpr std::string_view kMonths = "JanFebMarAprMayJunJulAugSepOctNovDec";
constexpr std::string_view kDays = "MonTueWedThuFriSatSun";

/// The number that `text` spells in exactly its own length, or -1.
int number(std::string_view text) noexcept {
  int value = 0;
  for (const char c : text) {
    if (c < '0' || c > '9') return -1;
    value = value * 10 + (c - '0');
  }
  return value;
}

/// Days since 1970-01-01 in the proleptic Gregorian calendar: years run from March, so that the leap day is the last.
std::int64_t days_since_epoch(int year, int month, int day) noexcept {
  const std::int64_t y = month <= 2 ? year - 1 : year;
  const std::int64_t day_of_year = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;
  return y * 365 + y / 4 - y / 100 + y / 400 + day_of_year - 719468;
}

int days_in_month(int year, int month) noexcept {
  return static_cast<int>(days_since_epoch(month == 12 ? year + 1 : year, month == 12 ? 1 : month + 1, 1) -
                          days_since_epoch(year, month, 1));
}

}  // namespace

std::optional<ServerTime> parse_http_date(std::string_view text) noexcept {
  // "Sun, 06 Nov 1994 08:49:37 GMT"
  if (text.size() != 29 || text.substr(3, 2) != ", " || text[7] != ' ' || text[11] != ' ' || text[16] != ' ' || text[19] != ':' ||
      text[22] != ':' || text.substr(25) != " GMT") {
    return std::nullopt;
  }
  const auto name_index = [](std::string_view names, std::string_view name) noexcept {
    const std::size_t at = names.find(name);
    return at == std::string_view::npos || at % 3 != 0 ? -1 : static_cast<int>(at / 3);
  };
  const int day = number(text.substr(5, 2));
  const int month = name_index(kMonths, text.substr(8, 3)) + 1;
  const int year = number(text.substr(12, 4));
  const int hour = number(text.substr(17, 2));
  const int minute = number(text.substr(20, 2));
  const int second = number(text.substr(23, 2));
  if (name_index(kDays, text.substr(0, 3)) < 0 || month < 1 || year < 1970 || day < 1 || day > days_in_month(year, month) ||
      hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 || second > 60) {
    return std::nullopt;
  }
  const auto since_epoch = std::chrono::seconds(days_since_epoch(year, month, day) * 86400) + std::chrono::hours(hour) +
                           std::chrono::minutes(minute) + std::chrono::seconds(second);
  // Nanoseconds in 64 bits end in the year 2262.
  if (since_epoch > std::chrono::duration_cast<std::chrono::seconds>(Duration::max())) return std::nullopt;
  return ServerTime(since_epoch);
}

}  // namespace dynamutex::dynamo
