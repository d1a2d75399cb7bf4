#pragma once
// AWS's Security Token Service: other credentials in exchange for some, or for a token.

#include <memory>
#include <string>

#include "dynamutex/credentials/source.hpp"
#include "dynamutex/export.hpp"

namespace dynamutex::credentials {

/// Where STS is, and who asks.
struct StsOptions {
  /// Region of the endpoint and of the signature; empty for the global endpoint.
  std::string region;
  /// "https://host[:port]"; empty for AWS's endpoint of the region. AWS_ENDPOINT_URL_STS and AWS_ENDPOINT_URL of the environment come after it.
  std::string endpoint_url;
};

/// A role to take on (AWS STS API, AssumeRole and AssumeRoleWithWebIdentity).
struct Role {
  std::string arn;
  std::string session_name;  ///< Empty: one made of the process id and the time.
  std::string external_id;   ///< AssumeRole only; may be empty.
  int duration_seconds = 0;  ///< 900 to 43,200; 0 for the service's default (an hour).
};

/// Assumes `role` with the credentials of `from`. Blocks for `from` and for one exchange with STS.
[[nodiscard]] DYNAMUTEX_EXPORT std::unique_ptr<Source> make_assume_role_source(World world, std::unique_ptr<Source> from,
                                                                               Role role, StsOptions options);

/// Assumes `role` with the token in `token_file`, which is read again at each fetch.
[[nodiscard]] DYNAMUTEX_EXPORT std::unique_ptr<Source> make_web_identity_source(World world, std::string token_file, Role role,
                                                                                StsOptions options);

/// The same from AWS_WEB_IDENTITY_TOKEN_FILE, AWS_ROLE_ARN and AWS_ROLE_SESSION_NAME; absent without the first two.
[[nodiscard]] DYNAMUTEX_EXPORT std::unique_ptr<Source> make_web_identity_environment_source(World world, StsOptions options);

}  // namespace dynamutex::credentials
