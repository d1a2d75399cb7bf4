// The floor: the SHA-256 compressions of a warm signature, and nothing else, by OpenSSL's own fastest means.
// 300 bytes of body: 5; the canonical request of 262 bytes: 5; the string to sign after the inner pad: 3; the outer: 1.
#define OPENSSL_SUPPRESS_DEPRECATED
#include <benchmark/benchmark.h>
#include <openssl/sha.h>

namespace {

constexpr std::size_t warm_compressions = 14;

void floor_bare_compressions(benchmark::State& state) {
  unsigned char blocks[warm_compressions * SHA256_CBLOCK] = {};
  SHA256_CTX hash;
  SHA256_Init(&hash);
  for (auto _ : state) {
    SHA256_Update(&hash, blocks, sizeof blocks);
    benchmark::DoNotOptimize(hash);
  }
  state.counters["compressions"] = warm_compressions;
}
BENCHMARK(floor_bare_compressions)->Name("floor/bare_14_compressions");

}  // namespace
