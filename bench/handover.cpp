// A lock that goes from hand to hand among processes: how long it lies free, what that costs in requests, and who waits how long.
//
//   handover URL WAITERS HOLD_MS HANDOVERS
//
// WAITERS + 1 processes share one lock of the table 'locks'. Whoever has it keeps it for HOLD_MS, gives it back, and queues up
// again once somebody else has it: so WAITERS processes wait at each release. Prints one JSON object.
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <new>
#include <thread>
#include <vector>

#include "lock_world.hpp"
#include "statistics.hpp"

namespace {

using namespace dynamutex;
using std::chrono::milliseconds;

/// Enough for all processes to have come to their longest pause before anything counts.
constexpr std::chrono::seconds kWarmUp{4};
constexpr int kHandoversMax = 4096;
constexpr int kProcessesMax = 1024;

struct Turn {
  std::int64_t queued_ns;
  std::int64_t taken_ns;
  std::int64_t release_ns;  ///< When giving it back began.
};

/// Shared by all processes.
struct Shared {
  bench::RequestCounts counts;
  std::atomic<int> taken{0};  ///< How often the lock was taken: the first is the warm-up's.
  Turn turns[kHandoversMax + 2];
  std::atomic<std::int64_t> waiting_since_ns[kProcessesMax];  ///< Zero while not waiting.
};

struct Options {
  std::string url;
  int waiters;
  milliseconds hold;
  int handovers;
};

std::int64_t to_ns(MonotonicTime time) { return time.time_since_epoch().count(); }

[[noreturn]] void take_turns(const Options& options, Shared& shared, int self) {
  bench::LockWorldOptions world_options;
  world_options.url = options.url;
  world_options.counts = &shared.counts;
  world_options.connections_max = 1;
  bench::LockWorld world(std::move(world_options));
  lock::AcquireOptions acquire;
  acquire.wait = std::chrono::hours(1);
  for (;;) {
    const std::int64_t queued = to_ns(world.clock().now());
    shared.waiting_since_ns[self] = queued;
    auto lease = world.locks().acquire("hot", acquire);
    if (!lease) bench::fail("handover: " + lease.error().message);
    const std::int64_t taken = to_ns(world.clock().now());
    shared.waiting_since_ns[self] = 0;
    const int turn = shared.taken;
    shared.turns[turn] = {queued, taken, 0};
    shared.taken = turn + 1;
    std::this_thread::sleep_for(turn == 0 ? std::chrono::duration_cast<milliseconds>(kWarmUp) : options.hold);
    if (turn == options.handovers) ::pause();
    shared.turns[turn].release_ns = to_ns(world.clock().now());
    if (lease->release() != lock::ReleaseOutcome::released) bench::fail("handover: a release failed");
    while (shared.taken == turn + 1) std::this_thread::sleep_for(std::chrono::microseconds(200));
  }
}

void report(const Options& options, const Shared& shared, std::uint64_t reads, std::uint64_t takes, double seconds) {
  std::vector<double> free_ms;
  std::vector<double> waits;
  for (int turn = 1; turn <= options.handovers; ++turn) {
    free_ms.push_back(static_cast<double>(shared.turns[turn].taken_ns - shared.turns[turn - 1].release_ns) / 1e6);
    waits.push_back(static_cast<double>(shared.turns[turn].taken_ns - shared.turns[turn].queued_ns) / 1e9);
  }
  double sum = 0;
  for (const double wait : waits) sum += wait;
  const double mean = sum / static_cast<double>(waits.size());
  double longest = bench::quantile(waits, 1);
  // Those who still wait count with what they have waited so far.
  const std::int64_t end = shared.turns[options.handovers].taken_ns;
  for (int self = 0; self <= options.waiters; ++self) {
    const std::int64_t since = shared.waiting_since_ns[self];
    if (since != 0) longest = std::max(longest, static_cast<double>(end - since) / 1e9);
  }
  const auto n = static_cast<double>(options.handovers);
  const auto reads_each = static_cast<double>(reads) / n;
  const auto takes_each = static_cast<double>(takes) / n;
  // Up to 1 KB a write costs one unit, refused or not, and up to 4 KB a consistent read costs one. The other write is the release.
  if (shared.counts.bytes_max > 1024) bench::fail("handover: a request is larger than one write unit covers");
  std::printf(R"({"waiters":%d,"handovers":%d,"hold_ms":%lld,"free_ms_p50":%.2f,"free_ms_p90":%.2f,"free_ms_max":%.2f,)"
              R"("write_attempts_per_release":%.2f,"reads_per_handover":%.2f,"reads_per_waiter_and_second":%.2f,)"
              R"("requests_per_handover":%.2f,"write_units_per_handover":%.2f,"read_units_per_handover":%.2f,)"
              R"("wait_s_mean":%.2f,"wait_s_longest":%.2f,"longest_wait_over_mean":%.2f})"
              "\n",
              options.waiters, options.handovers, static_cast<long long>(options.hold.count()), bench::median(free_ms),
              bench::quantile(free_ms, 0.9), bench::quantile(free_ms, 1), takes_each, reads_each,
              static_cast<double>(reads) / seconds / options.waiters, reads_each + takes_each + 1, takes_each + 1, reads_each,
              mean, longest, longest / mean);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 5) bench::fail("usage: handover URL WAITERS HOLD_MS HANDOVERS");
  const Options options{argv[1], std::atoi(argv[2]), milliseconds(std::atoi(argv[3])), std::atoi(argv[4])};
  if (options.waiters < 1 || options.waiters >= kProcessesMax || options.handovers < 1 || options.handovers > kHandoversMax) {
    bench::fail("handover: too few or too many");
  }
  void* const memory = ::mmap(nullptr, sizeof(Shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED) bench::fail("handover: no shared memory");
  Shared& shared = *new (memory) Shared;

  std::vector<pid_t> children;
  for (int self = 0; self <= options.waiters; ++self) {
    const pid_t child = ::fork();
    if (child < 0) bench::fail("handover: cannot fork");
    if (child == 0) {
      ::prctl(PR_SET_PDEATHSIG, SIGKILL);
      take_turns(options, shared, self);
    }
    children.push_back(child);
  }
  bool alive = true;
  const auto until_taken = [&](int count) {
    while (shared.taken < count && (alive = ::waitpid(-1, nullptr, WNOHANG) == 0)) std::this_thread::sleep_for(milliseconds(1));
  };
  until_taken(1);
  std::this_thread::sleep_for(kWarmUp - milliseconds(100));
  const std::uint64_t reads_before = shared.counts.reads;
  const std::uint64_t takes_before = shared.counts.takes;
  const auto started = std::chrono::steady_clock::now();
  until_taken(options.handovers + 1);
  const std::uint64_t reads = shared.counts.reads - reads_before;
  const std::uint64_t takes = shared.counts.takes - takes_before;
  const std::chrono::duration<double> elapsed = std::chrono::steady_clock::now() - started;
  for (const pid_t child : children) ::kill(child, SIGKILL);
  for (const pid_t child : children) ::waitpid(child, nullptr, 0);
  if (!alive) bench::fail("handover: a process ended before its time");
  report(options, shared, reads, takes, elapsed.count());
}
