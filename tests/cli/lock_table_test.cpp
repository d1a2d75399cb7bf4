#include "cli/lock_table.hpp"

#include <doctest/doctest.h>

#include <sstream>
#include <string>
#include <vector>

#include "cli/utf8.hpp"

using namespace std::chrono_literals;
using dynamutex::cli::LockView;
using dynamutex::cli::to_table;
using dynamutex::cli::view_lock;
using dynamutex::dynamo::ServerTime;
using dynamutex::dynamo::ServerTimeBounds;
using dynamutex::lock::Record;

namespace {

constexpr ServerTime kNow{1000s};
constexpr ServerTimeBounds kBounds{kNow - 1s, kNow + 1s};

LockView view(const dynamutex::lock::LockName& name, dynamutex::Duration expires_in, bool released = false,
              const char* data = nullptr) {
  Record record;
  record.name = name;
  record.owner = "web-1:42:abcd";
  record.version = "f00";
  record.lease = 20s;
  record.expires_at = kNow + expires_in;
  record.released = released;
  if (released) record.fencing_token = dynamutex::lock::FencingToken{7};
  if (data != nullptr) record.data = data;
  return view_lock(name, record, kBounds);
}

std::vector<LockView> some_locks() {
  return {view("deploy", 12s, false, "release 4.2\n"), view({"größe", "1"}, -60s), view("z", 5s, true)};
}

}  // namespace

TEST_CASE("a list is a table with a line a record, and columns that stand below each other") {
  CHECK(to_table(some_locks()) ==
        "NAME       STATE     HOLDER         LEFT  RENEWED  TOKEN  DATA\n"
        "deploy     held      web-1:42:abcd  13 s  8 s      -      release 4.2\\x0a\n"
        "größe / 1  expired   web-1:42:abcd  -     80 s     -      -\n"
        "z          released  -              -     -        7      -\n");
  CHECK(to_table({}) == "NAME  STATE  HOLDER  LEFT  RENEWED  TOKEN  DATA\n");
}

TEST_CASE("on a terminal the titles and the states are coloured, and the columns still stand below each other") {
  const std::string table = to_table(some_locks(), {true, {}});
  CHECK(table.find("\x1b[1mNAME\x1b[0m       \x1b[1mSTATE\x1b[0m     ") == 0);
  CHECK(table.find("\ndeploy     \x1b[32mheld\x1b[0m      web-1") != std::string::npos);
  CHECK(table.find("\x1b[33mexpired\x1b[0m   web-1") != std::string::npos);
}

TEST_CASE("a table is never wider than the window") {
  for (std::size_t columns = 30; columns <= 90; ++columns) {
    CAPTURE(columns);
    std::istringstream lines(to_table(some_locks(), {false, columns}));
    for (std::string line; std::getline(lines, line);) CHECK(dynamutex::cli::display_width(line) <= columns);
  }
  CHECK(to_table(some_locks(), {false, 66}) ==
        "NAME       STATE     HOLDER         LEFT  RENEWED  TOKEN  DATA\n"
        "deploy     held      web-1:42:abcd  13 s  8 s      -      release…\n"
        "größe / 1  expired   web-1:42:abcd  -     80 s     -      -\n"
        "z          released  -              -     -        7      -\n");
}
