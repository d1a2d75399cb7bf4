#pragma once
// How a lock is asked for, by whichever command takes one.

#include <chrono>
#include <optional>
#include <string>

#include "cli/exit_codes.hpp"
#include "cli/options.hpp"
#include "dynamutex/clock.hpp"
#include "dynamutex/lock/lock_client.hpp"
#include "dynamutex/lock/record.hpp"
#include "dynamutex/result.hpp"

namespace dynamutex::cli {

struct LockArguments {
  std::string name;
  std::optional<std::string> sort_key;
  Duration wait = Duration::max();  ///< Zero tries once.
  int busy_code = exit_code::busy;
  Duration lease = std::chrono::seconds(20);
  bool fenced = false;
  std::optional<std::string> data;
  std::string owner;  ///< Empty for the default.
  lock::Compat compat = lock::Compat::java;
  Duration poll_max = lock::LockClientOptions().poll_max;
};

/// The flags of `LockArguments`, followed by `more`.
[[nodiscard]] OptionTable with_lock_options(const OptionTable& more);

/// Takes in a flag, if it is one of these. Where a flag is given twice the last one counts; `-n` is `--wait 0s`.
/// Errors: `invalid`: usage.
[[nodiscard]] Result<void> read_lock_flag(const GivenFlag& given, LockArguments& arguments);

/// A time that belongs to a flag. Errors: `invalid`: usage.
[[nodiscard]] Result<void> read_time(const char* flag, const std::string& text, Duration& into);

}  // namespace dynamutex::cli
