#include "dynamutex/entropy.hpp"

#include <sys/random.h>

#include <cerrno>
#include <cstdlib>

namespace dynamutex {
namespace {

class SystemEntropy final : public Entropy {
 public:
  std::uint64_t next() noexcept override { return read<std::uint64_t>(); }
  std::array<std::uint64_t, 2> next_pair() noexcept override { return read<std::array<std::uint64_t, 2>>(); }

 private:
  /// Nothing is kept for later: a virtual machine that is restored twice from one snapshot would give out the same names twice.
  template <class Bits>
  static Bits read() noexcept {
    Bits bits{};
    while (::getrandom(&bits, sizeof bits, 0) != static_cast<ssize_t>(sizeof bits)) {
      // Only an interrupted wait for the kernel's first seed can fail here (getrandom(2)); a kernel without
      // the call at all could give names that meet, which is worse than stopping.
      if (errno != EINTR) std::abort();
    }
    return bits;
  }
};

}  // namespace

std::unique_ptr<Entropy> make_system_entropy() { return std::make_unique<SystemEntropy>(); }

double unit_interval(Entropy& entropy) noexcept {
  constexpr double kScale = 1.0 / 9007199254740992.0;  // 2^-53
  return static_cast<double>(entropy.next() >> 11) * kScale;
}

std::string random_hex_128(Entropy& entropy) {
  static constexpr char kDigits[] = "0123456789abcdef";
  std::string text(32, '0');
  char* at = text.data();
  for (const std::uint64_t bits : entropy.next_pair()) {
    for (int shift = 60; shift >= 0; shift -= 4) *at++ = kDigits[(bits >> shift) & 15U];
  }
  return text;
}

}  // namespace dynamutex
