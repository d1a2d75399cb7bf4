#pragma once
// Flags: tables of them, and reading them with getopt_long(3). One table serves the parser and the help.

#include <cstddef>
#include <string>
#include <vector>

#include "dynamutex/result.hpp"

namespace dynamutex::cli {

/// Every flag of the command, whichever subcommand it belongs to.
enum class Flag {
  table,
  region,
  endpoint_url,
  profile,
  key_name,
  sort_key_name,
  json,
  color,
  verbose,
  help,
  version,
  nonblock,
  wait,
  conflict_exit_code,
  lease,
  timeout,
  kill_after,
  no_renew,
  forever,
  handle,
  fence,
  data,
  owner,
  sort_key,
  compat,
  poll_max,
  watch,
  service,
  explain,
  yes,
};

struct Option {
  Flag flag;
  char short_name;  ///< 0 for none.
  const char* long_name;
  const char* value_name;  ///< "TIME", …; null for a flag without a value.
  const char* help;
  bool value_optional = false;  ///< "--name" or "--name=VALUE".
};
using OptionTable = std::vector<Option>;

struct GivenFlag {
  Flag flag;
  std::string value;
};

/// Arguments in order, read from the front.
struct ArgumentCursor {
  const std::vector<std::string>& arguments;
  std::size_t next = 0;
  bool flags_ended = false;  ///< After "--" all that follows are operands.

  [[nodiscard]] bool at_end() const noexcept { return next >= arguments.size(); }
};

/// Reads the flags at the cursor and stops at the first operand or after "--". Not thread-safe: getopt(3) keeps globals.
/// Errors: `invalid` for an unknown flag, a missing value, or a value where none belongs.
[[nodiscard]] Result<void> read_flags(ArgumentCursor& cursor, const OptionTable& table, std::vector<GivenFlag>& given);

}  // namespace dynamutex::cli
