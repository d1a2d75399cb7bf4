#include "dynamo/errors.hpp"

#include <algorithm>
#include <array>
#include <optional>

#include "dynamo/json_reader.hpp"

namespace dynamutex::dynamo {
namespace {

using nlohmann::json;

constexpr std::size_t kMessageMax = 500;

// https://docs.aws.amazon.com/sdkref/latest/guide/feature-retry-behavior.html and
// https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Programming.Errors.html
constexpr std::array<std::string_view, 13> kThrottlingCodes = {"ProvisionedThroughputExceededException",
                                                               "ThrottlingException",
                                                               "Throttling",
                                                               "ThrottledException",
                                                               "RequestThrottled",
                                                               "RequestThrottledException",
                                                               "RequestLimitExceeded",
                                                               "TooManyRequestsException",
                                                               "BandwidthLimitExceeded",
                                                               "LimitExceededException",
                                                               "PriorRequestNotComplete",
                                                               "SlowDown",
                                                               "EC2ThrottledException"};
constexpr std::array<std::string_view, 3> kTransientCodes = {"TransactionConflictException", "TransactionInProgressException",
                                                             "RequestTimeout"};
constexpr std::array<std::string_view, 17> kDeniedCodes = {"AccessDeniedException",
                                                           "AccessDenied",
                                                           "UnrecognizedClientException",
                                                           "InvalidSignatureException",
                                                           "SignatureDoesNotMatch",
                                                           "InvalidClientTokenId",
                                                           "MissingAuthenticationTokenException",
                                                           "MissingAuthenticationToken",
                                                           "IncompleteSignature",
                                                           "IncompleteSignatureException",
                                                           "ExpiredTokenException",
                                                           "ExpiredToken",
                                                           "RequestTimeTooSkewed",
                                                           "RequestExpired",
                                                           "RequestInTheFuture",
                                                           "AuthFailure",
                                                           "OptInRequired"};

constexpr std::array<std::string_view, 4> kCredentialCodes = {"ExpiredTokenException", "ExpiredToken",
                                                              "UnrecognizedClientException", "InvalidClientTokenId"};

template <std::size_t N>
bool contains(const std::array<std::string_view, N>& codes, std::string_view code) noexcept {
  return std::find(codes.begin(), codes.end(), code) != codes.end();
}

std::string_view bare_code(std::string_view text) noexcept {
  text = text.substr(0, text.find(':'));
  const std::size_t hash = text.rfind('#');
  return hash == std::string_view::npos ? text : text.substr(hash + 1);
}

/// Printable, and no longer than a log line.
std::string first_line(std::string_view text) {
  std::string line(text.substr(0, std::min(text.find_first_of("\r\n"), kMessageMax)));
  for (char& c : line) {
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) c = ' ';
  }
  return line;
}

const std::string* find_text(const json& object, const char* name) {
  const json* member = find_member(object, name, json::value_t::string);
  return member == nullptr ? nullptr : member->get_ptr<const json::string_t*>();
}

/// "reason (resource)" of each throttling reason, e.g. "TableWriteProvisionedThroughputExceeded (arn:aws:dynamodb:…)".
/// https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/throttling-diagnosing.html
std::string throttling_reasons(const json& body) {
  std::string text;
  for (const char* name : {"ThrottlingReasons", "throttlingReasons"}) {
    const json* reasons = find_member(body, name, json::value_t::array);
    if (reasons == nullptr) continue;
    for (const json& entry : *reasons) {
      const std::string* reason = find_text(entry, "reason");
      const std::string* resource = find_text(entry, "resource");
      if (reason == nullptr) continue;
      text.append(text.empty() ? "" : ", ").append(*reason);
      if (resource != nullptr) text.append(" (").append(*resource).append(")");
    }
  }
  return text;
}

std::string_view what_was_asked(const RequestContext& context, std::string& storage) {
  storage = context.operation;
  if (!context.table.empty()) storage.append(" on table '").append(context.table).append("'");
  return storage;
}

std::string denied_advice(std::string_view code) {
  if (code == "AccessDeniedException" || code == "AccessDenied") {
    return "allow the action for this identity in its IAM policy";
  }
  if (code == "ExpiredTokenException" || code == "ExpiredToken") return "the session token has expired: get new credentials";
  if (code == "RequestTimeTooSkewed" || code == "RequestExpired" || code == "RequestInTheFuture") {
    return "set this machine's clock";
  }
  return "check the access key, the secret and the session token";
}

}  // namespace

AwsError read_aws_error(const http::Response& reply) {
  AwsError result;
  const std::optional<json> body = parse_json(reply.body);
  if (const auto type = reply.headers.find("x-amzn-errortype"); type) {
    result.code = first_line(bare_code(*type));
  }
  if (!body) return result;
  for (const char* name : {"__type", "code"}) {
    const std::string* code = find_text(*body, name);
    if (result.code.empty() && code != nullptr) result.code = first_line(bare_code(*code));
  }
  for (const char* name : {"message", "Message"}) {
    const std::string* message = find_text(*body, name);
    if (result.message.empty() && message != nullptr) result.message = first_line(*message);
  }
  if (const std::string reasons = throttling_reasons(*body); !reasons.empty()) {
    result.message = first_line(result.message + (result.message.empty() ? "" : ": ") + reasons);
  }
  return result;
}

bool refuses_credentials(std::string_view code) noexcept { return contains(kCredentialCodes, code); }

void redact(std::string& text, const Secret& secret) {
  constexpr std::string_view kMask = "[secret]";
  if (secret.empty()) return;
  for (std::size_t at = text.find(secret.reveal()); at != std::string::npos; at = text.find(secret.reveal(), at + kMask.size())) {
    text.replace(at, secret.size(), kMask);
  }
}

ErrorClass classify_error(int http_status, std::string_view code) noexcept {
  if (contains(kThrottlingCodes, code)) return {ErrorKind::throttled, RetryCause::throttling};
  if (http_status >= 500) {
    const bool transient = http_status == 500 || http_status == 502 || http_status == 503 || http_status == 504;
    return {ErrorKind::ambiguous, transient ? RetryCause::transient : RetryCause::none};
  }
  if (contains(kTransientCodes, code)) return {ErrorKind::not_applied, RetryCause::transient};
  if (contains(kDeniedCodes, code)) return {ErrorKind::denied, RetryCause::none};
  if (code == "ResourceNotFoundException") return {ErrorKind::not_found, RetryCause::none};
  if (!code.empty()) return {ErrorKind::invalid, RetryCause::none};
  if (http_status == 429) return {ErrorKind::throttled, RetryCause::throttling};
  if (http_status == 401 || http_status == 403 || http_status == 407) return {ErrorKind::denied, RetryCause::none};
  // Refused, but not by DynamoDB, which names every error.
  return {ErrorKind::not_applied, RetryCause::none};
}

std::string describe(const Error& error, const RequestContext& context) {
  std::string storage;
  const std::string_view asked = what_was_asked(context, storage);
  std::string text;
  const auto add = [&](auto... parts) { (text.append(parts), ...); };
  const auto add_answer = [&] {
    add(error.aws_code.empty() ? "HTTP status " + std::to_string(error.http_status) : error.aws_code);
    if (!error.aws_message.empty()) add(": ", error.aws_message);
  };
  switch (error.kind) {
    case ErrorKind::not_found:
      add("table '", context.table, "' does not exist in ", context.region, " (endpoint ", context.endpoint,
          "); create it with: dynamutex init --table ", context.table);
      break;
    case ErrorKind::denied:
      add(asked, " was denied (");
      add_answer();
      add("); ", denied_advice(error.aws_code));
      break;
    case ErrorKind::throttled:
      add(asked, " was throttled ", std::to_string(error.attempts), " times (");
      add_answer();
      add("); try again later or give the table more capacity");
      break;
    case ErrorKind::invalid:
      add(asked, " was refused (");
      add_answer();
      add(")");
      break;
    default:
      add(context.endpoint, " answered ", asked, " with ");
      add_answer();
      if (error.aws_code.empty()) add("; is this DynamoDB's endpoint?");
      break;
  }
  return text;
}

}  // namespace dynamutex::dynamo
