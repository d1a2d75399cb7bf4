#include "cli/run_arguments.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "cli/commands.hpp"

using namespace std::chrono_literals;
using dynamutex::Duration;
using dynamutex::Result;
using dynamutex::cli::RunArguments;
using Words = std::vector<std::string>;

namespace {

Result<RunArguments> read(Words flags) {
  Words words = {"run", "deploy"};
  words.insert(words.end(), flags.begin(), flags.end());
  words.insert(words.end(), {"--", "make", "-j2"});
  auto line = dynamutex::cli::parse_command_line(words, dynamutex::cli::all_commands());
  REQUIRE(line.ok());
  return dynamutex::cli::read_run_arguments(*line);
}

std::string refusal(Words flags) {
  const auto arguments = read(std::move(flags));
  REQUIRE_FALSE(arguments.ok());
  return arguments.error().message;
}

std::string refusal_of_operands(const Words& words) {
  auto line = dynamutex::cli::parse_command_line(words, dynamutex::cli::all_commands());
  REQUIRE(line.ok());
  const auto arguments = dynamutex::cli::read_run_arguments(*line);
  REQUIRE_FALSE(arguments.ok());
  return arguments.error().message;
}

}  // namespace

TEST_CASE("without flags run waits for ever and renews a lease of 20 s") {
  const auto arguments = read({}).value();
  CHECK(arguments.lock.name == "deploy");
  CHECK(arguments.command == Words{"make", "-j2"});
  CHECK(arguments.lock.wait == Duration::max());
  CHECK(arguments.lock.busy_code == 75);
  CHECK(arguments.lock.lease == 20s);
  CHECK(arguments.timeout == Duration::max());
  CHECK(arguments.kill_after == 5s);
  CHECK(arguments.renew);
  CHECK_FALSE(arguments.lock.fenced);
  CHECK_FALSE(arguments.lock.data.has_value());
  CHECK_FALSE(arguments.lock.sort_key.has_value());
  CHECK(arguments.lock.owner.empty());
}

TEST_CASE("each flag of run has its effect, short and long") {
  CHECK(read({"-n"}).value().lock.wait == 0s);
  CHECK(read({"--nonblock"}).value().lock.wait == 0s);
  CHECK(read({"-w", "3s"}).value().lock.wait == 3s);
  CHECK(read({"--wait=2m"}).value().lock.wait == 2min);
  CHECK(read({"-E", "1"}).value().lock.busy_code == 1);
  CHECK(read({"--conflict-exit-code", "0"}).value().lock.busy_code == 0);
  CHECK(read({"--lease", "1s"}).value().lock.lease == 1s);
  CHECK(read({"--lease", "8784h"}).value().lock.lease == 8784h);
  CHECK(read({"--timeout", "90s"}).value().timeout == 90s);
  CHECK(read({"-k", "250ms"}).value().kill_after == 250ms);
  CHECK(read({"--kill-after", "0s"}).value().kill_after == 0s);
  CHECK_FALSE(read({"--no-renew"}).value().renew);
  CHECK(read({"--forever"}).value().forever);
  CHECK(read({"--fence"}).value().lock.fenced);
  CHECK(read({"--data", ""}).value().lock.data == "");
  CHECK(read({"--owner", "web-1"}).value().lock.owner == "web-1");
  CHECK(read({"--sort-key", "a"}).value().lock.sort_key == "a");
  CHECK(read({}).value().lock.poll_max == 1s);
  CHECK(read({"--poll-max", "10s"}).value().lock.poll_max == 10s);
  CHECK(refusal({"--poll-max", "10ms"}).find("at least 50ms") != std::string::npos);
}

TEST_CASE("of two flags that say the same the last one counts") {
  CHECK(read({"-n", "-w", "3s"}).value().lock.wait == 3s);
  CHECK(read({"-w", "3s", "-n"}).value().lock.wait == 0s);
}

TEST_CASE("waiting for ever and waiting for a time exclude each other") {
  CHECK_FALSE(read({"--forever", "-n"}).ok());
  CHECK_FALSE(read({"-w", "3s", "--forever"}).ok());
}

TEST_CASE("a time-out of zero is none, as with timeout(1)") {
  CHECK(read({"--timeout", "0s"}).value().timeout == Duration::max());
}

TEST_CASE("bad values are refused by the flag's name") {
  CHECK(refusal({"--lease", "999ms"}) == "--lease: '999ms' is too short; give at least 1s");
  CHECK(refusal({"--lease", "8785h"}) == "--lease: '8785h' is too long; give at most 8784h");
  CHECK(refusal({"--wait", "5"}).rfind("--wait: '5' has no unit", 0) == 0);
  CHECK(refusal({"--timeout", "x"}).rfind("--timeout: 'x' is no time", 0) == 0);
  CHECK(refusal({"-k", "-1s"}).rfind("--kill-after: '-1s' is no time", 0) == 0);
  for (const char* code : {"256", "-1", "x", "1x", "", "99999999999"}) {
    CHECK(refusal({"-E", code}).find("is no exit code; give 0 to 255") != std::string::npos);
  }
  CHECK(refusal({"--owner", ""}) == "--owner: an owner needs a name");
  CHECK(refusal({"--owner", std::string(2049, 'o')}).rfind("--owner: give UTF-8 text", 0) == 0);
  CHECK(refusal({"--owner", "\xff"}).rfind("--owner: give UTF-8 text", 0) == 0);
  CHECK(refusal({"--data", std::string((256 << 10) + 1, 'd')}) == "--data: give at most 256 KiB");
}

TEST_CASE("run needs a name and a command") {
  CHECK(refusal_of_operands({"run"}).find("which lock?") != std::string::npos);
  CHECK(refusal_of_operands({"run", "x"}).find("no command to run") != std::string::npos);
  CHECK(refusal_of_operands({"run", "x", "-n", "--"}).find("no command to run") != std::string::npos);
}
