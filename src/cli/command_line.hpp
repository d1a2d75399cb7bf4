#pragma once
// The command line as a whole: global flags, a command, its flags and its operands.

#include <optional>
#include <string>
#include <vector>

#include "cli/options.hpp"
#include "cli/style.hpp"
#include "dynamutex/result.hpp"

namespace dynamutex::cli {

/// Flags that every command takes, before or after its name.
struct GlobalFlags {
  std::optional<std::string> table;
  std::optional<std::string> region;
  std::optional<std::string> endpoint_url;
  std::optional<std::string> profile;
  std::optional<std::string> key_name;
  std::optional<std::string> sort_key_name;
  ColorWhen color = ColorWhen::automatic;
  bool json = false;
  bool verbose = false;
  bool help = false;
  bool version = false;
};

struct CommandLine;

/// One command: what it takes, how it is explained, and what it does.
struct Command {
  const char* name;
  const char* operands;  ///< For the synopsis, e.g. "NAME".
  const char* summary;
  OptionTable options;
  const char* details;  ///< What else a person needs to know, with examples.
  /// All that follows the first operand and its flags is another program's command line: its flags stay its own.
  bool runs_command;
  /// Does it, and returns the exit code.
  int (*execute)(const CommandLine& line);
};

struct CommandLine {
  GlobalFlags globals;
  const Command* command = nullptr;  ///< Null only where help or the version is asked for.
  std::vector<GivenFlag> flags;      ///< The command's own, in order.
  std::vector<std::string> operands;
};

[[nodiscard]] const OptionTable& global_options();

/// Splits arguments (without the program's name).
/// Errors: `invalid`: usage.
[[nodiscard]] Result<CommandLine> parse_command_line(const std::vector<std::string>& arguments,
                                                     const std::vector<Command>& commands);

}  // namespace dynamutex::cli
