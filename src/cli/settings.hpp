#pragma once
// Which table, where, and how it is keyed: flags over environment over the profile over defaults.

#include <optional>
#include <string>

#include "cli/command_line.hpp"
#include "dynamutex/credentials/profile_files.hpp"
#include "dynamutex/credentials/provider.hpp"
#include "dynamutex/lock/record.hpp"
#include "dynamutex/result.hpp"

namespace dynamutex::cli {

using credentials::Environment;
using credentials::ProfileFiles;

struct Settings {
  std::string table;
  std::string region;           ///< For signing.
  std::string endpoint;         ///< Checked.
  bool endpoint_given = false;  ///< By a person, who may mean plain HTTP; a regional one is always https.
  std::string profile;          ///< Named by a flag; empty for the environment's.
  lock::KeySchema schema;
  std::string init_command;  ///< What creates the table, with the flags that were given.
  std::string ca_bundle;     ///< PEM file; empty for the system's.
  bool json = false;
  bool verbose = false;
};

/// Pure but for `environment`; asks nothing of the network. An empty variable counts as not set, as in AWS's tools.
/// Errors: `invalid`: configuration.
[[nodiscard]] Result<Settings> resolve_settings(const GlobalFlags& flags, const Environment& environment,
                                                const ProfileFiles& files);

/// The region that requests are signed for: --region, or what the environment and the profile say; empty where none is set.
/// Errors: `invalid` where a flag is empty, or names a profile that is not there.
[[nodiscard]] Result<std::string> resolve_region(const GlobalFlags& flags, const Environment& environment,
                                                 const ProfileFiles& files);

/// What to tell where neither a region nor an endpoint is set.
[[nodiscard]] Error no_region();

/// The lock that arguments name, checked against DynamoDB's limits and the table's keys.
/// Errors: `invalid`: usage.
[[nodiscard]] Result<lock::LockName> make_lock_name(const std::string& name, const std::optional<std::string>& sort_key,
                                                    const lock::KeySchema& schema);

}  // namespace dynamutex::cli
