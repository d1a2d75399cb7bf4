#pragma once
// What `run` was asked to do.

#include <chrono>
#include <string>
#include <vector>

#include "cli/command_line.hpp"
#include "cli/lock_arguments.hpp"
#include "dynamutex/clock.hpp"
#include "dynamutex/result.hpp"

namespace dynamutex::cli {

struct RunArguments {
  LockArguments lock;
  std::vector<std::string> command;    ///< At least one.
  Duration timeout = Duration::max();  ///< Bound on the critical section.
  Duration kill_after = std::chrono::seconds(5);
  bool renew = true;
  bool forever = false;  ///< Take the lock again after a loss.
};

[[nodiscard]] const OptionTable& run_options();

/// Where a flag is given twice the last one counts; `-n` is `--wait 0s`.
/// Errors: `invalid`: usage.
[[nodiscard]] Result<RunArguments> read_run_arguments(const CommandLine& line);

}  // namespace dynamutex::cli
