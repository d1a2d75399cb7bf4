#include "base/byte_scan.hpp"

#include <doctest/doctest.h>

#include <string>

using dynamutex::base::any_byte;
using dynamutex::base::any_set;
using dynamutex::base::Bytes16;
using dynamutex::base::copy_testing;

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

TEST_CASE("a text is copied, no byte before or behind it, and its rare bytes are seen") {
  const auto is_control = [](Bytes16 bytes) { return bytes < 0x20; };
  for (std::size_t size = 0; size <= 70; ++size) {
    std::string text;
    for (std::size_t i = 0; i < size; ++i) text += static_cast<char>('0' + i);
    for (std::size_t at = 0; at <= size; ++at) {
      std::string changed = text;
      if (at < size) changed[at] = '\x1f';
      std::string to(size + 2, '#');
      Bytes16 found{};
      CHECK(copy_testing(to.data() + 1, changed, is_control, found) == to.data() + 1 + size);
      CHECK(to == "#" + changed + "#");
      CHECK(any_set(found) == (at < size));
    }
  }
}

TEST_CASE("what was found before is kept") {
  Bytes16 found{};
  found[3] = 1;
  char to[20];
  CHECK(copy_testing(
            &to[0], "clean", [](Bytes16 bytes) { return bytes < 0x20; }, found) == &to[5]);
  CHECK(any_set(found));
}
