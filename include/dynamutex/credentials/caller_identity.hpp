#pragma once
// Who one's credentials are.

#include <string>

#include "dynamutex/credentials/source.hpp"
#include "dynamutex/credentials/sts.hpp"
#include "dynamutex/export.hpp"
#include "dynamutex/result.hpp"

namespace dynamutex::credentials {

/// The identity behind a key, as AWS knows it. No secret.
struct CallerIdentity {
  std::string account;
  std::string arn;
};

/// Asks STS (GetCallerIdentity), which needs no permission. One attempt, by `deadline`.
/// Errors: `denied` (STS does not know the key, or refuses the signature), `timed_out`, `not_applied` (no answer, or none that can be
/// read), `invalid` (the build left STS out, or the endpoint is malformed).
/// https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html
[[nodiscard]] DYNAMUTEX_EXPORT Result<CallerIdentity> ask_caller_identity(const World& world, const StsOptions& options,
                                                                          const sigv4::Credentials& credentials,
                                                                          MonotonicTime deadline,
                                                                          const Cancellation* cancellation = nullptr);

}  // namespace dynamutex::credentials
