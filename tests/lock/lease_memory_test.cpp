// What a lease in a Renewer's care costs in memory: every allocation of this program is counted.

#include <doctest/doctest.h>

#include <malloc.h>

#include <chrono>
#include <cstdlib>
#include <memory>
#include <new>
#include <string>
#include <vector>

#include "lock/renewal_loop.hpp"
#include "virtual_table.hpp"

using namespace std::chrono_literals;
using namespace dynamutex;
using namespace dynamutex::lock;

namespace {
std::size_t live_bytes = 0;

void* counted(std::size_t size) {
  void* const memory = std::malloc(size);
  if (memory == nullptr) std::abort();
  // What the allocator sets aside, its own eight bytes included.
  live_bytes += ::malloc_usable_size(memory) + sizeof(std::size_t);
  return memory;
}
void discounted(void* memory) noexcept {
  if (memory != nullptr) live_bytes -= ::malloc_usable_size(memory) + sizeof(std::size_t);
  std::free(memory);
}
}  // namespace

void* operator new(std::size_t size) { return counted(size); }
void* operator new[](std::size_t size) { return counted(size); }
void operator delete(void* memory) noexcept { discounted(memory); }
void operator delete[](void* memory) noexcept { discounted(memory); }
void operator delete(void* memory, std::size_t) noexcept { discounted(memory); }
void operator delete[](void* memory, std::size_t) noexcept { discounted(memory); }

TEST_CASE("a lease takes less than 2 KiB, its Renewer's part and its events included, before and after renewals") {
  constexpr int kLeases = 1000;
  test::FakeClock clock;
  test::CountingEntropy entropy;
  test::VirtualTable table(clock);
  LockClientOptions options;
  options.owner = "a-host-with-a-long-name.example.com:1234567:0123abcd";
  const auto core = std::make_shared<Core>(table, clock, entropy, options);
  RenewalLoop loop(clock, entropy, {});
  std::vector<std::shared_ptr<LeaseState>> leases;
  leases.reserve(kLeases);
  int news = 0;
  const std::string padding(200, 'x');

  const std::size_t before = live_bytes;
  for (int i = 0; i < kLeases; ++i) {
    leases.push_back(test::lease_on(core, "tenant/" + std::to_string(i) + padding, 10s));
    loop.add(leases.back(), {[&news, i] { news += i; }, [&news](const Error&) { ++news; }, [&news](const Error&) { ++news; }});
  }
  const std::size_t taken = (live_bytes - before) / kLeases;
  MESSAGE("bytes a lease: " << taken);
  CHECK(taken < 2048);

  // One that fails keeps why, and what is in doubt.
  table.answer = [](const test::Started&, const dynamo::Operation&) {
    return test::Reply{20ms,
                       make_error(ErrorKind::ambiguous, "the connection to https://dynamodb.eu-west-1.amazonaws.com broke")};
  };
  const MonotonicTime end = clock.now() + 5s;
  while (clock.now() < end) REQUIRE(loop.step());
  table.started = {};
  const std::size_t in_doubt = (live_bytes - before) / kLeases;
  MESSAGE("bytes a lease, renewal in doubt: " << in_doubt);
  CHECK(in_doubt < 2048);
}
