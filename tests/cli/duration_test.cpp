#include "cli/duration.hpp"

#include <doctest/doctest.h>

using namespace std::chrono_literals;
using dynamutex::Duration;
using dynamutex::ErrorKind;
using dynamutex::cli::human_duration;
using dynamutex::cli::parse_duration;

namespace {

void check_refused(const char* text, const char* expected_hint) {
  const auto parsed = parse_duration(text);
  CAPTURE(text);
  REQUIRE_FALSE(parsed.ok());
  CHECK(parsed.error().kind == ErrorKind::invalid);
  CAPTURE(parsed.error().message);
  CHECK(parsed.error().message.find(expected_hint) != std::string::npos);
}

}  // namespace

TEST_CASE("times are a whole number and a unit") {
  CHECK(parse_duration("500ms").value() == 500ms);
  CHECK(parse_duration("30s").value() == 30s);
  CHECK(parse_duration("5m").value() == 5min);
  CHECK(parse_duration("2h").value() == 2h);
  CHECK(parse_duration("0s").value() == 0s);
  CHECK(parse_duration("007s").value() == 7s);
}

TEST_CASE("a bare number is refused, and the message says what to write") {
  check_refused("5", "write 5s for seconds");
  check_refused("0", "has no unit");
}

TEST_CASE("what is no time is refused") {
  for (const char* text : {"", " ", "s", "abc", "-5s", "+5s", " 5s", "--", "ms"}) check_refused(text, "is no time");
  for (const char* text : {"1.5s", "5 s", "5S", "5sec", "5d", "1m30s", "5s ", "5,5s", "0x5s"}) {
    check_refused(text, "the units are ms, s, m and h");
  }
}

TEST_CASE("a time that no clock can hold is refused instead of overflowing") {
  check_refused("18446744073709551615s", "too long");
  check_refused("18446744073709551616s", "too long");
  check_refused("99999999999999999999999999h", "too long");
  check_refused("2562048h", "too long");
  CHECK(parse_duration("2562047h").value() == 2562047h);
}

TEST_CASE("a person reads times in one unit") {
  CHECK(human_duration(-5s) == "0 ms");
  CHECK(human_duration(350ms) == "350 ms");
  CHECK(human_duration(999999us) == "999 ms");
  CHECK(human_duration(19900ms) == "20 s");
  CHECK(human_duration(119s) == "119 s");
  CHECK(human_duration(5min) == "5 min");
  CHECK(human_duration(3h) == "3 h");
  CHECK_FALSE(human_duration(Duration::max()).empty());
}
