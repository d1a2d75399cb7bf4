#pragma once
// Credentials of a device that has an X.509 certificate instead of keys.

#include <memory>
#include <string>

#include "dynamutex/credentials/source.hpp"
#include "dynamutex/export.hpp"

namespace dynamutex::credentials {

struct IotOptions {
  std::string endpoint;    ///< "https://ID.credentials.iot.REGION.amazonaws.com" (aws iot describe-endpoint); https only.
  std::string role_alias;  ///< 1 to 128 of A-Z a-z 0-9 _ = , @ -
  std::string thing_name;  ///< Sent as x-amzn-iot-thingname; empty to send none.
};

/// Exchanges the device's certificate for credentials (AWS IoT Core, "Authorizing direct calls to AWS services using AWS IoT Core
/// credential provider"). `transport` shows the certificate: CurlOptions::client_certificate and client_key. `clock` and `transport`
/// outlive the source. Up to 3 attempts of at most 5 s each.
[[nodiscard]] DYNAMUTEX_EXPORT std::unique_ptr<Source> make_iot_source(Clock& clock, http::Transport& transport,
                                                                       IotOptions options);

}  // namespace dynamutex::credentials
