#pragma once
// Credentials of a container (Amazon ECS, EKS Pod Identity, IoT Greengrass).

#include <memory>
#include <string>
#include <string_view>

#include "dynamutex/credentials/source.hpp"
#include "dynamutex/export.hpp"

namespace dynamutex::credentials {

struct ContainerOptions {
  std::string relative_base = "http://169.254.170.2";  ///< What AWS_CONTAINER_CREDENTIALS_RELATIVE_URI is relative to.
};

/// Asks the endpoint that AWS_CONTAINER_CREDENTIALS_RELATIVE_URI or AWS_CONTAINER_CREDENTIALS_FULL_URI names (AWS, "Container credential
/// provider"), with the token of AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE (read again at each fetch) or AWS_CONTAINER_AUTHORIZATION_TOKEN.
///
/// A full URI must be https, or lead to this machine (127.0.0.0/8, [::1], "localhost"), ECS (169.254.170.2) or EKS (169.254.170.23,
/// [fd00:ec2::23]): the token must not go to anyone else. Absent where neither variable is set.
/// Up to 3 attempts of at most 2 s each.
[[nodiscard]] DYNAMUTEX_EXPORT std::unique_ptr<Source> make_container_source(World world, ContainerOptions options = {});

/// Whether the rule above lets a request with the token go to `url`.
[[nodiscard]] DYNAMUTEX_EXPORT bool is_allowed_container_url(std::string_view url);

}  // namespace dynamutex::credentials
