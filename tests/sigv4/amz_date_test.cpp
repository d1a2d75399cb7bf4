#include "dynamutex/sigv4/amz_date.hpp"

#include <doctest/doctest.h>

#include "fixture.hpp"

using namespace sigv4_test;

namespace {
dynamutex::Result<AmzDate> at(long long seconds) { return AmzDate::from(SigningTime{std::chrono::seconds{seconds}}); }
}  // namespace

TEST_CASE("a time is written as the Gregorian calendar has it") {
  // Seconds from `date -u -d … +%s`.
  const struct {
    long long seconds;
    const char* text;
  } cases[] = {
      {0, "19700101T000000Z"},
      {68'169'599, "19720228T235959Z"},
      {68'169'600, "19720229T000000Z"},
      {951'782'400, "20000229T000000Z"},
      {951'868'800, "20000301T000000Z"},
      {1'440'938'160, "20150830T123600Z"},
      {1'735'689'599, "20241231T235959Z"},
      {4'107'542'400, "21000301T000000Z"},
      {4'107'542'399, "21000228T235959Z"},
      {253'402'300'799, "99991231T235959Z"},
  };
  for (const auto& expected : cases) {
    CAPTURE(expected.text);
    const auto date = at(expected.seconds);
    REQUIRE(date.ok());
    CHECK(date->text() == expected.text);
    CHECK(date->day() == std::string_view(expected.text).substr(0, 8));
  }
}

TEST_CASE("a time before 1970 or after 9999 is refused") {
  CHECK(refused(at(-1), "outside the years"));
  CHECK(refused(at(253'402'300'800), "outside the years"));
}

TEST_CASE("only a date that exists, in its one form, is read") {
  CHECK(AmzDate::parse("20000229T235959Z").ok());
  for (const char* text :
       {"", "20150830T123600", "20150830 123600Z", "2015-08-30T12:36:00Z", "20150830T123600ZZ", "19691231T235959Z",
        "20150230T000000Z", "19000229T000000Z", "21000229T000000Z", "20151301T000000Z", "20150001T000000Z", "20150100T000000Z",
        "20150101T240000Z", "20150101T006000Z", "20150101T000060Z", "+2150101T000000Z", "20150132T000000Z"}) {
    CAPTURE(text);
    CHECK(refused(AmzDate::parse(text), "YYYYMMDDThhmmssZ"));
  }
}
