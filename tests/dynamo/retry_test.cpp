#include "dynamo/retry.hpp"

#include <doctest/doctest.h>

#include <chrono>

using namespace std::chrono_literals;
using namespace dynamutex;
using namespace dynamutex::dynamo;

namespace {
struct Fixed final : Entropy {
  explicit Fixed(std::uint64_t value) : bits(value) {}
  std::uint64_t next() noexcept override { return bits; }
  std::uint64_t bits;
};
constexpr std::uint64_t kHalf = std::uint64_t{1} << 63U;
}  // namespace

TEST_CASE("pauses double from 25 ms, and from 1 s for throttling, with full jitter") {
  Fixed half(kHalf);
  Fixed none(0);
  CHECK(retry_pause(RetryCause::transient, 1, half, {}) == 12'500us);
  CHECK(retry_pause(RetryCause::transient, 2, half, {}) == 25ms);
  CHECK(retry_pause(RetryCause::transient, 3, half, {}) == 50ms);
  CHECK(retry_pause(RetryCause::throttling, 1, half, {}) == 500ms);
  CHECK(retry_pause(RetryCause::throttling, 2, half, {}) == 1s);
  CHECK(retry_pause(RetryCause::transient, 3, none, {}) == 0ns);
}

TEST_CASE("no pause is longer than 20 s") {
  Fixed half(kHalf);
  CHECK(retry_pause(RetryCause::throttling, 30, half, {}) == 10s);
  CHECK(retry_pause(RetryCause::transient, 1'000'000, half, {}) == 10s);
}

TEST_CASE("what the server asks for is kept, but not for more than 5 s longer") {
  Fixed half(kHalf);
  CHECK(retry_pause(RetryCause::transient, 1, half, 300ms) == 300ms);
  CHECK(retry_pause(RetryCause::transient, 1, half, 1ms) == 12'500us);
  CHECK(retry_pause(RetryCause::transient, 1, half, 1h) == 5s + 12'500us);
}

TEST_CASE("a corrected clock is tried at once") {
  Fixed half(kHalf);
  CHECK(retry_pause(RetryCause::clock_skew, 1, half, {}) == 0ns);
}

TEST_CASE("the quota ends a storm of retries and recovers with success") {
  RetryQuota quota;
  int retries = 0;
  while (quota.take(RetryCause::transient) > 0) ++retries;
  CHECK(retries == 500 / 14);
  // 10 tokens are left: enough for two of throttling.
  CHECK(quota.take(RetryCause::throttling) == 5);
  CHECK(quota.take(RetryCause::throttling) == 5);
  CHECK(quota.take(RetryCause::throttling) == 0);
  quota.give_back(14);
  CHECK(quota.take(RetryCause::transient) == 14);
}

TEST_CASE("success without a retry gives one token, and never more than the quota holds") {
  RetryQuota quota;
  quota.give_back(500);
  REQUIRE(quota.take(RetryCause::throttling) == 5);
  quota.give_back(500);
  int retries = 0;
  while (quota.take(RetryCause::throttling) > 0) ++retries;
  CHECK(retries == 100);
  for (int i = 0; i < 5; ++i) quota.give_back(0);
  CHECK(quota.take(RetryCause::throttling) == 5);
}
