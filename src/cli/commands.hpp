#pragma once
// The commands, one function each. All return an exit code and have said on standard error what went wrong.

#include <vector>

#include "cli/command_line.hpp"

namespace dynamutex::cli {

[[nodiscard]] int run_command(const CommandLine& line);
[[nodiscard]] int acquire_command(const CommandLine& line);
[[nodiscard]] int renew_command(const CommandLine& line);
[[nodiscard]] int release_command(const CommandLine& line);
[[nodiscard]] int init_command(const CommandLine& line);
[[nodiscard]] int show_command(const CommandLine& line);
[[nodiscard]] int list_command(const CommandLine& line);
[[nodiscard]] int break_command(const CommandLine& line);
[[nodiscard]] int prune_command(const CommandLine& line);
[[nodiscard]] int doctor_command(const CommandLine& line);
[[nodiscard]] int sign_command(const CommandLine& line);

/// The dispatcher's table, in the order of the help.
[[nodiscard]] const std::vector<Command>& all_commands();

}  // namespace dynamutex::cli
