#pragma once
// Looking for rare bytes in text, sixteen at a time.

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace dynamutex::base {

/// Sixteen bytes as one value: comparing it with a number compares each byte (a vector extension of GCC and Clang).
using Bytes16 = unsigned char __attribute__((vector_size(16)));

namespace detail {

/// Text of 1 to 15 bytes, some of them twice or more: words of a fixed size that overlap cost less than a copy of so many bytes.
inline Bytes16 short_text(const char* from, std::size_t size) noexcept {
  char bytes[sizeof(Bytes16)];
  const auto fill = [&](auto word) noexcept {
    for (std::size_t i = 0; i < sizeof bytes; i += 2 * sizeof word) {
      std::memcpy(&bytes[i], from, sizeof word);
      std::memcpy(&bytes[i + sizeof word], from + size - sizeof word, sizeof word);
    }
  };
  if (size >= 8) {
    fill(std::uint64_t{});
  } else if (size >= 4) {
    fill(std::uint32_t{});
  } else {
    fill(std::uint8_t{});
    bytes[0] = from[size / 2];
  }
  Bytes16 result;
  std::memcpy(&result, &bytes[0], sizeof result);
  return result;
}

}  // namespace detail

/// Whether any byte of the text satisfies `test`, which is given Bytes16 and answers for each byte, e.g. `bytes < 0x20`.
template <class Test>
[[nodiscard]] bool any_byte(std::string_view text, Test&& test) noexcept {
  constexpr std::size_t step = sizeof(Bytes16);
  if (text.empty()) return false;
  const auto at = [&](std::size_t offset) noexcept {
    Bytes16 bytes;
    std::memcpy(&bytes, text.data() + offset, step);
    return bytes;
  };
  auto found = test(text.size() < step ? detail::short_text(text.data(), text.size()) : at(text.size() - step));
  for (std::size_t offset = 0; offset + step < text.size(); offset += step) found |= test(at(offset));
  std::uint64_t halves[2];
  static_assert(sizeof halves == sizeof found);
  std::memcpy(&halves[0], &found, sizeof halves);
  return (halves[0] | halves[1]) != 0;
}

}  // namespace dynamutex::base
