#pragma once
// Looking for rare bytes in text, sixteen at a time.

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace dynamutex::base {

/// Sixteen bytes as one value: comparing it with a number compares each byte (a vector extension of GCC and Clang).
using Bytes16 = unsigned char __attribute__((vector_size(16)));

/// Whether any byte of the text satisfies `test`, which is given Bytes16 and answers for each byte, e.g. `bytes < 0x20`. It must not
/// hold for a space.
template <class Test>
[[nodiscard]] bool any_byte(std::string_view text, Test&& test) noexcept {
  const auto load = [](const char* from, std::size_t count) noexcept {
    char padded[sizeof(Bytes16)] = {' ', ' ', ' ', ' ', ' ', ' ', ' ', ' ', ' ', ' ', ' ', ' ', ' ', ' ', ' ', ' '};
    Bytes16 bytes;
    std::memcpy(&padded[0], from, count);
    std::memcpy(&bytes, &padded[0], sizeof bytes);
    return bytes;
  };
  auto found = test(load("", 0));  // Of nothing.
  std::size_t at = 0;
  for (; at + sizeof(Bytes16) <= text.size(); at += sizeof(Bytes16)) found |= test(load(text.data() + at, sizeof(Bytes16)));
  if (at < text.size()) found |= test(load(text.data() + at, text.size() - at));
  std::uint64_t halves[2];
  static_assert(sizeof halves == sizeof found);
  std::memcpy(&halves[0], &found, sizeof halves);
  return (halves[0] | halves[1]) != 0;
}

}  // namespace dynamutex::base
