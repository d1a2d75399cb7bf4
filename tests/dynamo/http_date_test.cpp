#include "dynamo/http_date.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <ctime>

using namespace dynamutex::dynamo;
using std::chrono::seconds;

TEST_CASE("an IMF-fixdate is read to the second") {
  // Seconds by `date -u -d … +%s`.
  CHECK(parse_http_date("Sun, 06 Nov 1994 08:49:37 GMT") == ServerTime(seconds(784111777)));
  CHECK(parse_http_date("Thu, 01 Jan 1970 00:00:00 GMT") == ServerTime(seconds(0)));
  CHECK(parse_http_date("Thu, 29 Feb 2024 23:59:59 GMT") == ServerTime(seconds(1709251199)));
  CHECK(parse_http_date("Fri, 31 Dec 2027 12:00:00 GMT") == ServerTime(seconds(1830254400)));
  CHECK(parse_http_date("Sat, 31 Dec 2016 23:59:60 GMT") == ServerTime(seconds(1483228800)));
}

TEST_CASE("a date that is not exactly one says nothing") {
  for (const char* text : {"",
                           "Sun, 06 Nov 1994 08:49:37",
                           "Sunday, 06-Nov-94 08:49:37 GMT",
                           "Sun Nov  6 08:49:37 1994",
                           "Sun, 06 Nov 1994 08:49:37 UTC",
                           "Sun, 31 Nov 1994 08:49:37 GMT",
                           "Thu, 29 Feb 2023 00:00:00 GMT",
                           "Sun, 00 Nov 1994 08:49:37 GMT",
                           "Sun, 06 nov 1994 08:49:37 GMT",
                           "Sun, 06 ovD 1994 08:49:37 GMT",
                           "Sun, 06 Nov 1994 24:49:37 GMT",
                           "Sun, 06 Nov 1994 08:60:37 GMT",
                           "Sun, 06 Nov 1994 08:49:61 GMT",
                           "Sun, 06 Nov 1969 08:49:37 GMT",
                           "Sun, 06 Nov 9999 08:49:37 GMT",
                           "Sun, 06 Nov 1994 08:49:37 GMT ",
                           "Sun; 06 Nov 1994 08:49:37 GMT",
                           "Sun, 06-Nov 1994 08:49:37 GMT",
                           "Sun, 06 Nov-1994 08:49:37 GMT",
                           "Sun, 06 Nov 1994-08:49:37 GMT",
                           "Sun, 06 Nov 1994 08.49:37 GMT",
                           "Sun, 06 Nov 1994 08:49.37 GMT",
                           "Sun, 06 Nov 1994 08:-9:37 GMT",
                           "Sun, 06 Nov 1994 08:49:x7 GMT",
                           "Xyz, 06 Nov 1994 08:49:37 GMT",
                           "Sun, -6 Nov 1994 08:49:37 GMT",
                           "Sun, 06 Nov 1994 8 :49:37 GMT"}) {
    CAPTURE(text);
    CHECK_FALSE(parse_http_date(text).has_value());
  }
}

TEST_CASE("every day that the system's calendar knows is read, and the day after a month's last is none") {
  constexpr std::time_t kDay = 86400;
  for (std::time_t at = 0; at < kDay * 365 * 292; at += kDay) {
    std::tm parts{};
    REQUIRE(::gmtime_r(&at, &parts) != nullptr);
    char text[64];
    REQUIRE(std::strftime(&text[0], sizeof text, "%a, %d %b %Y %H:%M:%S GMT", &parts) == 29);
    REQUIRE_MESSAGE(parse_http_date(&text[0]) == ServerTime(seconds(at)), &text[0]);

    const int month = parts.tm_mon;
    ++parts.tm_mday;
    REQUIRE(std::strftime(&text[0], sizeof text, "%a, %d %b %Y %H:%M:%S GMT", &parts) == 29);
    std::tm next = parts;
    ::timegm(&next);
    REQUIRE_MESSAGE(parse_http_date(&text[0]).has_value() == (next.tm_mon == month), &text[0]);
  }
}
