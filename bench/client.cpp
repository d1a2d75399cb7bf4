// What put_item costs beside a bare libcurl loop that sends the same bytes, signed once: requests per second, and CPU time.
//
//   client URL [--requests N] [--rounds N] [--token-bytes N] [--growth] [--only bare|put_item|many] [--under-way N]
//
// The loops take turns, --requests in --rounds rounds each: the bare one, put_item, and "many": put_item with --under-way at once,
// from one thread. --growth: put_item alone, and how far the heap has grown from the first
// 10,000 requests to the last. Prints one JSON object. client.py starts a server and adds botocore.
#include <sys/resource.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <vector>

#include "client_bare.hpp"
#include "client_put.hpp"
#include "counted_new.hpp"
#include "heap.hpp"

namespace {

struct Options {
  std::string url;
  long requests = 200'000;
  long rounds = 20;
  std::size_t token_bytes = 0;
  bool growth = false;
  std::string only;
  int under_way = 64;
};

struct Sample {
  double requests_per_second;
  double cpu_us;
  double allocations;
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
  const std::size_t allocations = bench::allocations();
  for (long i = 0; i < count; ++i) {
    if (const std::string problem = send(); !problem.empty()) fail(problem);
  }
  const std::chrono::duration<double> elapsed = std::chrono::steady_clock::now() - started;
  const auto n = static_cast<double>(count);
  return {n / elapsed.count(), (cpu_seconds() - cpu) / n * 1e6, static_cast<double>(bench::allocations() - allocations) / n};
}

double median(std::vector<double> values) {
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

void print(const char* name, const std::vector<Sample>& samples) {
  if (samples.empty()) return;
  const auto median_of = [&](double Sample::*figure) {
    std::vector<double> values;
    for (const Sample& sample : samples) values.push_back(sample.*figure);
    return median(std::move(values));
  };
  std::printf(R"(,"%s":{"requests_per_second":%.0f,"cpu_us_per_request":%.3f,"allocations_per_request":%.1f})", name,
              median_of(&Sample::requests_per_second), median_of(&Sample::cpu_us), median_of(&Sample::allocations));
}

/// Of each round by itself: what else the machine does in the meantime then meets both.
void print_ratio(const char* name, const std::vector<Sample>& samples, const std::vector<Sample>& bares) {
  if (samples.empty() || bares.empty()) return;
  std::vector<double> ratios;
  for (std::size_t i = 0; i < samples.size(); ++i) ratios.push_back(samples[i].cpu_us / bares[i].cpu_us);
  std::printf(R"(,"%s":%.3f)", name, median(ratios));
}

void compare(const Options& options, bench::BareLoop& bare, bench::PutLoop& put, bench::ManyLoop& many) {
  std::vector<Sample> bares;
  std::vector<Sample> puts;
  std::vector<Sample> manys;
  const long count = std::max(options.requests / options.rounds, 1L);
  const auto wanted = [&](const char* loop) { return options.only.empty() || options.only == loop; };
  for (long round = 0; round < options.rounds; ++round) {
    if (wanted("bare")) bares.push_back(run(count, [&] { return bare.send(); }));
    if (wanted("put_item")) puts.push_back(run(count, [&] { return put.send(); }));
    if (wanted("many")) manys.push_back(run(count, [&] { return many.send(); }));
    if (const std::string problem = many.finish(); !problem.empty()) fail(problem);
  }
  std::printf(R"({"requests":%ld,"rounds":%ld,"token_bytes":%zu)", options.requests, options.rounds, options.token_bytes);
  print("bare_libcurl", bares);
  print("put_item", puts);
  print_ratio("cpu_ratio_to_bare_libcurl", puts, bares);
  print("many", manys);
  if (!manys.empty()) std::printf(R"(,"many_under_way":%d)", options.under_way);
  print_ratio("many_cpu_ratio_to_bare_libcurl", manys, bares);
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
              R"("cpu_us_per_request":%.3f})"
              "\n",
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
    else if (word == "--under-way") options.under_way = static_cast<int>(std::max(std::atol(value()), 1L));
    else if (word.rfind("--", 0) == 0) fail("not an option: " + word);
    else options.url = word;
  }
  if (options.url.empty()) {
    fail(
        "usage: client URL [--requests N] [--rounds N] [--token-bytes N] [--growth] [--only bare|put_item|many] [--under-way N]");
  }
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
  bench::ManyLoop many(options.url, options.token_bytes, options.under_way);
  compare(options, bare, put, many);
}
