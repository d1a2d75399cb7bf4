#pragma once
// Random numbers that are the same on every machine and with every compiler: a seed must replay anywhere.

#include <cstddef>
#include <cstdint>

#include "dynamutex/clock.hpp"
#include "dynamutex/entropy.hpp"

namespace dynamutex::simulation {

/// SplitMix64 (Steele, Lea, Flood: "Fast splittable pseudorandom number generators", 2014). Integers only: the
/// standard library's distributions differ between implementations.
class Random {
 public:
  explicit Random(std::uint64_t seed) noexcept : state_(seed) {}

  std::uint64_t next() noexcept {
    state_ += 0x9e3779b97f4a7c15ULL;
    std::uint64_t z = state_;
    z = (z ^ (z >> 30U)) * 0xbf58476d1ce4e5b9ULL;
    z = (z ^ (z >> 27U)) * 0x94d049bb133111ebULL;
    return z ^ (z >> 31U);
  }

  /// 0 to `end` - 1; `end` is above zero.
  std::uint64_t below(std::uint64_t end) noexcept { return next() % end; }
  int between(int low, int high) noexcept { return low + static_cast<int>(below(static_cast<std::uint64_t>(high - low + 1))); }
  Duration between(Duration low, Duration high) noexcept {
    return high <= low ? low
                       : low + Duration(static_cast<Duration::rep>(below(static_cast<std::uint64_t>((high - low).count()))));
  }
  /// True `per_mille` times in a thousand.
  bool chance(unsigned per_mille) noexcept { return per_mille > 0 && below(1000) < per_mille; }
  bool coin() noexcept { return (next() & 1U) != 0; }

  template <class T, std::size_t N>
  const T& pick(const T (&choices)[N]) noexcept {
    return choices[below(N)];
  }

 private:
  std::uint64_t state_;
};

/// The same numbers as the code under test asks for them.
class SeededEntropy final : public Entropy {
 public:
  explicit SeededEntropy(std::uint64_t seed) noexcept : random_(seed) {}
  std::uint64_t next() noexcept override { return random_.next(); }

 private:
  Random random_;
};

}  // namespace dynamutex::simulation
