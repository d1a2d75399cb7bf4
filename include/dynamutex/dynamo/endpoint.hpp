#pragma once
// Where DynamoDB is.

#include <string>
#include <string_view>

#include "dynamutex/result.hpp"

namespace dynamutex::dynamo {

/// DynamoDB's endpoint in a region, e.g. "https://dynamodb.eu-west-1.amazonaws.com". The region "local" is DynamoDB Local on
/// its usual port, "http://localhost:8000". Pure; asks nothing of the network.
/// Errors: `invalid` where `region` is no DNS label.
/// https://docs.aws.amazon.com/general/latest/gr/ddb.html
[[nodiscard]] Result<std::string> regional_endpoint(std::string_view region);

/// Checks an endpoint that a person gave, and returns it without a trailing slash.
/// Errors: `invalid` unless it is "http://" or "https://", a host, an optional port and an optional path.
[[nodiscard]] Result<std::string> checked_endpoint(std::string_view url);

}  // namespace dynamutex::dynamo
