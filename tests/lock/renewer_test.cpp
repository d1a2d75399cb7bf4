// The Renewer has a thread of its own: its clock here is one that the test moves, and its waits are real waits for that.

#include "dynamutex/lock/renewer.hpp"

#include <doctest/doctest.h>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "dynamutex/lock/lock_client.hpp"

using namespace std::chrono_literals;
using namespace dynamutex;
using namespace dynamutex::lock;

namespace {

/// Time stands still until the test moves it.
class SteppedClock final : public Clock {
 public:
  MonotonicTime now() const noexcept override {
    const std::lock_guard lock(mutex_);
    return now_;
  }
  WallTime wall_now() const noexcept override { return WallTime(now().time_since_epoch()); }
  bool wait_until(MonotonicTime until, const Cancellation* cancellation) noexcept override {
    std::unique_lock lock(mutex_);
    // A cancellation has no way to wake a condition variable: it is looked at from time to time.
    while (now_ < until) {
      if (cancellation != nullptr && cancellation->cancelled()) return false;
      moved_.wait_for(lock, 1ms);
    }
    return cancellation == nullptr || !cancellation->cancelled();
  }
  void advance(Duration span) {
    const std::lock_guard lock(mutex_);
    now_ += span;
    moved_.notify_all();
  }

 private:
  mutable std::mutex mutex_;
  std::condition_variable moved_;
  MonotonicTime now_{1000s};
};

struct ThreadSafeEntropy final : Entropy {
  std::uint64_t next() noexcept override { return ++last; }
  std::atomic<std::uint64_t> last{0};
};

/// Answers at once whatever was started.
class InstantMulti final : public dynamo::Multi {
 public:
  explicit InstantMulti(Clock& clock) : clock_(clock) {}
  void start(std::uint64_t id, const dynamo::Operation&, const dynamo::CallOptions&) override { started_.push_back(id); }
  std::optional<Finished> wait(MonotonicTime until, const Cancellation* wake) override {
    if (started_.empty()) {
      clock_.wait_until(until, wake);
      return std::nullopt;
    }
    const std::uint64_t id = started_.front();
    started_.pop_front();
    return Finished{id, dynamo::WriteOutcome{}};
  }

 private:
  Clock& clock_;
  std::deque<std::uint64_t> started_;
};

/// Answers nothing.
class SilentMulti final : public dynamo::Multi {
 public:
  SilentMulti(Clock& clock, std::atomic<int>& started) : clock_(clock), started_(started) {}
  void start(std::uint64_t, const dynamo::Operation&, const dynamo::CallOptions&) override { ++started_; }
  std::optional<Finished> wait(MonotonicTime until, const Cancellation* wake) override {
    clock_.wait_until(until, wake);
    return std::nullopt;
  }

 private:
  Clock& clock_;
  std::atomic<int>& started_;
};

/// Answers every write as it is told at the moment; counts them.
class SwitchedTable final : public dynamo::Table {
 public:
  Result<dynamo::WriteOutcome> put(const dynamo::PutItem&, const dynamo::CallOptions& options) override {
    std::unique_lock lock(mutex_);
    ++puts;
    changed.notify_all();
    while (hang && (options.cancellation == nullptr || !options.cancellation->cancelled())) changed.wait_for(lock, 1ms);
    if (fails) {
      Error error;
      error.kind = *fails;
      error.message = "switched off";
      return error;
    }
    if (!taken) return dynamo::WriteOutcome{};
    Record other;
    other.name = LockName("x");
    other.owner = "other";
    other.version = "theirs";
    other.lease = 20s;
    return dynamo::WriteOutcome{dynamo::WriteOutcome::Status::condition_failed, encode(other, {}, Compat::java), false};
  }
  Result<dynamo::WriteOutcome> remove(const dynamo::DeleteItem&, const dynamo::CallOptions&) override {
    return dynamo::WriteOutcome{};
  }
  Result<dynamo::WriteOutcome> update(const dynamo::UpdateItem&, const dynamo::CallOptions&) override {
    return dynamo::WriteOutcome{};
  }
  Result<std::optional<dynamo::Item>> get(const dynamo::GetItem&, const dynamo::CallOptions&) override {
    return std::optional<dynamo::Item>();
  }
  Result<dynamo::ScanPage> scan(const dynamo::Scan&, const dynamo::CallOptions&) override { return dynamo::ScanPage{}; }
  const dynamo::ServerClock& server_clock() const noexcept override { return clock; }
  std::unique_ptr<dynamo::Multi> multi() override {
    if (many_at_once == nullptr) return nullptr;
    if (hang) return std::make_unique<SilentMulti>(*many_at_once, silenced);
    return std::make_unique<InstantMulti>(*many_at_once);
  }

  void wait_for_puts(int count) {
    std::unique_lock lock(mutex_);
    changed.wait(lock, [&] { return puts >= count; });
  }
  template <class Change>
  void set(Change&& change) {
    const std::lock_guard lock(mutex_);
    change();
    changed.notify_all();
  }
  int count() {
    const std::lock_guard lock(mutex_);
    return puts;
  }

  std::mutex mutex_;
  std::condition_variable changed;
  int puts = 0;
  std::optional<ErrorKind> fails;
  bool taken = false;
  bool hang = false;
  Clock* many_at_once = nullptr;
  std::atomic<int> silenced{0};  ///< Requests that hang, of many at once.
  dynamo::ServerClock clock;
};

struct News {
  void tell(std::vector<std::string>& into, const Error& error) {
    const std::lock_guard lock(mutex);
    into.push_back(error.message);
    changed.notify_all();
  }
  void wait_for(const std::vector<std::string>& news, std::size_t count) {
    std::unique_lock lock(mutex);
    changed.wait(lock, [&] { return news.size() >= count; });
  }
  RenewerEvents events() {
    return {[this] { ++renewed; }, [this](const Error& error) { tell(at_risk, error); },
            [this](const Error& error) { tell(lost, error); }};
  }
  std::mutex mutex;
  std::condition_variable changed;
  std::vector<std::string> at_risk;
  std::vector<std::string> lost;
  std::atomic<int> renewed{0};
};

struct Setup {
  Setup() {
    // Servers without a date: an acquire is then one put for each lease after the first.
    table.clock.observe(clock.now(), clock.now(), std::nullopt);
    AcquireOptions options;
    options.lease = 30s;
    lease = *client.acquire("x", options);
    table.puts = 0;
  }
  SteppedClock clock;
  ThreadSafeEntropy entropy;
  SwitchedTable table;
  LockClient client{table, clock, entropy};
  std::optional<Lease> lease;
  News news;
};

}  // namespace

TEST_CASE("a renewer renews at a third of the lease, again and again") {
  Setup setup;
  Renewer renewer(setup.clock, setup.entropy);
  renewer.add(*setup.lease, setup.news.events());
  for (int i = 1; i <= 3; ++i) {
    setup.clock.advance(10s);
    while (setup.news.renewed < i) std::this_thread::yield();
    CHECK(setup.lease->remaining() > 29s);
  }
  CHECK(setup.table.count() == 3);
  CHECK(setup.news.renewed == 3);
  CHECK(setup.news.lost.empty());
}

TEST_CASE("failures are told once as a risk and once as a loss, by the clock") {
  Setup setup;
  setup.table.fails = ErrorKind::not_applied;
  Renewer renewer(setup.clock, setup.entropy);
  renewer.add(*setup.lease, setup.news.events());
  setup.clock.advance(10s);
  setup.table.wait_for_puts(1);
  setup.clock.advance(10s);
  setup.news.wait_for(setup.news.at_risk, 1);
  CHECK(setup.news.lost.empty());
  CHECK(setup.news.at_risk[0] == "switched off");
  setup.clock.advance(10s);
  setup.news.wait_for(setup.news.lost, 1);
  setup.clock.advance(100s);
  CHECK(setup.news.at_risk.size() == 1);
  CHECK(setup.news.lost.size() == 1);
  CHECK_FALSE(setup.lease->still_held());
}

TEST_CASE("one failure never stops a renewer") {
  Setup setup;
  setup.table.fails = ErrorKind::denied;
  Renewer renewer(setup.clock, setup.entropy);
  renewer.add(*setup.lease, setup.news.events());
  setup.clock.advance(10s);
  setup.table.wait_for_puts(1);
  setup.table.set([&] { setup.table.fails.reset(); });
  // The pause counts from when the failure was taken in, which may be after any one step of the clock.
  while (setup.table.count() < 2) {
    setup.clock.advance(1ms);
    std::this_thread::yield();
  }
  // Removed while it is under way, it would be given up.
  while (setup.news.renewed < 1) std::this_thread::yield();
  renewer.remove(*setup.lease);
  CHECK(setup.lease->remaining() > 29s);
  CHECK(setup.news.at_risk.empty());
}

TEST_CASE("a lease that the table says is another's is told as lost at once") {
  Setup setup;
  setup.table.taken = true;
  Renewer renewer(setup.clock, setup.entropy);
  renewer.add(*setup.lease, setup.news.events());
  setup.clock.advance(10s);
  setup.news.wait_for(setup.news.lost, 1);
  CHECK(setup.news.lost[0].find("held by other") != std::string::npos);
  CHECK_FALSE(setup.lease->still_held());
}

TEST_CASE("removing a lease ends a request of it that hangs, and no news of it comes after") {
  Setup setup;
  setup.table.hang = true;
  setup.table.fails = ErrorKind::ambiguous;
  Renewer renewer(setup.clock, setup.entropy);
  renewer.add(*setup.lease, setup.news.events());
  setup.clock.advance(10s);
  setup.table.wait_for_puts(1);
  renewer.remove(*setup.lease);
  setup.clock.advance(100s);
  CHECK(setup.news.lost.empty());
}

TEST_CASE("a released lease is forgotten without news") {
  Setup setup;
  Renewer renewer(setup.clock, setup.entropy);
  renewer.add(*setup.lease, setup.news.events());
  CHECK(setup.lease->release() == ReleaseOutcome::released);
  setup.clock.advance(100s);
  renewer.remove(*setup.lease);
  CHECK(setup.news.lost.empty());
  CHECK(setup.table.count() == 0);
}

TEST_CASE("a renewer ends with leases in its care") {
  Setup setup;
  {
    Renewer renewer(setup.clock, setup.entropy);
    renewer.add(*setup.lease, setup.news.events());
  }
  CHECK(setup.lease->still_held());
}

TEST_CASE("leases come and go from any thread, and no event of one is told once it was removed") {
  Setup setup;
  setup.table.many_at_once = &setup.clock;
  std::atomic<int> renewed{0};
  std::atomic<int> late{0};
  {
    Renewer renewer(setup.clock, setup.entropy, RenewerOptions{4});
    std::vector<std::thread> threads;
    for (int thread = 0; thread < 4; ++thread) {
      threads.emplace_back([&, thread] {
        for (int round = 0; round < 50; ++round) {
          AcquireOptions options;
          options.lease = 3s;
          const std::string name = "lock-" + std::to_string(thread);
          // Where this thread waits for a processor, the others move the clock past a whole lease.
          Result<Lease> acquired = setup.client.acquire(name, options);
          for (int again = 0; !acquired && again < 1000; ++again) acquired = setup.client.acquire(name, options);
          Lease lease = *std::move(acquired);
          std::atomic<bool> removed{false};
          const auto tell = [&] { ++(removed ? late : renewed); };
          renewer.add(lease, {tell, [&](const Error&) { tell(); }, [&](const Error&) { tell(); }});
          setup.clock.advance(500ms);
          if (round % 3 == 0) std::this_thread::yield();
          if (round % 7 == 0) static_cast<void>(lease.renew());
          if (round % 5 == 0) lease.release();
          renewer.remove(lease);
          removed = true;
        }
      });
    }
    for (std::thread& thread : threads) thread.join();
  }
  CHECK(late.load() == 0);
}

TEST_CASE("the loss of a lease is told before a remove meanwhile returns, or not at all") {
  constexpr std::size_t kLeases = 64;  // As many as are under way at once.
  Setup setup;
  setup.table.many_at_once = &setup.clock;
  std::atomic<int> late{0};
  for (int round = 0; round < 30; ++round) {
    AcquireOptions for_long;
    for_long.lease = 1h;
    const Lease keeps_the_table_in_use = *setup.client.acquire("another", for_long);
    std::vector<Lease> leases;
    for (std::size_t i = 0; i < kLeases; ++i) leases.push_back(*setup.client.acquire("lock-" + std::to_string(i), {}));
    std::vector<std::atomic<bool>> removed(kLeases);
    setup.table.hang = true;
    setup.table.silenced = 0;
    {
      Renewer renewer(setup.clock, setup.entropy);
      renewer.add(keeps_the_table_in_use);
      for (std::size_t i = 0; i < kLeases; ++i) {
        renewer.add(leases[i], {{}, {}, [&, i](const Error&) { late += removed[i] ? 1 : 0; }});
      }
      setup.clock.advance(10s);
      while (setup.table.silenced < static_cast<int>(kLeases)) std::this_thread::yield();
      setup.clock.advance(10s);
      for (std::size_t i = 0; i < kLeases; ++i) {
        renewer.remove(leases[i]);
        removed[i] = true;
      }
    }
    setup.table.hang = false;
  }
  CHECK(late.load() == 0);
}
