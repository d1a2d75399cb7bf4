#include "credentials/iso8601.hpp"

#include <cstddef>
#include <cstdint>

namespace dynamutex::credentials {
namespace {

/// Takes characters off the front of a text; after the first that does not fit, everything fails.
class Reader {
 public:
  explicit Reader(std::string_view text) noexcept : text_(text) {}

  int number(std::size_t digits) noexcept {
    int value = 0;
    for (std::size_t i = 0; i < digits; ++i) {
      const char c = next();
      if (c < '0' || c > '9') ok_ = false;
      value = value * 10 + (c - '0');
    }
    return ok_ ? value : 0;
  }
  void expect(char wanted) noexcept {
    if (next() != wanted) ok_ = false;
  }
  bool take(char wanted) noexcept {
    if (text_.empty() || text_.front() != wanted) return false;
    text_.remove_prefix(1);
    return true;
  }
  void skip_digits() noexcept {
    if (text_.empty() || text_.front() < '0' || text_.front() > '9') ok_ = false;
    while (!text_.empty() && text_.front() >= '0' && text_.front() <= '9') text_.remove_prefix(1);
  }
  [[nodiscard]] bool finished() const noexcept { return ok_ && text_.empty(); }

 private:
  char next() noexcept {
    if (text_.empty()) {
      ok_ = false;
      return '0';
    }
    const char c = text_.front();
    text_.remove_prefix(1);
    return c;
  }

  std::string_view text_;
  bool ok_ = true;
};

constexpr bool is_leap(int year) noexcept { return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0; }

constexpr int days_in(int year, int month) noexcept {
  constexpr int kDays[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  return month == 2 && is_leap(year) ? 29 : kDays[month - 1];
}

}  // namespace

std::optional<WallTime> parse_iso8601(std::string_view text) noexcept {
  Reader in(text);
  const int year = in.number(4);
  in.expect('-');
  const int month = in.number(2);
  in.expect('-');
  const int day = in.number(2);
  in.expect('T');
  const int hour = in.number(2);
  in.expect(':');
  const int minute = in.number(2);
  in.expect(':');
  const int second = in.number(2);
  if (in.take('.')) in.skip_digits();
  int offset_minutes = 0;
  if (!in.take('Z')) {
    const int sign = in.take('-') ? -1 : 1;
    if (sign == 1) in.expect('+');
    const int hours = in.number(2);
    in.expect(':');
    const int minutes = in.number(2);
    if (hours > 23 || minutes > 59) return std::nullopt;
    offset_minutes = sign * (hours * 60 + minutes);
  }
  if (!in.finished() || year < 1970 || year > 2200 || month < 1 || month > 12 || day < 1 || day > days_in(year, month) ||
      hour > 23 || minute > 59 || second > 60) {
    return std::nullopt;
  }
  std::int64_t days = 0;
  for (int y = 1970; y < year; ++y) days += is_leap(y) ? 366 : 365;
  for (int m = 1; m < month; ++m) days += days_in(year, m);
  days += day - 1;
  const std::int64_t minutes = (days * 24 + hour) * 60 + minute - offset_minutes;
  return WallTime(std::chrono::seconds(minutes * 60 + second));
}

}  // namespace dynamutex::credentials
