#include "cli/screen.hpp"

#include <doctest/doctest.h>

using dynamutex::cli::page_for;

TEST_CASE("a page that fits is drawn from the top, over what was there, without a line end that would scroll") {
  CHECK(page_for("a\nb\n", 2) == "\x1b[Ha\x1b[K\r\nb\x1b[K\x1b[J");
  CHECK(page_for("", 2) == "\x1b[H\x1b[J");
}

TEST_CASE("of a page that does not fit the first lines are drawn, and how many are missing is told") {
  CHECK(page_for("a\nb\nc\nd\n", 3) == "\x1b[Ha\x1b[K\r\nb\x1b[K\r\n… 2 more lines\x1b[K\x1b[J");
  CHECK(page_for("a\nb\n", 1) == "\x1b[H… 2 more lines\x1b[K\x1b[J");
}
