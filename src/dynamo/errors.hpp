#pragma once
// What a reply means: success, a failed condition, or an error of one of the kinds a caller can act on.

#include <string>
#include <string_view>

#include "dynamo/retry.hpp"
#include "dynamutex/error.hpp"
#include "dynamutex/http/transport.hpp"
#include "dynamutex/secret.hpp"

namespace dynamutex::dynamo {

/// An AWS error as it stands in a reply, from x-amzn-errortype, `__type` or `code`, and `message` or `Message`.
struct AwsError {
  std::string code;     ///< Without namespace ("x#") and without suffix (":http://…"); empty where there is none.
  std::string message;  ///< First line only: AWS repeats the canonical request, token included, on the lines below.
};

[[nodiscard]] AwsError read_aws_error(const http::Response& reply);

/// Takes every occurrence of a secret out of a text that came from outside: a server may echo what it was sent.
void redact(std::string& text, const Secret& secret);

/// How an error code is to be handled.
struct ErrorClass {
  ErrorKind kind;
  RetryCause retry;
};

/// `kind` is told for a write; 5xx means that it may have been applied.
[[nodiscard]] ErrorClass classify_error(int http_status, std::string_view code) noexcept;

/// Whether the code says that the access key or the session token is expired or unknown, whatever the request was.
[[nodiscard]] bool refuses_credentials(std::string_view code) noexcept;

/// What a message about a request may need to say.
struct RequestContext {
  std::string_view operation;
  std::string_view table;  ///< Empty for operations without one.
  std::string_view region;
  std::string_view endpoint;
};

/// One line for a person.
[[nodiscard]] std::string describe(const Error& error, const RequestContext& context);

}  // namespace dynamutex::dynamo
