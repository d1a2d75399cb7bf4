// What put_item costs beside a bare libcurl loop that sends the same bytes, signed once: requests per second, and CPU time.
//
//   client URL [--requests N] [--rounds N] [--token-bytes N] [--growth] [--only bare|put_item]
//
// The two take turns, --requests in --rounds rounds each. --growth: put_item alone, and how far the heap has grown from the first
// 10,000 requests to the last. Prints one JSON object. client.py starts a server and adds botocore.
#include <sys/resource.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <functional>
#include <string>
#include <vector>

#include "client_bare.hpp"
#include "client_put.hpp"
#include "heap.hpp"

namespace {

struct Options {
  std::string url;
  long requests = 200'000;
  long rounds = 20;
  std::size_t token_bytes = 0;
  bool growth = false;
  std::string only;
};

struct Sample {
  double requests_per_second;
  double cpu_us;
};

double cpu_seconds() {
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  const auto seconds = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) * 1e-6;
  };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

[[noreturn]] void fail(const std::string& what) {
  std::fprintf(stderr, "client: %s\n", what.c_str());
  std::exit(1);
}

template <class Send>
Sample run(long count, Send&& send) {
  const auto started = std::chrono::steady_clock::now();
  const double cpu = cpu_seconds();
  for (long i = 0; i < count; ++i) {
    if (const std::string problem = send(); !problem.empty()) fail(problem);
  }
  const std::chrono::duration<double> elapsed = std::chrono::steady_clock::now() - started;
  const auto n = static_cast<double>(count);
  return {n / elapsed.count(), (cpu_seconds() - cpu) / n * 1e6};
}

double median(std::vector<double> values) {
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

/// Prints both medians; returns that of the CPU time.
double print(const char* name, const std::vector<Sample>& samples) {
  std::vector<double> rates;
  std::vector<double> cpus;
  for (const Sample& sample : samples) {
    rates.push_back(sample.requests_per_second);
    cpus.push_back(sample.cpu_us);
  }
  const double cpu = median(cpus);
  std::printf(R"("%s":{"requests_per_second":%.0f,"cpu_us_per_request":%.3f})", name, median(rates), cpu);
  return cpu;
}

void compare(const Options& options, bench::BareLoop& bare, bench::PutLoop& put) {
  std::vector<Sample> bares;
  std::vector<Sample> puts;
  std::vector<double> ratios;
  const long count = std::max(options.requests / options.rounds, 1L);
  for (long round = 0; round < options.rounds; ++round) {
    if (options.only != "put_item") bares.push_back(run(count, [&] { return bare.send(); }));
    if (options.only != "bare") puts.push_back(run(count, [&] { return put.send(); }));
    if (options.only.empty()) ratios.push_back(puts.back().cpu_us / bares.back().cpu_us);
  }
  std::printf(R"({"requests":%ld,"rounds":%ld,"token_bytes":%zu)", options.requests, options.rounds, options.token_bytes);
  if (!bares.empty()) std::printf(","), print("bare_libcurl", bares);
  if (!puts.empty()) std::printf(","), print("put_item", puts);
  // Of each round by itself: what else the machine does in the meantime then meets both.
  if (!ratios.empty()) std::printf(R"(,"cpu_ratio_to_bare_libcurl":%.3f)", median(ratios));
  std::printf("}\n");
}

void measure_growth(const Options& options, bench::PutLoop& put) {
  constexpr long kFirst = 10'000;
  if (options.requests <= kFirst) fail("--growth needs more than 10000 requests");
  run(kFirst, [&] { return put.send(); });
  const bench::Heap before = bench::heap();
  const Sample sample = run(options.requests - kFirst, [&] { return put.send(); });
  const bench::Heap after = bench::heap();
  std::printf(R"({"requests":%ld,"heap_in_use_bytes":%lld,"heap_growth_bytes":%lld,"resident_growth_bytes":%lld,)"
              R"("cpu_us_per_request":%.3f})" "\n",
              options.requests, after.in_use, after.in_use - before.in_use, after.resident - before.resident, sample.cpu_us);
}

Options parse(int argc, char** argv) {
  Options options;
  for (int i = 1; i < argc; ++i) {
    const std::string word = argv[i];
    const auto value = [&] { return ++i < argc ? argv[i] : (fail(word + " needs a value"), nullptr); };
    if (word == "--growth") options.growth = true;
    else if (word == "--requests") options.requests = std::atol(value());
    else if (word == "--rounds") options.rounds = std::max(std::atol(value()), 1L);
    else if (word == "--token-bytes") options.token_bytes = static_cast<std::size_t>(std::atol(value()));
    else if (word == "--only") options.only = value();
    else if (word.rfind("--", 0) == 0) fail("not an option: " + word);
    else options.url = word;
  }
  if (options.url.empty()) fail("usage: client URL [--requests N] [--rounds N] [--token-bytes N] [--growth] [--only bare|put_item]");
  return options;
}

}  // namespace

int main(int argc, char** argv) {
  const Options options = parse(argc, argv);
  bench::PutLoop put(options.url, options.token_bytes);
  if (options.growth) {
    measure_growth(options, put);
    return 0;
  }
  bench::BareLoop bare(options.url, options.token_bytes);
  compare(options, bare, put);
}
