#pragma once
// Where a program's DynamoDB is, as the AWS tools find it.

#include <string>

#include "dynamutex/credentials/profile_files.hpp"
#include "dynamutex/credentials/provider.hpp"
#include "dynamutex/export.hpp"
#include "dynamutex/result.hpp"

namespace dynamutex::dynamo {

/// What the program or its user says. What is empty is looked for.
struct PlaceOptions {
  std::string region;
  std::string endpoint_url;
  std::string profile;  ///< Else credentials::profile_name.
};

/// For ClientOptions.
struct Place {
  std::string region;           ///< For signing.
  std::string endpoint;         ///< Checked.
  bool endpoint_given = false;  ///< By a person, who may mean plain HTTP (CurlOptions::allow_plain_http); else it is https.
};

/// The region: of `options`, else AWS_REGION, AWS_DEFAULT_REGION, else the profile's; empty where none is set. An empty variable counts
/// as not set. Pure but for `environment`.
/// https://docs.aws.amazon.com/sdkref/latest/guide/feature-region.html
[[nodiscard]] DYNAMUTEX_EXPORT std::string configured_region(const credentials::Environment& environment,
                                                             const credentials::ProfileFiles& files,
                                                             const PlaceOptions& options = {});

/// Region and endpoint. The endpoint is that of `options`, else credentials::configured_endpoint_url, else the region's, in the variant
/// that AWS_USE_FIPS_ENDPOINT, AWS_USE_DUALSTACK_ENDPOINT or the profile's settings of those names ask for. An endpoint without a region
/// is signed for us-east-1. Pure but for `environment`; asks nothing of the network.
/// Errors: `invalid` where there is neither a region nor an endpoint, and those of resolve_endpoint.
/// https://docs.aws.amazon.com/sdkref/latest/guide/feature-endpoints.html
[[nodiscard]] DYNAMUTEX_EXPORT Result<Place> resolve_place(const credentials::Environment& environment,
                                                           const credentials::ProfileFiles& files,
                                                           const PlaceOptions& options = {});

}  // namespace dynamutex::dynamo
