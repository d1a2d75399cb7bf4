#include "lock/renewal_room.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <functional>
#include <queue>

using namespace std::chrono_literals;
using namespace dynamutex;
using namespace dynamutex::lock;

namespace {

/// Keeps all places taken, by renewals that end when `service` says.
class Crowd {
 public:
  /// When what begins at `at` ends.
  using Service = std::function<MonotonicTime(MonotonicTime at)>;

  Crowd(RenewalRoom& room, Service service) : room_(room), service_(std::move(service)) {}

  void run_for(Duration span, bool answered = true) {
    for (const MonotonicTime end = now_ + span; now_ < end;) {
      while (ends_.size() < room_.places()) ends_.push(service_(now_));
      room_.lacking(true, now_);
      now_ = ends_.top();
      ends_.pop();
      room_.ended(answered, now_);
    }
  }
  [[nodiscard]] MonotonicTime now() const { return now_; }

 private:
  RenewalRoom& room_;
  const Service service_;
  MonotonicTime now_{1s};
  std::priority_queue<MonotonicTime, std::vector<MonotonicTime>, std::greater<>> ends_;
};

Crowd::Service takes(Duration span) {
  return [span](MonotonicTime at) { return at + span; };
}

/// One after another.
Crowd::Service one_each(Duration span) {
  return [span, idle_from = MonotonicTime(0s)](MonotonicTime at) mutable { return idle_from = std::max(idle_from, at) + span; };
}

}  // namespace

TEST_CASE("there are 64 places to begin with, or as many as there may be") {
  CHECK(RenewalRoom(512).places() == 64);
  CHECK(RenewalRoom(8).places() == 8);
  CHECK(RenewalRoom(1).places() == 1);
}

TEST_CASE("while there is room enough there are no more places") {
  RenewalRoom room(512);
  for (int i = 0; i < 10'000; ++i) {
    room.lacking(false, MonotonicTime(i * 1ms));
    room.ended(true, MonotonicTime(i * 1ms));
  }
  CHECK(room.places() == 64);
}

TEST_CASE("where more places bring more answers there are more, up to the limit") {
  for (const Duration answer : {20ms, 100ms, 1000ms}) {
    RenewalRoom room(512);
    Crowd crowd(room, takes(answer));
    crowd.run_for(4 * answer);
    CHECK(room.places() > 64);
    crowd.run_for(20 * answer);
    CHECK(room.places() > 400);
    CHECK(room.places() <= 512);
  }
  RenewalRoom narrow(9);
  Crowd(narrow, takes(100ms)).run_for(60s);
  CHECK(narrow.places() == 9);
}

TEST_CASE("a service that answers no faster for it is not asked for more at once") {
  for (const Duration each : {Duration(2ms), Duration(20ms), Duration(100ms)}) {
    RenewalRoom room(512);
    Crowd crowd(room, one_each(each));
    for (int i = 0; i < 100; ++i) {
      crowd.run_for(6 * each);
      CHECK(room.places() <= 96);
    }
    crowd.run_for(64 * 8 * each);
    int narrow = 0;
    for (int i = 0; i < 1000; ++i) {
      crowd.run_for(4 * each);
      if (room.places() == 64) ++narrow;
    }
    CHECK(narrow > 800);
  }
}

TEST_CASE("it grows as far as that helps") {
  // Two hundred at once; more only wait.
  std::priority_queue<MonotonicTime, std::vector<MonotonicTime>, std::greater<>> servers;
  for (int i = 0; i < 200; ++i) servers.push(MonotonicTime(0s));
  RenewalRoom room(512);
  Crowd crowd(room, [&](MonotonicTime at) {
    const MonotonicTime end = std::max(servers.top(), at) + 50ms;
    servers.pop();
    servers.push(end);
    return end;
  });
  crowd.run_for(3s);
  CHECK(room.places() >= 144);
  CHECK(room.places() <= 324);
}

TEST_CASE("where nothing is answered there are as many as usual in the end") {
  RenewalRoom room(512);
  Crowd(room, takes(20ms)).run_for(2s);
  REQUIRE(room.places() > 400);
  Crowd(room, takes(1s)).run_for(10s, false);
  CHECK(room.places() == 64);
}
