#pragma once
// Where DynamoDB is: the rules of AWS's SDKs for regions and partitions.

#include <optional>
#include <string>
#include <string_view>

#include "dynamutex/export.hpp"
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
[[nodiscard]] DYNAMUTEX_EXPORT Result<std::string> regional_endpoint(std::string_view region, EndpointVariant variant = {});

/// Checks an endpoint that a person gave, and returns it without a trailing slash.
/// Errors: `invalid` unless it is "http://" or "https://", a host, an optional port and an optional path.
[[nodiscard]] DYNAMUTEX_EXPORT Result<std::string> checked_endpoint(std::string_view url);

/// The endpoint to use: `configured` (by the program, or as credentials::configured_endpoint_url finds it) where there is one, else
/// the region's.
/// Errors: `invalid` where it is malformed, where a configured endpoint comes together with a variant, or where it is a region's
/// dual-stack endpoint, which is asked for with the variant.
[[nodiscard]] DYNAMUTEX_EXPORT Result<std::string> resolve_endpoint(const std::optional<std::string>& configured,
                                                                    std::string_view region, EndpointVariant variant = {});

}  // namespace dynamutex::dynamo
