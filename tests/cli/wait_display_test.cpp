#include "cli/wait_display.hpp"

#include <doctest/doctest.h>

using namespace std::chrono_literals;
using dynamutex::cli::describe_wait;
using dynamutex::cli::short_owner;

TEST_CASE("an owner that this program named is shown without its random part, any other as it is") {
  CHECK(short_owner("web-2:4711:0a1b2c3d") == "web-2:4711");
  for (const char* const owner : {"", "deployer", "web-2:4711", "web-2:4711:xyz", "web-2:abc:0a1b2c3d", ":4711:0a1b2c3d",
                                  "web-2::0a1b2c3d", "web-2:4711:0a1b2c3d4"}) {
    CHECK(short_owner(owner) == owner);
  }
}

TEST_CASE("a wait is told with the holder, what is left of its lease where that is known, and the time so far") {
  dynamutex::lock::Record holder;
  holder.owner = "web-2:4711:0a1b2c3d";
  const dynamutex::lock::LockName name("deploy");
  CHECK(describe_wait({name, holder, 12s}, 35s) == "waiting for web-2:4711, 12 s left of its lease (35 s so far)…");
  CHECK(describe_wait({name, holder, std::nullopt}, 0s) == "waiting for web-2:4711 (0 ms so far)…");
  holder.owner = "\x1b[2J";
  CHECK(describe_wait({name, holder, std::nullopt}, 3s) == "waiting for \\x1b[2J (3 s so far)…");
}
