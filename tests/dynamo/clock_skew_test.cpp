#include "dynamo/clock_skew.hpp"

#include <doctest/doctest.h>

#include <chrono>

using namespace std::chrono_literals;
using namespace dynamutex;
using namespace dynamutex::dynamo;

namespace {
WallTime wall(Duration span) { return WallTime(span); }
ServerTime server(Duration span) { return ServerTime(span); }
}  // namespace

TEST_CASE("the skew is the reply's date less the middle of the exchange") {
  ClockSkew skew;
  skew.observe(wall(100s), wall(102s), server(401s));
  CHECK(skew.value() == 300s);
  CHECK(skew.correct(wall(200s)) == wall(500s));
  skew.observe(wall(100s), wall(102s), server(101s));
  CHECK(skew.value() == 0s);
}

TEST_CASE("a reply that took too long, has no date, or came before it was sent says nothing") {
  ClockSkew skew;
  skew.observe(wall(0s), wall(16min), server(600s));
  skew.observe(wall(100s), wall(102s), std::nullopt);
  skew.observe(wall(100s), wall(50s), server(600s));
  CHECK(skew.value() == 0s);
}

TEST_CASE("only a refusal that a clock more than 4 minutes off can explain is worth another try") {
  CHECK(ClockSkew::explains("RequestTimeTooSkewed", server(301s), wall(0s)));
  CHECK(ClockSkew::explains("InvalidSignatureException", server(0s), wall(301s)));
  CHECK_FALSE(ClockSkew::explains("InvalidSignatureException", server(120s), wall(0s)));
  CHECK_FALSE(ClockSkew::explains("RequestTimeTooSkewed", std::nullopt, wall(0s)));
  CHECK_FALSE(ClockSkew::explains("ValidationException", server(301s), wall(0s)));
}
