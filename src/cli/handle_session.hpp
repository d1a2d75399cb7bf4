#pragma once
// What `renew` and `release` have in common: a handle file, the lease that it tells of, and the world that it lives in.

#include <memory>
#include <optional>
#include <string>

#include "cli/command_line.hpp"
#include "cli/console.hpp"
#include "cli/handle.hpp"
#include "cli/handle_file.hpp"
#include "cli/signals.hpp"
#include "cli/world.hpp"

namespace dynamutex::cli {

/// --handle, or DYNAMUTEX_HANDLE. Errors: `invalid` where there is neither.
[[nodiscard]] Result<std::string> handle_path(const std::string& command, const std::optional<std::string>& flag);
[[nodiscard]] Option handle_option();

/// The exit code for an error of a HandleFile, or of what is in it: its user gave the wrong file (64), another process has it (75), or
/// the file system does not let us (78).
[[nodiscard]] int handle_exit_code(const Error& error);

/// Everything that it takes to carry on with a lease.
struct HandleSession {
  std::string path;
  HandleFile file;
  Handle handle;
  std::unique_ptr<World> world;

  /// Writes `lease` down in the file.
  [[nodiscard]] Result<void> store(const lock::LeaseHandle& lease);
};

/// A session, or the exit code to end with.
struct OpenedSession {
  std::optional<HandleSession> session;
  int exit_code = 0;
};

/// For `COMMAND [NAME] --handle FILE`: opens and reads the file, and tells on the console what is wrong.
[[nodiscard]] OpenedSession open_session(const CommandLine& line, Signals& signals, const Console& console);

}  // namespace dynamutex::cli
