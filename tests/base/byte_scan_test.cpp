#include "base/byte_scan.hpp"

#include <doctest/doctest.h>

#include <string>

using dynamutex::base::any_byte;
using dynamutex::base::Bytes16;

TEST_CASE("a byte is found wherever it stands, and only if it is there") {
  for (std::size_t size = 0; size <= 70; ++size) {
    std::string text(size, 'x');
    CHECK_FALSE(any_byte(text, [](Bytes16 bytes) { return bytes < 0x20; }));
    for (std::size_t at = 0; at < size; ++at) {
      text[at] = '\x1f';
      CHECK(any_byte(text, [](Bytes16 bytes) { return bytes < 0x20; }));
      text[at] = 'x';
    }
  }
}

TEST_CASE("bytes are compared as unsigned numbers") {
  for (int value = 0; value < 256; ++value) {
    const std::string text(3, static_cast<char>(value));
    CHECK(any_byte(text, [](Bytes16 bytes) { return bytes < 0x20; }) == (value < 0x20));
    CHECK(any_byte(text, [](Bytes16 bytes) { return bytes == 0x7f; }) == (value == 0x7f));
  }
}
