// dynamutex: flags in, exit codes out.

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

#include "cli/command_line.hpp"
#include "cli/commands.hpp"
#include "cli/console.hpp"
#include "cli/descriptors.hpp"
#include "cli/exit_codes.hpp"
#include "cli/help.hpp"
#include "dynamutex/version.hpp"

namespace cli = dynamutex::cli;

namespace {

int run(int argc, char** argv) {
  cli::reserve_standard_descriptors();
  const std::vector<std::string> arguments(argv + std::min(argc, 1), argv + argc);
  const auto line = cli::parse_command_line(arguments, cli::all_commands());
  if (!line) {
    cli::Console(false).error(line.error().message);
    return cli::exit_code::usage;
  }
  const auto print = [](const std::string& text) {
    return cli::print(text) ? cli::exit_code::success : cli::exit_code::unavailable;
  };
  if (line->globals.version) return print("dynamutex " DYNAMUTEX_VERSION "\n");
  if (line->globals.help) {
    return print(line->command != nullptr ? cli::command_help(*line->command) : cli::general_help(cli::all_commands()));
  }
  return line->command->execute(*line);
}

}  // namespace

int main(int argc, char** argv) {
  const int exit_code = run(argc, argv);
#ifdef DYNAMUTEX_LEAVE_AT_ONCE
  // Nothing of ours is left to be torn down, and what thirty shared libraries would tear down is read from disk for it.
  std::fflush(nullptr);
  std::_Exit(exit_code);
#else
  return exit_code;
#endif
}
