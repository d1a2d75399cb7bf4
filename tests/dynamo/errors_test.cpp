#include "dynamo/errors.hpp"

#include <doctest/doctest.h>

#include <nlohmann/json.hpp>

#include "support/vectors.hpp"

using namespace dynamutex;
using namespace dynamutex::dynamo;
using nlohmann::json;

namespace {
http::Response reply(int status, std::string body, http::HeaderFields headers = {}) {
  http::Response response;
  response.status = status;
  response.body = std::move(body);
  response.headers = std::move(headers);
  return response;
}
}  // namespace

TEST_CASE("an error's code and message are read wherever AWS's protocol puts them") {
  const auto text = test::read_vectors("protocol/output-json_1_0.json");
  if (!text) return;
  int cases = 0;
  for (const json& suite : json::parse(*text)) {
    for (const json& vector : suite["cases"]) {
      if (!vector.contains("errorCode")) continue;
      const std::string id = vector["id"];
      CAPTURE(id);
      http::HeaderFields headers;
      for (const auto& [name, value] : vector["response"]["headers"].items())
        headers.push_back({name, value.get_ref<const std::string&>()});
      const auto error = read_aws_error(reply(vector["response"]["status_code"], vector["response"].value("body", ""), headers));
      CHECK(error.code == vector["errorCode"].get<std::string>());
      if (vector.contains("errorMessage")) CHECK(error.message == vector["errorMessage"].get<std::string>());
      ++cases;
    }
  }
  CHECK(cases >= 10);
}

TEST_CASE("DynamoDB Local's Message and dynalite's message are both read") {
  CHECK(read_aws_error(reply(400, R"({"__type":"a#B","Message":"one"})")).message == "one");
  CHECK(read_aws_error(reply(400, R"({"__type":"a#B","message":"two"})")).message == "two");
}

TEST_CASE("only the first line of AWS's message is kept, as the canonical request below it holds the token") {
  const auto error = read_aws_error(
      reply(403, R"({"__type":"InvalidSignatureException","message":"No match.\n\nCanonical:\nx-amz-security-token:T"})"));
  CHECK(error.message == "No match.");
}

TEST_CASE("why DynamoDB throttled is part of the message") {
  const char* body =
      R"({"__type":"a#ThrottlingException","message":"Too fast","ThrottlingReasons":[)"
      R"({"reason":"TableWriteKeyRangeThroughputExceeded","resource":"arn:aws:dynamodb:eu-west-1:1:table/locks"},{"reason":"X"},7]})";
  CHECK(read_aws_error(reply(400, body)).message ==
        "Too fast: TableWriteKeyRangeThroughputExceeded (arn:aws:dynamodb:eu-west-1:1:table/locks), X");
  CHECK(read_aws_error(reply(400, R"({"__type":"T","ThrottlingReasons":"x"})")).message.empty());
}

TEST_CASE("a message of control characters or without end stays one readable line") {
  CHECK(read_aws_error(reply(400, "{\"__type\":\"X\",\"message\":\"a\\u001b[31mb\"}")).message == "a [31mb");
  CHECK(read_aws_error(reply(400, "{\"__type\":\"X\",\"message\":\"" + std::string(100'000, 'x') + "\"}")).message.size() <= 500);
  CHECK(read_aws_error(reply(400, "<html>")).code.empty());
  CHECK(read_aws_error(reply(400, "<html>", {{"x-amzn-errortype", "a\x1b[31mb"}})).code == "a [31mb");
}

TEST_CASE("every error becomes what the caller can do next") {
  const auto kind = [](int status, const char* code) { return classify_error(status, code).kind; };
  CHECK(kind(400, "ResourceNotFoundException") == ErrorKind::not_found);
  CHECK(kind(400, "ValidationException") == ErrorKind::invalid);
  CHECK(kind(400, "AccessDeniedException") == ErrorKind::denied);
  CHECK(kind(400, "ExpiredTokenException") == ErrorKind::denied);
  for (const int status : {401, 403, 407}) CHECK(kind(status, "") == ErrorKind::denied);
  CHECK(kind(400, "ProvisionedThroughputExceededException") == ErrorKind::throttled);
  CHECK(kind(400, "ThrottlingException") == ErrorKind::throttled);
  CHECK(kind(429, "") == ErrorKind::throttled);
  CHECK(kind(500, "InternalServerError") == ErrorKind::ambiguous);
  CHECK(kind(503, "") == ErrorKind::ambiguous);
  CHECK(kind(302, "") == ErrorKind::not_applied);
  CHECK(kind(404, "") == ErrorKind::not_applied);
  CHECK(kind(400, "TransactionConflictException") == ErrorKind::not_applied);
}

TEST_CASE("only what may pass by itself is tried again") {
  const auto retry = [](int status, const char* code) { return classify_error(status, code).retry; };
  CHECK(retry(500, "InternalServerError") == RetryCause::transient);
  CHECK(retry(502, "") == RetryCause::transient);
  CHECK(retry(504, "") == RetryCause::transient);
  CHECK(retry(501, "") == RetryCause::none);
  CHECK(retry(400, "ThrottlingException") == RetryCause::throttling);
  CHECK(retry(503, "SlowDown") == RetryCause::throttling);
  CHECK(retry(400, "ValidationException") == RetryCause::none);
  CHECK(retry(400, "AccessDeniedException") == RetryCause::none);
}

TEST_CASE("a missing table's message says how to create it") {
  Error error;
  error.kind = ErrorKind::not_found;
  CHECK(describe(error, {"PutItem", "locks", "eu-west-1", "https://dynamodb.eu-west-1.amazonaws.com"}) ==
        "table 'locks' does not exist in eu-west-1 (endpoint https://dynamodb.eu-west-1.amazonaws.com); create it with: "
        "dynamutex init --table locks");
}

TEST_CASE("a refusal's message says what to do about it") {
  const auto advice = [](const char* code) {
    Error error;
    error.kind = ErrorKind::denied;
    error.aws_code = code;
    return describe(error, {"PutItem", "locks", "eu-west-1", "https://dynamodb.eu-west-1.amazonaws.com"});
  };
  const auto says = [](const std::string& text, const char* words) { return text.find(words) != std::string::npos; };
  for (const char* code : {"AccessDeniedException", "AccessDenied"}) CHECK(says(advice(code), "IAM policy"));
  for (const char* code : {"ExpiredTokenException", "ExpiredToken"}) CHECK(says(advice(code), "get new credentials"));
  for (const char* code : {"RequestTimeTooSkewed", "RequestExpired", "RequestInTheFuture"}) {
    CHECK(says(advice(code), "set this machine's clock"));
  }
  CHECK(says(advice("UnrecognizedClientException"), "check the access key"));
}
