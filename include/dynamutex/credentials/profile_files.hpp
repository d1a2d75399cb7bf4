#pragma once
// The files that the AWS tools share: ~/.aws/config and ~/.aws/credentials.

#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "dynamutex/credentials/provider.hpp"
#include "dynamutex/export.hpp"
#include "dynamutex/result.hpp"

namespace dynamutex::credentials {

/// The settings of one section. Names are in lower case. May hold secrets: not for logs.
struct DYNAMUTEX_EXPORT Section {
  std::map<std::string, std::string, std::less<>> values;
  /// Nested settings, e.g. `[services x]`, `dynamodb =`, `  endpoint_url = …`.
  std::map<std::string, std::map<std::string, std::string, std::less<>>, std::less<>> nested;

  /// Null where it is missing or empty.
  [[nodiscard]] const std::string* find(std::string_view name) const;
};

/// Both files, read. A plain value.
///
/// Rules (AWS, "Configuration and credential file settings" and "Shared config and credentials files" of the SDKs' reference guide):
/// `[default]` or `[profile x]` in config (`[profile default]` wins over `[default]`), `[x]` in credentials, whose values win.
/// Comments: lines that begin with '#' or ';', and the rest of a line after white space and one of them. An indented line goes on
/// with the setting above it. Sections of the same name are merged, the later value wins. Other sections are ignored.
struct DYNAMUTEX_EXPORT ProfileFiles {
  std::map<std::string, Section, std::less<>> profiles;
  std::map<std::string, Section, std::less<>> services;

  /// Null where there is no such profile.
  [[nodiscard]] const Section* profile(std::string_view name) const;
  /// `endpoint_url` of the profile for a service ("dynamodb"): of its `services` section, else of the profile itself; nothing with
  /// `ignore_configured_endpoint_urls = true` (AWS, "Service-specific endpoints").
  [[nodiscard]] std::optional<std::string> endpoint_url(std::string_view profile, std::string_view service) const;
};

/// Reads the texts of the two files. Errors: `invalid`, with the file's kind and the number of the line, never its content.
[[nodiscard]] DYNAMUTEX_EXPORT Result<ProfileFiles> parse_profile_files(std::string_view config, std::string_view credentials);

/// Reads the files that AWS_CONFIG_FILE and AWS_SHARED_CREDENTIALS_FILE name, by default ~/.aws/config and ~/.aws/credentials (~ is HOME).
/// A missing file is an empty one. Blocks for the file system. Errors: `invalid` (malformed, unreadable, or larger than 1 MiB).
[[nodiscard]] DYNAMUTEX_EXPORT Result<ProfileFiles> load_profile_files(const Environment& environment);

/// The endpoint that the environment or the profile sets for a service ("dynamodb", "sts"), if any (AWS, "Service-specific endpoints"):
/// AWS_ENDPOINT_URL_<SERVICE>, AWS_ENDPOINT_URL, ProfileFiles::endpoint_url. None of them
/// with AWS_IGNORE_CONFIGURED_ENDPOINT_URLS or, where that is not set, the profile's `ignore_configured_endpoint_urls` being true.
[[nodiscard]] DYNAMUTEX_EXPORT std::optional<std::string> configured_endpoint_url(const Environment& environment,
                                                                                  const ProfileFiles& files,
                                                                                  std::string_view profile,
                                                                                  std::string_view service);

/// AWS_PROFILE, else AWS_DEFAULT_PROFILE, else "default".
[[nodiscard]] DYNAMUTEX_EXPORT std::string profile_name(const Environment& environment);

}  // namespace dynamutex::credentials
