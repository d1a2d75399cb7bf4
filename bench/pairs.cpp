// What taking a free lock and giving it back costs, beside a bare libcurl loop that sends the bytes of one such pair again and again.
//
//   pairs URL PAIRS ROUNDS [dynamutex|bare]
//
// The two take turns in ROUNDS rounds, PAIRS pairs in all of each. With a name only that one runs. Prints one JSON object.
#include <sys/resource.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

#include "lock_world.hpp"
#include "pairs_bare.hpp"
#include "statistics.hpp"

namespace {

using namespace dynamutex;

constexpr int kCountedPairs = 100;

double cpu_us() {
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  const auto microseconds = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) * 1e6 + static_cast<double>(time.tv_usec);
  };
  return microseconds(usage.ru_utime) + microseconds(usage.ru_stime);
}

struct Samples {
  std::vector<double> pairs_per_second;  ///< Of each round.
  std::vector<double> cpu_us;            ///< Of a pair, of each round.
  std::vector<double> latency_us;        ///< Of each pair.
};

template <class Pair>
void run_round(long pairs, Pair&& pair, Samples& samples) {
  using Clock = std::chrono::steady_clock;
  const double cpu_before = cpu_us();
  const auto started = Clock::now();
  auto last = started;
  for (long i = 0; i < pairs; ++i) {
    pair();
    const auto now = Clock::now();
    samples.latency_us.push_back(std::chrono::duration<double, std::micro>(now - last).count());
    last = now;
  }
  const auto n = static_cast<double>(pairs);
  samples.pairs_per_second.push_back(n / std::chrono::duration<double>(last - started).count());
  samples.cpu_us.push_back((cpu_us() - cpu_before) / n);
}

void print(const char* name, const Samples& samples) {
  std::printf(R"("%s":{"pairs_per_second":%.0f,"cpu_us_per_pair":%.2f,"latency_us_p50":%.1f,"latency_us_p99":%.1f})", name,
              bench::median(samples.pairs_per_second), bench::median(samples.cpu_us), bench::median(samples.latency_us),
              bench::quantile(samples.latency_us, 0.99));
}

/// The median of the rounds' own ratios: what else the machine does in the meantime then meets both.
double ratio(const std::vector<double>& values, const std::vector<double>& floors) {
  std::vector<double> ratios;
  for (std::size_t i = 0; i < values.size(); ++i) ratios.push_back(values[i] / floors[i]);
  return bench::median(ratios);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 4) bench::fail("usage: pairs URL PAIRS ROUNDS [dynamutex|bare]");
  const long rounds = std::max(std::atol(argv[3]), 1L);
  const long pairs = std::max(std::atol(argv[2]) / rounds, 1L);
  const std::string only = argc > 4 ? argv[4] : "";

  // Watched, for the bytes of a pair and the number of its requests; and as anyone has it, for the time.
  std::vector<bench::SentRequest> sent;
  bool recording = false;
  bench::RequestCounts counts;
  bench::LockWorldOptions watched_options;
  watched_options.url = argv[1];
  watched_options.on_request = [&](const http::Request& request) {
    if (recording) sent.push_back(bench::copy_of(request));
  };
  watched_options.counts = &counts;
  bench::LockWorld watched(std::move(watched_options));
  bench::LockWorldOptions options;
  options.url = argv[1];
  bench::LockWorld world(std::move(options));

  const auto take_and_give_back = [](bench::LockWorld& in) {
    auto lease = in.locks().acquire("uncontended");
    if (!lease) bench::fail("pairs: " + lease.error().message);
    if (lease->release() != lock::ReleaseOutcome::released) bench::fail("pairs: a release failed");
  };
  // The first pair of a client learns the servers' time; the bytes of the second are those of all others.
  take_and_give_back(world);
  take_and_give_back(watched);
  const std::uint64_t counted = counts.reads + counts.takes + counts.releases;
  recording = true;
  take_and_give_back(watched);
  recording = false;
  for (int i = 1; i < kCountedPairs; ++i) take_and_give_back(watched);
  const auto requests = static_cast<double>(counts.reads + counts.takes + counts.releases - counted);
  const auto ask_dynamutex = [&] { take_and_give_back(world); };
  bench::BarePair bare(sent);
  const auto send_bare = [&] {
    if (const std::string problem = bare.send(); !problem.empty()) bench::fail("pairs: bare libcurl: " + problem);
  };

  Samples ours;
  Samples floor;
  for (long round = 0; round < rounds; ++round) {
    if (only != "dynamutex") run_round(pairs, send_bare, floor);
    if (only != "bare") run_round(pairs, ask_dynamutex, ours);
  }
  std::printf(R"({"pairs":%ld,"pairs_not_timed":%d)", pairs * rounds, 2 + kCountedPairs);
  if (only != "dynamutex") std::printf(","), print("bare_libcurl", floor);
  if (only != "bare") {
    std::printf(","), print("dynamutex", ours);
    std::printf(R"(,"requests_sent_per_pair":%.4f)", requests / kCountedPairs);
  }
  if (only.empty()) {
    std::printf(R"(,"cpu_ratio_to_bare":%.3f,"pairs_per_second_ratio_to_bare":%.3f)", ratio(ours.cpu_us, floor.cpu_us),
                ratio(ours.pairs_per_second, floor.pairs_per_second));
  }
  std::printf("}\n");
}
