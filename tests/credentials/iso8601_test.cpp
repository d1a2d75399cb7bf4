#include "credentials/iso8601.hpp"

#include <doctest/doctest.h>

using dynamutex::WallTime;
using dynamutex::credentials::parse_iso8601;

namespace {
std::optional<long long> seconds(const char* text) {
  const auto time = parse_iso8601(text);
  if (!time) return std::nullopt;
  return std::chrono::duration_cast<std::chrono::seconds>(time->time_since_epoch()).count();
}
}  // namespace

TEST_CASE("times in ISO 8601 are read") {
  CHECK(seconds("1970-01-01T00:00:00Z") == 0);
  CHECK(seconds("2000-02-29T23:59:59Z") == 951868799);
  CHECK(seconds("2026-11-23T15:00:00Z") == 1795446000);
  CHECK(seconds("2026-11-23T15:00:00.123456Z") == 1795446000);
  CHECK(seconds("2026-11-23T17:00:00+02:00") == 1795446000);
  CHECK(seconds("2026-11-23T09:30:00-05:30") == 1795446000);
  CHECK(seconds("2200-12-31T00:00:00Z") == 7289568000);
}

TEST_CASE("other texts are no times") {
  for (const char* text : {"",
                           "2026",
                           "2026-11-23",
                           "2026-11-23T15:00:00",
                           "2026-11-23 15:00:00Z",
                           "2026-13-01T00:00:00Z",
                           "2026-00-01T00:00:00Z",
                           "2025-02-29T00:00:00Z",
                           "2026-11-31T00:00:00Z",
                           "2026-11-23T24:00:00Z",
                           "2026-11-23T15:60:00Z",
                           "2026-11-23T15:00:61Z",
                           "2026-11-23T15:00:00.Z",
                           "2026-11-23T15:00:00Zx",
                           "2026-11-23T15:00:00+2:00",
                           "2026-11-23T15:00:00+24:00",
                           "1969-12-31T00:00:00Z",
                           "2201-01-01T00:00:00Z",
                           "-026-11-23T15:00:00Z",
                           "2026-1x-23T15:00:00Z"}) {
    CAPTURE(text);
    CHECK_FALSE(seconds(text).has_value());
  }
}
