#include "cli/help.hpp"

#include <doctest/doctest.h>

#include <sstream>
#include <string>

#include "cli/commands.hpp"

using dynamutex::cli::all_commands;
using dynamutex::cli::Command;

namespace {

void check_fits_a_terminal(const std::string& text) {
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    CAPTURE(line);
    CHECK(line.size() <= 120);
  }
}

}  // namespace

TEST_CASE("help names every command and every flag, and fits a terminal") {
  const std::string general = dynamutex::cli::general_help(all_commands());
  check_fits_a_terminal(general);
  for (const Command& command : all_commands()) {
    CHECK(general.find(std::string("\n  ") + command.name + " ") != std::string::npos);
    const std::string text = dynamutex::cli::command_help(command);
    check_fits_a_terminal(text);
    CHECK(text.find(std::string("usage: dynamutex ") + command.name) == text.find("usage:"));
    for (const auto& option : command.options) CHECK(text.find(std::string("--") + option.long_name) != std::string::npos);
  }
  for (const auto& option : dynamutex::cli::global_options()) {
    CHECK(general.find(std::string("--") + option.long_name) != std::string::npos);
  }
}

TEST_CASE("no two flags of a command share a name") {
  for (const Command& command : all_commands()) {
    auto options = command.options;
    options.insert(options.end(), dynamutex::cli::global_options().begin(), dynamutex::cli::global_options().end());
    for (std::size_t i = 0; i < options.size(); ++i) {
      for (std::size_t j = i + 1; j < options.size(); ++j) {
        CHECK(std::string(options[i].long_name) != options[j].long_name);
        CHECK((options[i].short_name == 0 || options[i].short_name != options[j].short_name));
      }
    }
  }
}
