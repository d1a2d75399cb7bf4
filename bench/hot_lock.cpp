// One lock that thousands wait for, in simulated time: the real lock layer on a simulated table, every request counted by the second.
//
//   hot_lock SCENARIO WAITERS POLL_MIN_MS POLL_MAX_MS SECONDS
//
//   steady    one holder keeps the lock all the while, and renews it
//   turnover  each holder gives the lock back after a second, and queues up again once somebody else has it
//   crash     the holder dies, and the lock is taken over when its lease is over
//
// The waiters come over the first 30 s; 30 s later SECONDS begin to count. A request takes 1.5 to 4 ms either way, and is throttled
// where its second has seen 3,000 reads or 1,000 writes, a partition's limits; then it is tried again by the client's own rules. Prints
// one JSON object.
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "dynamo/retry.hpp"
#include "dynamutex/dynamo/table.hpp"
#include "dynamutex/lock/lock_client.hpp"
#include "simulation/server.hpp"
#include "simulation/world.hpp"
#include "statistics.hpp"

namespace {

using namespace dynamutex;
using namespace dynamutex::simulation;
using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr seconds kArrival{30};
/// From the last arrival until everybody has come to the longest pause.
constexpr seconds kSettling{30};
constexpr seconds kLease{20};
constexpr seconds kHold{1};
constexpr std::uint64_t kEventsMax = 500'000'000;

enum class Scenario { steady, turnover, crash };

struct Options {
  Scenario scenario;
  int waiters;
  milliseconds poll_min;
  milliseconds poll_max;
  seconds counted;
};

/// https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/bp-partition-key-design.html; a record is below 1 KB, so that each
/// request is one unit.
constexpr int kAttemptsMax = 4;  // dynamo::ClientOptions
constexpr int kReadsMax = 3000;
constexpr int kWritesMax = 1000;

/// Requests by the second in which the table saw them.
struct Load {
  std::vector<int> reads;
  std::vector<int> writes;
  std::vector<int> throttled;

  /// False where it is throttled.
  bool add(TrueTime at, bool write) {
    const auto second = static_cast<std::size_t>(at / seconds(1));
    for (auto* const each : {&reads, &writes, &throttled}) each->resize(std::max(each->size(), second + 1));
    const bool served = ++(write ? writes : reads)[second] <= (write ? kWritesMax : kReadsMax);
    if (!served) ++throttled[second];
    return served;
  }
};

/// A Table without faults that counts, and tries again what was throttled.
class CountedTable final : public dynamo::Table {
 public:
  CountedTable(World& world, Server& server, Load& load, Process& process)
      : world_(world), server_(server), load_(load), process_(process), entropy_(world.random.next()) {}

  Result<dynamo::WriteOutcome> put(const dynamo::PutItem& request, const dynamo::CallOptions&) override { return write(request); }
  Result<dynamo::WriteOutcome> remove(const dynamo::DeleteItem& request, const dynamo::CallOptions&) override {
    return write(request);
  }
  Result<dynamo::WriteOutcome> update(const dynamo::UpdateItem& request, const dynamo::CallOptions&) override {
    return write(request);
  }
  Result<std::optional<dynamo::Item>> get(const dynamo::GetItem& request, const dynamo::CallOptions&) override {
    auto served = call(request);
    if (!served) return std::move(served).error();
    return std::move(served->item);
  }
  Result<dynamo::ScanPage> scan(const dynamo::Scan&, const dynamo::CallOptions&) override {
    return make_error(ErrorKind::invalid, "nobody scans here");
  }
  const dynamo::ServerClock& server_clock() const noexcept override { return server_clock_; }

 private:
  Result<dynamo::WriteOutcome> write(const Operation& operation) {
    auto served = call(operation);
    if (!served) return std::move(served).error();
    dynamo::WriteOutcome outcome;
    if (served->status == Served::Status::condition_failed) outcome.status = dynamo::WriteOutcome::Status::condition_failed;
    outcome.item = std::move(served->item);
    return outcome;
  }

  Result<Served> call(const Operation& operation) {
    for (int attempt = 1;; ++attempt) {
      auto served = try_once(operation);
      if (served || served.error().kind != ErrorKind::throttled || attempt == kAttemptsMax) {
        if (served) quota_.give_back(std::exchange(taken_, 0));
        return served;
      }
      taken_ = quota_.take(dynamo::RetryCause::throttling);
      if (taken_ == 0) return served;
      world_.sleep(dynamo::retry_pause(dynamo::RetryCause::throttling, attempt, entropy_, std::nullopt));
    }
  }

  Result<Served> try_once(const Operation& operation) {
    const MonotonicTime sent = local_now(world_, process_);
    world_.sleep(one_way());
    if (process_.draining) return make_error(ErrorKind::denied, "the simulation is over");
    const bool allowed = load_.add(world_.now(), is_write(operation));
    Served served;
    if (allowed) served = server_.serve(operation, {process_.id, 0, false});
    const auto date = std::chrono::floor<seconds>(kServerEpoch + world_.now());
    world_.sleep(one_way());
    if (process_.draining) return make_error(ErrorKind::denied, "the simulation is over");
    if (!allowed) return make_error(ErrorKind::throttled, "throttled");
    if (served.status == Served::Status::invalid) return make_error(ErrorKind::invalid, "ValidationException");
    server_clock_.observe(sent, local_now(world_, process_), date);
    return served;
  }

  Duration one_way() { return world_.random.between(Duration(std::chrono::microseconds(1500)), Duration(milliseconds(4))); }

  World& world_;
  Server& server_;
  Load& load_;
  Process& process_;
  SeededEntropy entropy_;
  dynamo::RetryQuota quota_;
  int taken_ = 0;
  dynamo::ServerClock server_clock_{dynamo::ServerClockOptions{}};
};

/// What all users see of each other's turns.
struct Turns {
  int taken = 0;
  TrueTime released{};
  std::vector<double> free_ms;  ///< From the beginning of a release, or from a dead record's expiry, to the next acquisition.
};

/// A program that wants the lock.
class User {
 public:
  User(const Options& options, World& world, Server& server, Load& load, Turns& turns, int id)
      : options_(options), world_(world), turns_(turns), entropy_(world.random.next()) {
    machine_.id = process_.id = id;
    machine_.boot = world.random.between(seconds(100), seconds(1'000'000));
    machine_.rate_ppm = world.random.between(-50, 50);
    machine_.wall_error = world.random.between(milliseconds(-50), milliseconds(50));
    process_.machine = &machine_;
    process_.owner = "host-" + std::to_string(id);
    clock_ = std::make_unique<SimulatedClock>(world, process_);
    table_ = std::make_unique<CountedTable>(world, server, load, process_);
    lock::LockClientOptions lock_options;
    lock_options.owner = process_.owner;
    lock_options.poll_min = options.poll_min;
    lock_options.poll_max = options.poll_max;
    locks_ = std::make_unique<lock::LockClient>(*table_, *clock_, entropy_, lock_options);
  }

  void start(TrueTime at) {
    world_.spawn(process_, [this, at] {
      world_.sleep(at - world_.now());
      while (!process_.draining) take_turn();
    });
  }

 private:
  void take_turn() {
    lock::AcquireOptions acquire;
    acquire.lease = kLease;
    acquire.wait = Duration::max();
    auto lease = locks_->acquire("hot", acquire);
    if (process_.draining) return;
    if (!lease) {
      std::fprintf(stderr, "hot_lock: %s\n", lease.error().message.c_str());
      std::exit(1);
    }
    const int turn = ++turns_.taken;
    if (turn > 1) turns_.free_ms.push_back(static_cast<double>((world_.now() - turns_.released).count()) / 1e6);
    // The first holder of all scenarios stays until everybody waits.
    keep(*lease, turn == 1 ? kArrival + kSettling : options_.scenario == Scenario::turnover ? kHold : seconds(86'400));
    if (process_.draining) return;
    turns_.released = world_.now();
    if (options_.scenario == Scenario::crash) {
      turns_.released += lease->remaining();
      world_.sleep(std::chrono::hours(24));
      return;
    }
    static_cast<void>(lease->release());
    while (turns_.taken == turn && !process_.draining) world_.sleep(milliseconds(1));
  }

  void keep(lock::Lease& lease, Duration span) {
    const bool holds_to_the_end = turns_.taken == 1 && options_.scenario == Scenario::steady;
    const TrueTime end = holds_to_the_end ? kNever : world_.now() + span;
    while (world_.now() < end && !process_.draining) {
      world_.sleep(std::min<Duration>(kLease / 3, end - world_.now()));
      if (world_.now() < end && !process_.draining && !lease.renew()) {
        std::fprintf(stderr, "hot_lock: a renewal failed\n");
        std::exit(1);
      }
    }
  }

  const Options& options_;
  World& world_;
  Turns& turns_;
  Machine machine_;
  Process process_;
  SeededEntropy entropy_;
  std::unique_ptr<SimulatedClock> clock_;
  std::unique_ptr<CountedTable> table_;
  std::unique_ptr<lock::LockClient> locks_;
};

double mean_of(const std::vector<int>& by_second, std::size_t from, std::size_t to) {
  double sum = 0;
  for (std::size_t second = from; second < to && second < by_second.size(); ++second) sum += by_second[second];
  return sum / static_cast<double>(to - from);
}

int peak_of(const std::vector<int>& by_second, std::size_t from, std::size_t to) {
  int peak = 0;
  for (std::size_t second = from; second < to && second < by_second.size(); ++second) peak = std::max(peak, by_second[second]);
  return peak;
}

void report(const char* scenario, const Options& options, const Load& load, const Turns& turns) {
  const auto from = static_cast<std::size_t>((kArrival + kSettling).count());
  const auto to = from + static_cast<std::size_t>(options.counted.count());
  const double reads = mean_of(load.reads, from, to);
  const double writes = mean_of(load.writes, from, to);
  const auto handovers = static_cast<double>(turns.free_ms.size());
  // A hand-over's writes, without the release itself.
  const double attempts = options.scenario == Scenario::turnover && handovers > 0
                              ? writes * static_cast<double>(options.counted.count()) / handovers - 1
                              : 0;
  constexpr double kDay = 86'400;
  std::printf(
      R"({"scenario":"%s","waiters":%d,"poll_min_ms":%lld,"poll_max_ms":%lld,"reads_per_second":%.0f,)"
      R"("reads_peak_second":%d,"throttled_per_second":%.1f,"throttled_peak_second":%d,"writes_per_second":%.2f,"writes_peak_second":%d,"arrival_writes_peak_second":%d,)"
      R"("handovers":%.0f,"write_attempts_per_release":%.2f,"free_ms_p50":%.2f,"free_ms_max":%.2f,)"
      R"("read_units_per_day":%.0f,"write_units_per_day":%.0f})"
      "\n",
      scenario, options.waiters, static_cast<long long>(options.poll_min.count()),
      static_cast<long long>(options.poll_max.count()), reads, peak_of(load.reads, from, to), mean_of(load.throttled, from, to),
      peak_of(load.throttled, from, to), writes, peak_of(load.writes, from, to), peak_of(load.writes, 0, from), handovers,
      attempts, bench::median(turns.free_ms), bench::quantile(turns.free_ms, 1), reads * kDay, writes * kDay);
}

}  // namespace

int main(int argc, char** argv) {
  const std::string scenario = argc == 6 ? argv[1] : "";
  if (scenario != "steady" && scenario != "turnover" && scenario != "crash") {
    std::fprintf(stderr, "usage: hot_lock steady|turnover|crash WAITERS POLL_MIN_MS POLL_MAX_MS SECONDS\n");
    return 64;
  }
  const Options options{scenario == "steady"  ? Scenario::steady
                        : scenario == "crash" ? Scenario::crash
                                              : Scenario::turnover,
                        std::atoi(argv[2]), milliseconds(std::atoi(argv[3])), milliseconds(std::atoi(argv[4])),
                        seconds(std::atoi(argv[5]))};
  World world(1);
  Server server("key", "");
  Load load;
  Turns turns;
  std::vector<std::unique_ptr<User>> users;
  for (int id = 0; id <= options.waiters; ++id) {
    users.push_back(std::make_unique<User>(options, world, server, load, turns, id));
    users.back()->start(id == 0 ? TrueTime::zero() : world.random.between(Duration(milliseconds(100)), Duration(kArrival)));
  }
  world.at(kArrival + kSettling + options.counted, [&] { world.stop(); });
  if (!world.run(kEventsMax)) {
    std::fprintf(stderr, "hot_lock: more events than expected\n");
    return 1;
  }
  report(argv[1], options, load, turns);
  // The fibers' stacks end with the program: unwinding ten thousand of them would tell nothing.
  std::fflush(stdout);
  std::_Exit(0);
}
