#include "lock/timetable.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <chrono>
#include <random>
#include <vector>

using namespace std::chrono_literals;
using namespace dynamutex;
using namespace dynamutex::lock;

namespace {
struct Appointment {
  MonotonicTime at;
  std::uint32_t place = 0;
};
}  // namespace

TEST_CASE("a timetable gives its entries by their instants, whoever leaves meanwhile") {
  std::mt19937 random(7);
  for (int round = 0; round < 50; ++round) {
    std::vector<Appointment> all(200);
    Timetable<Appointment, &Appointment::at, &Appointment::place> timetable;
    CHECK(timetable.next() == MonotonicTime::max());
    for (Appointment& appointment : all) {
      appointment.at = MonotonicTime(std::chrono::seconds(random() % 100));
      timetable.insert(appointment);
    }
    std::vector<MonotonicTime> expected;
    for (Appointment& appointment : all) {
      if (random() % 3 == 0) {
        timetable.erase(appointment);
      } else {
        expected.push_back(appointment.at);
      }
    }
    std::sort(expected.begin(), expected.end());
    for (const MonotonicTime at : expected) {
      REQUIRE_FALSE(timetable.empty());
      REQUIRE(timetable.next() == at);
      REQUIRE(timetable.first().at == at);
      timetable.erase(timetable.first());
    }
    CHECK(timetable.empty());
  }
}
