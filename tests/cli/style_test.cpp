#include "cli/style.hpp"

#include <doctest/doctest.h>

using namespace dynamutex::cli;

TEST_CASE("only the three words choose a colour mode") {
  CHECK(parse_color_when("auto") == ColorWhen::automatic);
  CHECK(parse_color_when("always") == ColorWhen::always);
  CHECK(parse_color_when("never") == ColorWhen::never);
  CHECK_FALSE(parse_color_when("").has_value());
  CHECK_FALSE(parse_color_when("Always").has_value());
}

TEST_CASE("painted text ends its colour, and plain text stays as it is") {
  CHECK(painted("ok", Tone::good, true) == "\x1b[32mok\x1b[0m");
  CHECK(painted("ok", Tone::good, false) == "ok");
  CHECK(painted("ok", Tone::plain, true) == "ok");
  CHECK(painted("", Tone::bad, true).empty());
}
