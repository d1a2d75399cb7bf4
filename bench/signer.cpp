// What a signature costs: warm (the day's key is in the cache), cold (it has to be derived) and with a session token.
// Run: bench/signer [--benchmark_format=json]
#include "dynamutex/sigv4/signer.hpp"

#include <benchmark/benchmark.h>

#include <cstdlib>
#include <vector>

#include "counted_new.hpp"
#include "request.hpp"

namespace {

using namespace dynamutex::sigv4;

struct Fixture {
  explicit Fixture(std::size_t token_size)
      : token(token_size, 'T'), credentials{std::string(bench::access_key_id), dynamutex::Secret(bench::secret_access_key),
                                            dynamutex::Secret(token)} {
    headers = {{"content-type", bench::content_type}, {"host", bench::host}, {"x-amz-date", bench::amz_date}};
    if (!token.empty()) headers.push_back({"x-amz-security-token", token});
    headers.push_back({"x-amz-target", bench::target});
  }

  [[nodiscard]] Scope scope() const { return {*AmzDate::parse(bench::amz_date), bench::region, bench::service}; }

  std::string token;
  std::string body = bench::put_item_body();
  Credentials credentials;
  std::vector<Header> headers;
};

void sign(benchmark::State& state, const Fixture& fixture, SigningKeyCache& keys, const Scope& scope) {
  char memory[512];
  const auto value = authorization({"POST", "/", "", fixture.headers, Payload::of(fixture.body)}, fixture.credentials, scope,
                                   keys, {memory, sizeof memory});
  if (!value) state.SkipWithError(value.error().message.c_str());
  benchmark::DoNotOptimize(memory);
}

void warm(benchmark::State& state) {
  const Fixture fixture(static_cast<std::size_t>(state.range(0)));
  const Scope scope = fixture.scope();
  SigningKeyCache keys;
  sign(state, fixture, keys, scope);
  const std::size_t before = bench::allocations();
  for (auto _ : state) sign(state, fixture, keys, scope);
  state.counters["allocations"] = static_cast<double>(bench::allocations() - before) / static_cast<double>(state.iterations());
}
BENCHMARK(warm)->Name("dynamutex/warm")->Arg(0)->ArgName("token_bytes");
BENCHMARK(warm)->Name("dynamutex/warm")->Arg(800)->ArgName("token_bytes");

void cold(benchmark::State& state) {
  const Fixture fixture(0);
  // Two days in turn with room for one key: every signature derives its key.
  const Scope days[] = {fixture.scope(), {*AmzDate::parse("20150831T123600Z"), bench::region, bench::service}};
  auto other_day = fixture.headers;
  other_day[2].value = days[1].date.text();
  Fixture second(0);
  second.headers = other_day;
  SigningKeyCache keys(1);
  sign(state, fixture, keys, days[0]);
  const std::size_t before = bench::allocations();
  bool odd = true;
  for (auto _ : state) {
    sign(state, odd ? second : fixture, keys, days[odd ? 1 : 0]);
    odd = !odd;
  }
  state.counters["allocations"] = static_cast<double>(bench::allocations() - before) / static_cast<double>(state.iterations());
}
BENCHMARK(cold)->Name("dynamutex/cold");

}  // namespace

BENCHMARK_MAIN();
