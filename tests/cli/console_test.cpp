#include "cli/console.hpp"

#include <doctest/doctest.h>

#include <string>

using dynamutex::cli::is_utf8;
using dynamutex::cli::printable;
using dynamutex::cli::quote;

TEST_CASE("text from the table cannot drive the terminal or break a line") {
  CHECK(printable("plain, größer, 鍵, 🔒") == "plain, größer, 鍵, 🔒");
  CHECK(printable("a\nb\tc") == "a\\x0ab\\x09c");
  CHECK(printable("\x1b[2J") == "\\x1b[2J");
  CHECK(printable("\x7f") == "\\x7f");
  CHECK(printable("\xc2\x9b"
                  "2J") == "\\xc2\\x9b2J");
  CHECK(printable(std::string("\0", 1)) == "\\x00");
}

TEST_CASE("bytes that are no UTF-8 are shown as bytes") {
  CHECK(printable("\xff\xfe") == "\\xff\\xfe");
  CHECK(printable("a\xc3") == "a\\xc3");
  CHECK(printable("\xc0\xaf") == "\\xc0\\xaf");
  CHECK(printable("\xed\xa0\x80") == "\\xed\\xa0\\x80");
  CHECK(printable("\xf4\x90\x80\x80") == "\\xf4\\x90\\x80\\x80");
}

TEST_CASE("UTF-8 is recognised as RFC 3629 defines it") {
  CHECK(is_utf8(""));
  CHECK(is_utf8("größer 鍵 🔒"));
  CHECK(is_utf8("\xf4\x8f\xbf\xbf"));
  CHECK_FALSE(is_utf8("\xf4\x90\x80\x80"));
  CHECK_FALSE(is_utf8("\xe0\x9f\xbf"));
  CHECK_FALSE(is_utf8("\xf0\x8f\xbf\xbf"));
  CHECK_FALSE(is_utf8("\x80"));
  CHECK_FALSE(is_utf8("\xe9\x8d"));
}

TEST_CASE("a long name is cut in messages, between characters") {
  CHECK(quote("deploy") == "'deploy'");
  CHECK(quote(std::string(64, 'x')) == "'" + std::string(64, 'x') + "'");
  CHECK(quote(std::string(65, 'x')) == "'" + std::string(64, 'x') + "…'");
  CHECK(quote(std::string(63, 'x') + "🔒z") == "'" + std::string(63, 'x') + "🔒…'");
}
