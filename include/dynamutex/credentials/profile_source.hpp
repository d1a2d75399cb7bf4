#pragma once
// Credentials that a profile of the shared files describes.

#include <memory>
#include <string>

#include "dynamutex/credentials/source.hpp"
#include "dynamutex/export.hpp"

namespace dynamutex::credentials {

/// A profile's credentials: a role to assume, fixed keys, or a process, in this order (AWS, "Assume role credential provider",
/// "Process credential provider"). The files are read again at each fetch.
///
/// - `role_arn` with `source_profile` (a chain of any length below 16; a loop is an error; a profile may name itself and its own keys) or
///   `credential_source` (Environment, Ec2InstanceMetadata, EcsContainer), and `external_id`, `role_session_name`, `duration_seconds`;
/// - `role_arn` with `web_identity_token_file`;
/// - `aws_access_key_id`, `aws_secret_access_key`, `aws_session_token`;
/// - `credential_process`.
///
/// Absent where there is no such profile and `profile` was empty, or the profile describes none of these.
/// `profile`: empty for that of the environment. `region`: for STS; empty for the profile's or the environment's.
/// MFA and sign-in by browser (`mfa_serial`, `sso_…`) are told as `invalid`: there is nobody to ask.
[[nodiscard]] DYNAMUTEX_EXPORT std::unique_ptr<Source> make_profile_source(World world, std::string profile, std::string region);

}  // namespace dynamutex::credentials
