#include "cli/command_line.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "cli/commands.hpp"

using dynamutex::ErrorKind;
using dynamutex::cli::all_commands;
using dynamutex::cli::CommandLine;
using dynamutex::cli::Flag;
using Words = std::vector<std::string>;

namespace {

CommandLine parse(const Words& words) {
  auto line = dynamutex::cli::parse_command_line(words, all_commands());
  CAPTURE(line.ok() ? "" : line.error().message);
  REQUIRE(line.ok());
  return *std::move(line);
}

void check_refused(const Words& words, const std::string& expected) {
  const auto line = dynamutex::cli::parse_command_line(words, all_commands());
  REQUIRE_FALSE(line.ok());
  CHECK(line.error().kind == ErrorKind::invalid);
  CHECK(line.error().message == expected);
}

}  // namespace

TEST_CASE("global flags are taken before the command and after it") {
  const Words flags = {"--table", "t",          "--region=r", "--endpoint-url",  "u", "--profile",
                       "p",       "--key-name", "k",          "--sort-key-name", "s", "--json",
                       "-v"};
  Words before = flags;
  before.insert(before.end(), {"show", "x"});
  Words after = {"show", "x"};
  after.insert(after.end(), flags.begin(), flags.end());
  for (const Words& words : {before, after}) {
    const CommandLine line = parse(words);
    CHECK(line.globals.table == "t");
    CHECK(line.globals.region == "r");
    CHECK(line.globals.endpoint_url == "u");
    CHECK(line.globals.profile == "p");
    CHECK(line.globals.key_name == "k");
    CHECK(line.globals.sort_key_name == "s");
    CHECK(line.globals.json);
    CHECK(line.globals.verbose);
    CHECK(line.operands == Words{"x"});
  }
}

TEST_CASE("a flag after the command outweighs the same one before it") {
  CHECK(parse({"--table", "a", "show", "x", "--table", "b"}).globals.table == "b");
}

TEST_CASE("the command to run keeps its own flags") {
  const CommandLine line = parse({"run", "deploy", "-n", "ls", "-l", "--help", "-v", "--", "x"});
  CHECK(line.operands == Words{"deploy", "ls", "-l", "--help", "-v", "--", "x"});
  REQUIRE(line.flags.size() == 1);
  CHECK(line.flags[0].flag == Flag::nonblock);
  CHECK_FALSE(line.globals.help);
  CHECK_FALSE(line.globals.verbose);
}

TEST_CASE("dashes before the command to run may be there or not") {
  CHECK(parse({"run", "deploy", "--", "ls", "-l"}).operands == Words{"deploy", "ls", "-l"});
  CHECK(parse({"run", "-n", "deploy", "ls", "-l"}).operands == Words{"deploy", "ls", "-l"});
  CHECK(parse({"run", "deploy", "-n", "--", "-weird"}).operands == Words{"deploy", "-weird"});
}

TEST_CASE("dashes before the name allow a name that looks like a flag") {
  CHECK(parse({"run", "--", "-n", "ls", "-l"}).operands == Words{"-n", "ls", "-l"});
  CHECK(parse({"run", "--", "-n", "--", "ls"}).operands == Words{"-n", "ls"});
  CHECK(parse({"show", "--", "-n"}).operands == Words{"-n"});
}

TEST_CASE("dashes as a flag's value do not end the flags") {
  const CommandLine line = parse({"run", "x", "--owner", "--", "-n", "ls"});
  REQUIRE(line.flags.size() == 2);
  CHECK(line.flags[0].value == "--");
  CHECK(line.operands == Words{"x", "ls"});
}

TEST_CASE("short flags may be bundled, and values may be attached") {
  const CommandLine line = parse({"run", "-vnw5s", "x", "ls"});
  CHECK(line.globals.verbose);
  REQUIRE(line.flags.size() == 2);
  CHECK(line.flags[0].flag == Flag::nonblock);
  CHECK(line.flags[1].flag == Flag::wait);
  CHECK(line.flags[1].value == "5s");
}

TEST_CASE("help and version need nothing else") {
  CHECK(parse({"--help"}).globals.help);
  CHECK(parse({"-h", "nonsense"}).globals.help);
  CHECK(parse({"--version"}).globals.version);
  const CommandLine line = parse({"run", "--help"});
  CHECK(line.globals.help);
  CHECK(std::string(line.command->name) == "run");
}

TEST_CASE("a command line that means nothing is refused with one clear sentence") {
  check_refused({}, "no command given; see dynamutex --help");
  check_refused({"-v"}, "no command given; see dynamutex --help");
  check_refused({"fly"}, "unknown command 'fly'; see dynamutex --help");
  check_refused({"--fly", "run"}, "unknown flag '--fly'; see dynamutex --help");
  check_refused({"run", "x", "-z", "--", "ls"}, "unknown flag '-z'; see dynamutex --help");
  check_refused({"run", "x", "-vz", "--", "ls"}, "unknown flag '-z'; see dynamutex --help");
  check_refused({"show", "x", "--lease", "5s"}, "unknown flag '--lease'; see dynamutex --help");
  check_refused({"run", "x", "--wait"}, "flag --wait needs a value: TIME");
  check_refused({"run", "x", "-w"}, "flag -w needs a value: TIME");
  check_refused({"--table"}, "flag --table needs a value: TABLE");
  check_refused({"--json=yes", "show"}, "flag --json takes no value");
}
