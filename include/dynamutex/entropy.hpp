#pragma once
// Randomness as part of the outside world that is injected.

#include <array>
#include <cstdint>
#include <memory>
#include <string>

#include "dynamutex/export.hpp"

namespace dynamutex {

/// A source of random numbers. Thread-safe: implementations allow calls from any thread at once.
class Entropy {
 public:
  virtual ~Entropy() = default;

  /// 64 unpredictable bits.
  [[nodiscard]] virtual std::uint64_t next() noexcept = 0;
  /// 128 of them.
  [[nodiscard]] virtual std::array<std::uint64_t, 2> next_pair() noexcept { return {next(), next()}; }
};

/// The kernel's generator (getrandom(2)).
[[nodiscard]] DYNAMUTEX_EXPORT std::unique_ptr<Entropy> make_system_entropy();

/// A number in [0, 1), for jitter.
[[nodiscard]] DYNAMUTEX_EXPORT double unit_interval(Entropy& entropy) noexcept;

/// 128 random bits as 32 hexadecimal digits, for names that must never meet.
[[nodiscard]] DYNAMUTEX_EXPORT std::string random_hex_128(Entropy& entropy);

}  // namespace dynamutex
