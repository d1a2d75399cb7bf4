#include "dynamutex/entropy.hpp"

#include <doctest/doctest.h>

using namespace dynamutex;

namespace {
struct Fixed final : Entropy {
  explicit Fixed(std::uint64_t value) : bits(value) {}
  std::uint64_t next() noexcept override { return bits; }
  std::uint64_t bits;
};
}  // namespace

TEST_CASE("random names are 32 hexadecimal digits and differ") {
  const auto entropy = make_system_entropy();
  const auto first = random_hex_128(*entropy);
  CHECK(first.size() == 32);
  CHECK(first.find_first_not_of("0123456789abcdef") == std::string::npos);
  CHECK(first != random_hex_128(*entropy));
  CHECK(first.substr(0, 16) != first.substr(16));
  Fixed known(0x0123456789abcdefULL);
  CHECK(random_hex_128(known) == "0123456789abcdef0123456789abcdef");
}

TEST_CASE("jitter stays below one") {
  Fixed highest(~0ULL);
  CHECK(unit_interval(highest) < 1.0);
  Fixed lowest(0);
  CHECK(unit_interval(lowest) == 0.0);
}
