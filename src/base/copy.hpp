#pragma once

#include <cstddef>
#include <cstring>
#include <string_view>

namespace dynamutex::base {

/// Copies `text` to `to` and returns the end of the copy. Requests are made of some hundred pieces of a few bytes each, for
/// which a call of memcpy costs more than the copying: overlapping words of a fixed size do it in line.
inline char* copy_text(char* to, std::string_view text) noexcept {
  const std::size_t size = text.size();
  const char* const from = text.data();
  const auto ends = [=](auto word) noexcept {
    auto last = word;
    std::memcpy(&word, from, sizeof word);
    std::memcpy(&last, from + size - sizeof last, sizeof last);
    std::memcpy(to, &word, sizeof word);
    std::memcpy(to + size - sizeof last, &last, sizeof last);
  };
  constexpr std::size_t step = 16;
  if (size > 256) {
    std::memcpy(to, from, size);
  } else if (size >= step) {
    // No wider than the stores that have just written a hash in hexadecimal: a wider load would wait for them to reach the cache.
    for (std::size_t i = 0; i + step < size; i += step) std::memcpy(to + i, from + i, step);
    std::memcpy(to + size - step, from + size - step, step);
  } else if (size >= 8) {
    ends(0ULL);
  } else if (size >= 4) {
    ends(0U);
  } else {
    for (std::size_t i = 0; i < size; ++i) to[i] = from[i];
  }
  return to + size;
}

}  // namespace dynamutex::base
