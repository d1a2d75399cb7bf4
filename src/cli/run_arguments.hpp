#pragma once
// What `run` was asked to do.

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "cli/command_line.hpp"
#include "cli/exit_codes.hpp"
#include "dynamutex/clock.hpp"
#include "dynamutex/lock/record.hpp"
#include "dynamutex/result.hpp"

namespace dynamutex::cli {

struct RunArguments {
  std::string name;
  std::optional<std::string> sort_key;
  std::vector<std::string> command;  ///< At least one.
  Duration wait = Duration::max();   ///< Zero tries once.
  int busy_code = exit_code::busy;
  Duration lease = std::chrono::seconds(20);
  Duration timeout = Duration::max();  ///< Bound on the critical section.
  Duration kill_after = std::chrono::seconds(5);
  bool renew = true;
  bool fenced = false;
  std::optional<std::string> data;
  std::string owner;  ///< Empty for the default.
  lock::Compat compat = lock::Compat::java;
};

[[nodiscard]] const OptionTable& run_options();

/// Where a flag is given twice the last one counts; `-n` is `--wait 0s`.
/// Errors: `invalid`: usage.
[[nodiscard]] Result<RunArguments> read_run_arguments(const CommandLine& line);

}  // namespace dynamutex::cli
