// Leases that one Renewer keeps alive: how many are lost, and what they cost.
//
//   leases URL COUNT SECONDS
//
// Takes COUNT locks with leases of 10 s, waits until each was renewed, and counts for SECONDS. Prints one JSON object.
#include <sys/resource.h>

#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <thread>
#include <vector>

#include "dynamutex/lock/renewer.hpp"
#include "heap.hpp"
#include "lock_world.hpp"

namespace {

using namespace dynamutex;

constexpr std::chrono::seconds kLease{10};

struct Tally {
  std::atomic<long> renewed{0};
  std::atomic<long> at_risk{0};
  std::atomic<long> lost{0};
};

double cpu_seconds() {
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  const auto seconds = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) * 1e-6;
  };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

lock::RenewerEvents counting(Tally& tally) {
  lock::RenewerEvents events;
  events.on_renewed = [&tally] { ++tally.renewed; };
  events.on_at_risk = [&tally](const Error&) { ++tally.at_risk; };
  events.on_lost = [&tally](const Error& reason) {
    if (++tally.lost == 1) std::fprintf(stderr, "leases: the first loss: %s\n", reason.message.c_str());
  };
  return events;
}

/// Takes all locks and hands each to the renewer at once: the first would not live until the last is taken.
std::vector<lock::Lease> take_all(bench::LockWorld& world, lock::Renewer& renewer, int count, Tally& tally) {
  std::vector<lock::LockName> names;
  for (int number = 0; number < count; ++number) names.emplace_back("lease-" + std::to_string(number));
  std::vector<lock::Lease> leases;
  leases.reserve(names.size());
  lock::AcquireOptions options;
  options.lease = kLease;
  lock::BulkOptions bulk;
  bulk.timeout = std::chrono::minutes(5);
  world.locks().acquire_all(
      names, options,
      [&](std::size_t, Result<lock::Lease> lease) {
        if (!lease) bench::fail("leases: " + lease.error().message);
        renewer.add(*lease, counting(tally));
        leases.push_back(*std::move(lease));
      },
      bulk);
  return leases;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 4) bench::fail("usage: leases URL COUNT SECONDS");
  const int count = std::atoi(argv[2]);
  const std::chrono::seconds span(std::atoi(argv[3]));
  bench::LockWorldOptions world_options;
  world_options.url = argv[1];
  bench::LockWorld world(std::move(world_options));
  // What the client needs once is no lease's.
  if (auto first = world.locks().acquire("first"); !first) bench::fail("leases: " + first.error().message);

  const bench::Heap before = bench::heap();
  Tally tally;
  const auto began = std::chrono::steady_clock::now();
  lock::Renewer renewer(world.clock(), world.entropy());
  const std::vector<lock::Lease> leases = take_all(world, renewer, count, tally);
  const std::chrono::duration<double> taking = std::chrono::steady_clock::now() - began;
  std::this_thread::sleep_for(kLease / 2);

  const long renewed_before = tally.renewed;
  const double cpu_before = cpu_seconds();
  const auto started = std::chrono::steady_clock::now();
  std::this_thread::sleep_for(span);
  const std::chrono::duration<double> elapsed = std::chrono::steady_clock::now() - started;
  const double cores = (cpu_seconds() - cpu_before) / elapsed.count();
  const bench::Heap after = bench::heap();
  const double renewals = static_cast<double>(tally.renewed - renewed_before) / elapsed.count();
  const auto n = static_cast<double>(count);
  std::printf(R"({"leases":%d,"seconds":%lld,"lost":%ld,"at_risk":%ld,"taken_in_s":%.2f,"renewals_per_second":%.0f,)"
              R"("cores":%.3f,"cores_per_thousand":%.4f,"heap_bytes_per_lease":%.0f,"resident_bytes_per_lease":%.0f})"
              "\n",
              count, static_cast<long long>(span.count()), tally.lost.load(), tally.at_risk.load(), taking.count(), renewals,
              cores, cores / n * 1000, static_cast<double>(after.in_use - before.in_use) / n,
              static_cast<double>(after.resident - before.resident) / n);
  std::fflush(stdout);
  // Releasing them all would take longer than what was measured.
  std::_Exit(0);
}
