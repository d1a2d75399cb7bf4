#pragma once
// Which table, where, and how it is keyed: flags over environment over defaults.

#include <functional>
#include <optional>
#include <string>

#include "cli/command_line.hpp"
#include "dynamutex/lock/record.hpp"
#include "dynamutex/result.hpp"

namespace dynamutex::cli {

/// Looks up an environment variable; empty where it is not set.
using Environment = std::function<std::optional<std::string>(const char* name)>;

struct Settings {
  std::string table;
  std::string region;    ///< For signing.
  std::string endpoint;  ///< Checked.
  bool endpoint_given = false;  ///< By a person, who may mean plain HTTP; a regional one is always https.
  lock::KeySchema schema;
  std::string ca_bundle;  ///< PEM file; empty for the system's.
  bool json = false;
  bool verbose = false;
};

/// Pure but for `environment`; asks nothing of the network. An empty variable counts as not set, as in AWS's tools.
/// Errors: `invalid`: configuration.
[[nodiscard]] Result<Settings> resolve_settings(const GlobalFlags& flags, const Environment& environment);

/// The lock that arguments name, checked against DynamoDB's limits and the table's keys.
/// Errors: `invalid`: usage.
[[nodiscard]] Result<lock::LockName> make_lock_name(const std::string& name, const std::optional<std::string>& sort_key,
                                                    const lock::KeySchema& schema);

}  // namespace dynamutex::cli
