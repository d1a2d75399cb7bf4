#pragma once
// Credentials of an EC2 instance's role.

#include <memory>

#include "dynamutex/credentials/source.hpp"
#include "dynamutex/export.hpp"

namespace dynamutex::credentials {

/// Asks the instance metadata service, version 2 only: a token by PUT, the role's name, its credentials (AWS, "Use the Instance Metadata
/// Service"). Each of the three requests has 1 s and one attempt.
///
/// At http://169.254.169.254, at [fd00:ec2::254] with AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE=IPv6, or where
/// AWS_EC2_METADATA_SERVICE_ENDPOINT says. Absent with AWS_EC2_METADATA_DISABLED=true, where nobody answers, and where the instance has no role.
[[nodiscard]] DYNAMUTEX_EXPORT std::unique_ptr<Source> make_imds_source(World world);

}  // namespace dynamutex::credentials
