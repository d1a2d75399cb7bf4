#pragma once
// Looking for rare bytes in text, sixteen at a time.

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

#include "base/copy.hpp"

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

/// Whether any byte of what a test answered is set.
[[nodiscard]] inline bool any_set(Bytes16 answers) noexcept {
  std::uint64_t halves[2];
  static_assert(sizeof halves == sizeof answers);
  std::memcpy(&halves[0], &answers, sizeof halves);
  return (halves[0] | halves[1]) != 0;
}

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
  return any_set(Bytes16(found));
}

/// Copies the text to `to`, adds to `found` what `test` answers for its bytes, and returns the end of the copy: a text is looked at and
/// copied for one look's price.
template <class Test>
[[nodiscard]] inline char* copy_testing(char* to, std::string_view text, Test&& test, Bytes16& found) noexcept {
  constexpr std::size_t step = sizeof(Bytes16);
  const auto take = [&](std::size_t offset) noexcept {
    Bytes16 bytes;
    std::memcpy(&bytes, text.data() + offset, step);
    std::memcpy(to + offset, &bytes, step);
    found |= Bytes16(test(bytes));
  };
  const std::size_t size = text.size();
  if (size >= step) {
    for (std::size_t offset = 0; offset + step < size; offset += step) take(offset);
    take(size - step);
  } else if (size > 0) {
    found |= Bytes16(test(detail::short_text(text.data(), size)));
    copy_text(to, text);
  }
  return to + size;
}

}  // namespace dynamutex::base
