#include "dynamutex/credentials/cached_provider.hpp"

#include <doctest/doctest.h>

#include <atomic>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

#include "http/helpers.hpp"

using namespace dynamutex;
using namespace dynamutex::credentials;
using namespace dynamutex::testing;
using namespace std::chrono_literals;

namespace {

/// Time stands still unless a test moves it.
class StillClock final : public Clock {
 public:
  MonotonicTime now() const noexcept override { return MonotonicTime(Duration(time_.load())); }
  WallTime wall_now() const noexcept override { return WallTime(1'700'000'000s + Duration(time_.load())); }
  bool wait_until(MonotonicTime until, const Cancellation* /*cancellation*/) noexcept override {
    time_ = std::max(time_.load(), until.time_since_epoch().count());
    return true;
  }
  void advance(Duration span) noexcept { time_ += span.count(); }

 private:
  std::atomic<Duration::rep> time_{Duration(1h).count()};
};

/// Answers as the test says; a set of credentials is named by its number.
class ScriptedSource final : public Source {
 public:
  explicit ScriptedSource(std::function<FetchOutcome(int)> script, std::atomic<int>& count)
      : script_(std::move(script)), count_(count) {}
  FetchOutcome fetch(MonotonicTime /*deadline*/, const Cancellation* /*cancellation*/) override { return script_(++count_); }
  std::string name() const override { return "script"; }

 private:
  std::function<FetchOutcome(int)> script_;
  std::atomic<int>& count_;
};

Fetched keys(int number, std::optional<WallTime> expires) {
  return {std::make_shared<const sigv4::Credentials>(sigv4::Credentials{std::to_string(number), Secret("hunter2"), Secret()}),
          expires};
}

struct CacheTest {
  explicit CacheTest(std::function<FetchOutcome(int)> script)
      : provider(make_cached_provider(clock, std::make_unique<ScriptedSource>(std::move(script), count))) {}
  /// The number of the credentials, or the error's kind.
  std::string get() {
    const auto found = provider->get(clock.now() + 10s, nullptr);
    return found ? (*found)->access_key_id : to_string(found.error().kind);
  }
  StillClock clock;
  std::atomic<int> count{0};
  std::unique_ptr<Provider> provider;
};

Error failure(ErrorKind kind) {
  Error error;
  error.kind = kind;
  error.message = "failed";
  return error;
}

}  // namespace

TEST_CASE("credentials without an end are fetched once") {
  CacheTest test([](int n) { return keys(n, std::nullopt); });
  CHECK(test.count == 0);
  CHECK(test.get() == "1");
  test.clock.advance(24h * 365);
  CHECK(test.get() == "1");
}

TEST_CASE("credentials are fetched again 15 minutes before they end") {
  CacheTest test([&](int n) { return keys(n, test.clock.wall_now() + 6h); });
  CHECK(test.get() == "1");
  test.clock.advance(6h - 15min - 1s);
  CHECK(test.get() == "1");
  test.clock.advance(1s);
  CHECK(test.get() == "2");
  CHECK(test.get() == "2");
}

TEST_CASE("short credentials are used for three quarters of their life") {
  CacheTest test([&](int n) { return keys(n, test.clock.wall_now() + 16min); });
  CHECK(test.get() == "1");
  test.clock.advance(12min - 1s);
  CHECK(test.get() == "1");
  test.clock.advance(1s);
  CHECK(test.get() == "2");
}

TEST_CASE("the old credentials are handed out while refreshes fail, until they end") {
  CacheTest test([&](int n) -> FetchOutcome {
    if (n == 1) return keys(1, test.clock.wall_now() + 1h);
    if (n == 5) return keys(5, test.clock.wall_now() + 1h);
    return failure(ErrorKind::not_applied);
  });
  CHECK(test.get() == "1");
  test.clock.advance(46min);
  CHECK(test.get() == "1");
  CHECK(test.get() == "1");
  CHECK(test.count == 2);  // One try a minute, not one a request.
  test.clock.advance(1min);
  CHECK(test.get() == "1");
  CHECK(test.count == 3);
  test.clock.advance(13min);
  CHECK(test.get() == "not_applied");
  CHECK(test.get() == "5");
}

TEST_CASE("credentials that look ended when they come are handed out, for a while") {
  CacheTest test([&](int n) { return keys(n, test.clock.wall_now() - 1h); });
  CHECK(test.get() == "1");
  CHECK(test.get() == "1");
  test.clock.advance(1min);
  CHECK(test.get() == "2");
}

TEST_CASE("an absent source is no credentials, with its reason, and is asked again") {
  CacheTest test([](int n) -> FetchOutcome {
    if (n == 1) return Absent{"nothing here"};
    return keys(n, std::nullopt);
  });
  const auto none = test.provider->get(MonotonicTime::max(), nullptr);
  REQUIRE_FALSE(none.ok());
  CHECK(none.error().kind == ErrorKind::denied);
  CHECK(none.error().message == "no credentials found (nothing here)");
  CHECK(test.get() == "2");
  CHECK(test.provider->source() == "script");
}

TEST_CASE("many threads at once cause one fetch, and all get its answer") {
  std::mutex mutex;
  std::condition_variable changed;
  bool open = false;
  CacheTest test([&](int n) {
    std::unique_lock lock(mutex);
    changed.wait(lock, [&] { return open; });
    return keys(n, std::nullopt);
  });
  std::atomic<int> right{0};
  std::atomic<int> begun{0};
  std::vector<std::thread> threads;
  for (int i = 0; i < 8; ++i) {
    threads.emplace_back([&] {
      ++begun;
      if (test.get() == "1") ++right;
    });
  }
  while (begun < 8 || test.count == 0) std::this_thread::yield();
  {
    const std::lock_guard lock(mutex);
    open = true;
  }
  changed.notify_all();
  for (std::thread& thread : threads) thread.join();
  CHECK(right == 8);
  CHECK(test.count == 1);
}

TEST_CASE("while one thread refreshes, the others get the old credentials at once, or give up at their deadline") {
  std::mutex mutex;
  std::condition_variable changed;
  bool open = false;
  bool inside = false;
  CacheTest test([&](int n) {
    if (n > 1) {
      std::unique_lock lock(mutex);
      inside = true;
      changed.notify_all();
      changed.wait(lock, [&] { return open; });
      inside = false;
    }
    return keys(n, test.clock.wall_now() + 1h);
  });
  CHECK(test.get() == "1");
  test.clock.advance(50min);
  std::thread refresher([&] { CHECK(test.get() == "2"); });
  {
    std::unique_lock lock(mutex);
    changed.wait(lock, [&] { return inside; });
  }
  CHECK(test.get() == "1");
  test.clock.advance(20min);  // Now the old ones have ended.
  const auto late = test.provider->get(test.clock.now(), nullptr);
  REQUIRE_FALSE(late.ok());
  CHECK(late.error().kind == ErrorKind::timed_out);
  Cancellation cancellation;
  cancellation.cancel();
  CHECK(test.provider->get(MonotonicTime::max(), &cancellation).error().message.find("cancelled") != std::string::npos);
  {
    const std::lock_guard lock(mutex);
    open = true;
  }
  changed.notify_all();
  refresher.join();
  CHECK(test.count == 2);
}

TEST_CASE("credentials that a service refused are fetched anew, before their time") {
  CacheTest test([&](int n) { return keys(n, test.clock.wall_now() + 6h); });
  const auto first = *test.provider->get(MonotonicTime::max(), nullptr);
  test.clock.advance(1h);
  CHECK(test.get() == "1");
  CHECK(test.provider->reject(first));
  CHECK(test.get() == "2");
  CHECK(test.get() == "2");

  CHECK(test.provider->reject(first));  // A late word of the old ones: there are others already.
  CHECK(test.get() == "2");
  CHECK(test.count == 2);
}

TEST_CASE("credentials without an end are fetched anew once they are refused") {
  CacheTest test([](int n) { return keys(n, std::nullopt); });
  const auto first = *test.provider->get(MonotonicTime::max(), nullptr);
  test.clock.advance(24h);
  CHECK(test.provider->reject(first));
  CHECK(test.get() == "2");
}

TEST_CASE("refusals do not make the source be asked more than once a minute") {
  CacheTest test([](int n) { return keys(n, std::nullopt); });
  for (const char* const expected : {"1", "1", "1", "2"}) {
    CHECK(test.get() == expected);
    CHECK_FALSE(test.provider->reject(*test.provider->get(MonotonicTime::max(), nullptr)));
    test.clock.advance(20s);
  }
  CHECK(test.count == 2);
}

TEST_CASE("refused credentials are handed out while no others can be had") {
  CacheTest test([](int n) -> FetchOutcome {
    if (n == 2) return failure(ErrorKind::not_applied);
    return keys(n, std::nullopt);
  });
  const auto first = *test.provider->get(MonotonicTime::max(), nullptr);
  test.clock.advance(1h);
  CHECK(test.provider->reject(first));
  CHECK(test.get() == "1");
  CHECK_FALSE(test.provider->reject(first));
  test.clock.advance(1min);
  CHECK(test.get() == "3");
}

TEST_CASE("a refresh that its asker gave up says nothing about the source") {
  CacheTest test([](int n) -> FetchOutcome {
    if (n == 2) return failure(ErrorKind::timed_out);
    return keys(n, std::nullopt);
  });
  const auto first = *test.provider->get(MonotonicTime::max(), nullptr);
  test.clock.advance(1h);
  CHECK(test.provider->reject(first));
  Cancellation cancellation;
  cancellation.cancel();
  CHECK((*test.provider->get(MonotonicTime::max(), &cancellation))->access_key_id == "1");
  CHECK(test.provider->reject(first));
  CHECK(test.get() == "3");
}

TEST_CASE("a provider with no others to offer says so") {
  const auto given = make_static_provider({"AKID", Secret("hunter2"), Secret()});
  CHECK_FALSE(given->reject(*given->get(MonotonicTime::max(), nullptr)));
}
