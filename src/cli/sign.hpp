#pragma once
// `dynamutex sign`: what the signer makes of a request that a person pasted, to compare with what AWS says.

#include <cstddef>
#include <string>
#include <string_view>

#include "cli/options.hpp"
#include "dynamutex/result.hpp"
#include "dynamutex/sigv4/amz_date.hpp"
#include "dynamutex/sigv4/credentials.hpp"

namespace dynamutex::cli {

/// Longest request that is read, in bytes.
inline constexpr std::size_t kSignInputMax = 16U << 20U;

struct SignArguments {
  std::string service = "dynamodb";
  std::string region;
  bool explain = false;  ///< Show every stage instead of the signed request.
  bool json = false;     ///< The stages and the headers to add, as one line of JSON (docs/schema/sign.json).
};

[[nodiscard]] const OptionTable& sign_options();

/// The signed request as HTTP text, the JSON, or, to explain, every stage with a title. Pure.
///
/// The request's own `x-amz-date`, if it has one, is the signing date, so that a request AWS refused can be looked at later;
/// otherwise it is `now`. An Authorization header that it has is replaced. `x-amz-content-sha256: UNSIGNED-PAYLOAD` is
/// respected. For the service s3 the path is encoded once and not normalised, and the payload's hash is added as a header.
/// The text holds the session token, if there is one.
/// Errors: `invalid`: the request, the credentials or the region, as the signer says.
[[nodiscard]] Result<std::string> sign_http_text(std::string_view http_text, const SignArguments& arguments,
                                                 const sigv4::Credentials& credentials, sigv4::SigningTime now);

/// Reads a request from descriptor `input` until its end.
/// Errors: `invalid`: it cannot be read, or is longer than `kSignInputMax`.
[[nodiscard]] Result<std::string> read_request(int input);

}  // namespace dynamutex::cli
