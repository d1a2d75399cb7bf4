#include "lock/observations.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <string>

using namespace std::chrono_literals;
using namespace dynamutex;
using namespace dynamutex::lock;

namespace {
MonotonicTime at(Duration span) { return MonotonicTime(span); }
}  // namespace

TEST_CASE("an observation lasts while the version stays, and starts again when it changes") {
  Observations observations;
  CHECK(observations.note("x", "1", at(10s)) == at(10s));
  CHECK(observations.note("x", "1", at(20s)) == at(10s));
  CHECK(observations.note("x", "2", at(30s)) == at(30s));
  CHECK(observations.note("x", "1", at(40s)) == at(40s));
  CHECK(observations.note("y", "1", at(50s)) == at(50s));
}

TEST_CASE("a record that went away is forgotten") {
  Observations observations;
  CHECK(observations.note("x", "1", at(10s)) == at(10s));
  observations.forget("x");
  CHECK(observations.note("x", "1", at(20s)) == at(20s));
}

TEST_CASE("memory is bounded: the lock longest unseen is forgotten") {
  Observations observations;
  CHECK(observations.note("first", "1", at(1s)) == at(1s));
  CHECK(observations.note("second", "1", at(2s)) == at(2s));
  CHECK(observations.note("first", "1", at(3s)) == at(1s));
  for (std::size_t i = 0; i < Observations::kMax - 1; ++i) {
    (void)observations.note(std::to_string(i), "1", at(10s + std::chrono::milliseconds(i)));
  }
  CHECK(observations.note("first", "1", at(100s)) == at(1s));
  CHECK(observations.note("second", "1", at(100s)) == at(100s));
}
