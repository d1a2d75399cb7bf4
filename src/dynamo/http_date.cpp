#include "dynamo/http_date.hpp"

#include <chrono>
#include <cstdint>

namespace dynamutex::dynamo {
namespace {

constexpr std::string_view kMonths = "JanFebMarAprMayJunJulAugSepOctNovDec";
constexpr std::string_view kDays = "MonTueWedThuFriSatSun";

/// The two-digit number at `at`, or -1.
int two_digits(const char* at) noexcept {
  const auto digit = [](char c) { return static_cast<unsigned>(c) - '0'; };
  if (digit(at[0]) > 9 || digit(at[1]) > 9) return -1;
  return static_cast<int>(digit(at[0]) * 10 + digit(at[1]));
}

/// The number, from 0, of the name of three letters at `at`, or -1.
int name_index(std::string_view names, const char* at) noexcept {
  for (std::size_t i = 0; i < names.size(); i += 3) {
    if (names[i] == at[0] && names[i + 1] == at[1] && names[i + 2] == at[2]) return static_cast<int>(i / 3);
  }
  return -1;
}

/// Days since 1970-01-01 in the proleptic Gregorian calendar: years run from March, so that the leap day is the last.
std::int64_t days_since_epoch(int year, int month, int day) noexcept {
  const std::int64_t y = month <= 2 ? year - 1 : year;
  const std::int64_t day_of_year = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;
  return y * 365 + y / 4 - y / 100 + y / 400 + day_of_year - 719468;
}

int days_in_month(int year, int month) noexcept {
  constexpr int kDaysOf[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  const bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
  return kDaysOf[month - 1] + (month == 2 && leap ? 1 : 0);
}

}  // namespace

std::optional<ServerTime> parse_http_date(std::string_view text) noexcept {
  // "Sun, 06 Nov 1994 08:49:37 GMT"
  const char* const at = text.data();
  if (text.size() != 29 || at[3] != ',' || at[4] != ' ' || at[7] != ' ' || at[11] != ' ' || at[16] != ' ' || at[19] != ':' ||
      at[22] != ':' || text.substr(25) != " GMT") {
    return std::nullopt;
  }
  const int day = two_digits(at + 5);
  const int month = name_index(kMonths, at + 8) + 1;
  const int century = two_digits(at + 12);
  const int year_of_century = two_digits(at + 14);
  const int year = century * 100 + year_of_century;
  const int hour = two_digits(at + 17);
  const int minute = two_digits(at + 20);
  const int second = two_digits(at + 23);
  if (name_index(kDays, at) < 0 || month < 1 || century < 0 || year_of_century < 0 || year < 1970 || day < 1 ||
      day > days_in_month(year, month) || hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 || second > 60) {
    return std::nullopt;
  }
  const auto since_epoch = std::chrono::seconds(days_since_epoch(year, month, day) * 86400) + std::chrono::hours(hour) +
                           std::chrono::minutes(minute) + std::chrono::seconds(second);
  // Nanoseconds in 64 bits end in the year 2262.
  if (since_epoch > std::chrono::duration_cast<std::chrono::seconds>(Duration::max())) return std::nullopt;
  return ServerTime(since_epoch);
}

}  // namespace dynamutex::dynamo
