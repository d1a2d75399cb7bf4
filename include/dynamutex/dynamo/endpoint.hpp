#pragma once
// Where DynamoDB is: the rules of AWS's SDKs for regions, partitions and configured endpoints.

#include <optional>
#include <string>
#include <string_view>

#include "dynamutex/credentials/profile_files.hpp"
#include "dynamutex/credentials/provider.hpp"
#include "dynamutex/result.hpp"

namespace dynamutex::dynamo {

/// Variants of an endpoint (https://docs.aws.amazon.com/sdkref/latest/guide/feature-endpoints.html).
struct EndpointVariant {
  bool fips = false;        ///< The one with FIPS 140 validated cryptography.
  bool dual_stack = false;  ///< The one with IPv6 as well.
};

/// DynamoDB's endpoint in a region, e.g. "https://dynamodb.eu-west-1.amazonaws.com". The region "local" is DynamoDB Local on
/// its usual port, "http://localhost:8000". Pure; asks nothing of the network.
/// Errors: `invalid` where `region` is no DNS label.
/// https://docs.aws.amazon.com/general/latest/gr/ddb.html
[[nodiscard]] Result<std::string> regional_endpoint(std::string_view region, EndpointVariant variant = {});

/// Checks an endpoint that a person gave, and returns it without a trailing slash.
/// Errors: `invalid` unless it is "http://" or "https://", a host, an optional port and an optional path.
[[nodiscard]] Result<std::string> checked_endpoint(std::string_view url);

/// The endpoint to use: `configured` where there is one, else the region's.
/// Errors: `invalid` where it is malformed, where a configured endpoint comes together with a variant, or where it is a region's
/// dual-stack endpoint, which is asked for with the variant.
[[nodiscard]] Result<std::string> resolve_endpoint(const std::optional<std::string>& configured, std::string_view region,
                                                   EndpointVariant variant = {});

/// Where an endpoint may be configured, in the order of precedence.
struct EndpointSources {
  std::optional<std::string> given;                     ///< By the program, or by a flag.
  const credentials::Environment& environment;          ///< AWS_ENDPOINT_URL_<SERVICE>, AWS_ENDPOINT_URL.
  const credentials::ProfileFiles* files = nullptr;     ///< The profile's `services` section, then the profile; may be null.
  std::string profile = "default";
  std::string_view service = "dynamodb";
  bool ignore_configured = false;  ///< Only `given` counts; also with AWS_IGNORE_CONFIGURED_ENDPOINT_URLS=true.
};

/// The endpoint that is configured, if any. Pure but for the environment.
/// https://docs.aws.amazon.com/sdkref/latest/guide/feature-ss-endpoints.html
[[nodiscard]] std::optional<std::string> configured_endpoint(const EndpointSources& sources);

}  // namespace dynamutex::dynamo
