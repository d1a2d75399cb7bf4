#pragma once
// Help, from the tables that the parser uses.

#include <string>
#include <vector>

#include "cli/command_line.hpp"

namespace dynamutex::cli {

[[nodiscard]] std::string general_help(const std::vector<Command>& commands);
[[nodiscard]] std::string command_help(const Command& command);

}  // namespace dynamutex::cli
