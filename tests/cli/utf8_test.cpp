#include "cli/utf8.hpp"

#include <doctest/doctest.h>

using dynamutex::cli::cut_to_width;
using dynamutex::cli::display_width;
using dynamutex::cli::utf8_length;

TEST_CASE("a well-formed sequence has its length, and any other none") {
  CHECK(utf8_length("a") == 1);
  CHECK(utf8_length("ß") == 2);
  CHECK(utf8_length("…") == 3);
  CHECK(utf8_length("🔒") == 4);
  for (const char* const text : {"", "\xff", "\xc3", "\xe2\x80", "\xc0\x80", "\xed\xa0\x80", "\xf4\x90\x80\x80"}) {
    CHECK(utf8_length(text) == 0);
  }
}

TEST_CASE("width counts columns: two for wide characters, none for combining marks") {
  CHECK(display_width("") == 0);
  CHECK(display_width("größe") == 5);
  CHECK(display_width("鍵") == 2);
  CHECK(display_width("🔒x") == 3);
  CHECK(display_width("e\u0301") == 1);
}

TEST_CASE("text is cut to columns, with an ellipsis, and never inside a character") {
  CHECK(cut_to_width("deploy", 6) == "deploy");
  CHECK(cut_to_width("deploy", 5) == "depl…");
  CHECK(cut_to_width("größe", 4) == "grö…");
  CHECK(cut_to_width("鍵鍵鍵", 4) == "鍵…");
  CHECK(cut_to_width("deploy", 1) == "…");
  CHECK(cut_to_width("deploy", 0).empty());
}
