#include "dynamutex/sigv4/amz_date.hpp"

#include <cstdint>
#include <string>

#include "sigv4/failure.hpp"

namespace dynamutex::sigv4 {
namespace {

constexpr std::int64_t seconds_per_day = 86'400;
constexpr std::int64_t last_second = 253'402'300'799;  // 9999-12-31T23:59:59Z

constexpr bool is_leap(unsigned year) noexcept { return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0; }

constexpr unsigned days_in_month(unsigned year, unsigned month) noexcept {
  constexpr unsigned days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  return month == 2 && is_leap(year) ? 29 : days[month - 1];
}

struct CivilDate {
  unsigned year;
  unsigned month;
  unsigned day;
};

/// The proleptic Gregorian date `days` after 1970-01-01.
constexpr CivilDate civil_date(std::uint32_t days) noexcept {
  // Counted from 0000-03-01, so that the leap day is the last day of a year and of a 4-, 100- and 400-year cycle.
  const std::uint32_t since_march_0000 = days + 719'468;
  const std::uint32_t cycle = since_march_0000 / 146'097;
  const std::uint32_t day_of_cycle = since_march_0000 % 146'097;
  const std::uint32_t year_of_cycle =
      (day_of_cycle - day_of_cycle / 1'460 + day_of_cycle / 36'524 - day_of_cycle / 146'096) / 365;
  const std::uint32_t day_of_year = day_of_cycle - (365 * year_of_cycle + year_of_cycle / 4 - year_of_cycle / 100);
  const std::uint32_t month_from_march = (5 * day_of_year + 2) / 153;  // months of 31, 30, 31, 30, 31 days repeat
  const unsigned month = month_from_march < 10 ? month_from_march + 3 : month_from_march - 9;
  const unsigned year = cycle * 400 + year_of_cycle + (month <= 2 ? 1 : 0);
  return {year, month, day_of_year - (153 * month_from_march + 2) / 5 + 1};
}

void put_two(char* to, unsigned value) noexcept {
  to[0] = static_cast<char>('0' + value / 10);
  to[1] = static_cast<char>('0' + value % 10);
}

/// The number in `text`, which must be digits only.
bool read_number(std::string_view text, unsigned& number) noexcept {
  number = 0;
  for (const char c : text) {
    if (c < '0' || c > '9') return false;
    number = number * 10 + static_cast<unsigned>(c - '0');
  }
  return true;
}

}  // namespace

Result<AmzDate> AmzDate::from(SigningTime time) {
  const std::int64_t seconds = time.time_since_epoch().count();
  if (seconds < 0 || seconds > last_second) {
    return invalid("the signing time (" + std::to_string(seconds) +
                   " s since 1970) is outside the years 1970 to 9999; set the clock");
  }
  const CivilDate date = civil_date(static_cast<std::uint32_t>(seconds / seconds_per_day));
  const auto second_of_day = static_cast<unsigned>(seconds % seconds_per_day);
  AmzDate amz_date;
  char* text = amz_date.text_.data();
  put_two(text, date.year / 100);
  put_two(text + 2, date.year % 100);
  put_two(text + 4, date.month);
  put_two(text + 6, date.day);
  text[8] = 'T';
  put_two(text + 9, second_of_day / 3'600);
  put_two(text + 11, second_of_day / 60 % 60);
  put_two(text + 13, second_of_day % 60);
  text[15] = 'Z';
  return amz_date;
}

Result<AmzDate> AmzDate::parse(std::string_view text) {
  unsigned year = 0;
  unsigned month = 0;
  unsigned day = 0;
  unsigned hour = 0;
  unsigned minute = 0;
  unsigned second = 0;
  const bool numbers = text.size() == 16 && text[8] == 'T' && text[15] == 'Z' && read_number(text.substr(0, 4), year) &&
                       read_number(text.substr(4, 2), month) && read_number(text.substr(6, 2), day) &&
                       read_number(text.substr(9, 2), hour) && read_number(text.substr(11, 2), minute) &&
                       read_number(text.substr(13, 2), second);
  if (!numbers || year < 1970 || month < 1 || month > 12 || day < 1 || day > days_in_month(year, month) || hour > 23 ||
      minute > 59 || second > 59) {
    return invalid("the signing date is not of the form YYYYMMDDThhmmssZ in the years 1970 to 9999");
  }
  AmzDate amz_date;
  text.copy(amz_date.text_.data(), amz_date.text_.size());
  return amz_date;
}

}  // namespace dynamutex::sigv4
