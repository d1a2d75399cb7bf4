#include "dynamutex/dynamo/client.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "dynamo/crc32.hpp"
#include "dynamo/http_date.hpp"
#include "dynamo/scripted_client.hpp"
#include "support/vectors.hpp"

using namespace std::chrono_literals;
using namespace dynamutex;
using namespace dynamutex::dynamo;
using nlohmann::json;
using test::FakeClock;
using test::ScriptedTransport;
using test::Setup;

namespace {

constexpr const char* kConditionFailed =
    R"({"__type":"com.amazonaws.dynamodb.v20120810#ConditionalCheckFailedException","Message":"no","Item":{"key":{"S":"x"}}})";

/// Numbered keys; others where they were refused, `sets` in all.
class NumberedProvider final : public credentials::Provider {
 public:
  explicit NumberedProvider(int sets) : sets_(sets) {}
  Result<credentials::SharedCredentials> get(MonotonicTime, const Cancellation*) override { return current_; }
  bool reject(const credentials::SharedCredentials& refused) noexcept override {
    CHECK(refused == current_);
    ++rejections;
    if (number_ == sets_) return false;
    current_ = set(++number_);
    return true;
  }
  std::string source() const override { return "numbers"; }

  int rejections = 0;

 private:
  static credentials::SharedCredentials set(int number) {
    return std::make_shared<sigv4::Credentials>(
        sigv4::Credentials{"KEY" + std::to_string(number), Secret("secret-key"), Secret()});
  }

  const int sets_;
  int number_ = 1;
  credentials::SharedCredentials current_ = set(1);
};

}  // namespace

TEST_CASE("a request carries what DynamoDB's protocol demands, signed") {
  Setup setup;
  setup.transport.answer(200, "{}");
  REQUIRE(setup.client->put_item("locks", Setup::put()).ok());
  const auto& sent = setup.transport.requests.at(0);
  CHECK(sent.header("host") == "dynamodb.eu-west-1.amazonaws.com");
  CHECK(sent.header("content-type") == "application/x-amz-json-1.0");
  CHECK(sent.header("x-amz-target") == "DynamoDB_20120810.PutItem");
  CHECK(sent.header("x-amz-security-token") == "session-token");
  CHECK(sent.header("authorization").find("AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/") == 0);
  CHECK(sent.header("authorization").find("content-type;host;x-amz-date;x-amz-security-token;x-amz-target") != std::string::npos);
  CHECK(sent.header("authorization").find("/eu-west-1/dynamodb/aws4_request") != std::string::npos);
}

TEST_CASE("a failed condition is an answer, with the item that caused it") {
  Setup setup;
  setup.transport.answer(400, kConditionFailed);
  const auto outcome = setup.client->put_item("locks", Setup::put());
  REQUIRE(outcome.ok());
  CHECK(outcome->status == WriteOutcome::Status::condition_failed);
  REQUIRE(outcome->item.has_value());
  CHECK(*outcome->item->find_as<std::string>("key") == "x");
  CHECK_FALSE(outcome->doubted);
}

TEST_CASE("a lost reply is tried again with the same body, and the answer is told to be doubted") {
  Setup setup;
  setup.transport.fail(ErrorKind::ambiguous);
  setup.transport.answer(400, kConditionFailed);
  const auto outcome = setup.client->put_item("locks", Setup::put());
  REQUIRE(outcome.ok());
  CHECK(outcome->doubted);
  REQUIRE(setup.transport.requests.size() == 2);
  CHECK(setup.transport.requests[0].body == setup.transport.requests[1].body);
}

TEST_CASE("a write that was ever in doubt stays ambiguous, whatever came after") {
  for (const ErrorKind last : {ErrorKind::not_applied, ErrorKind::ambiguous}) {
    Setup setup;
    setup.transport.fail(ErrorKind::ambiguous);
    for (int i = 0; i < 3; ++i) setup.transport.fail(last);
    const auto outcome = setup.client->put_item("locks", Setup::put());
    REQUIRE_FALSE(outcome.ok());
    CHECK(outcome.error().kind == ErrorKind::ambiguous);
    CHECK(outcome.error().attempts == 4);
    CHECK(outcome.error().operation == "PutItem");
  }
  Setup setup;
  setup.transport.answer(500, R"({"__type":"InternalServerError"})");
  setup.transport.answer(400, R"({"__type":"AccessDeniedException","message":"no"})");
  const auto outcome = setup.client->put_item("locks", Setup::put());
  REQUIRE_FALSE(outcome.ok());
  CHECK(outcome.error().kind == ErrorKind::ambiguous);
  CHECK(outcome.error().aws_code == "AccessDeniedException");
}

TEST_CASE("a read is never ambiguous") {
  Setup setup;
  for (int i = 0; i < 4; ++i) setup.transport.fail(ErrorKind::ambiguous);
  const auto item = setup.client->get_item("locks", GetItem{});
  REQUIRE_FALSE(item.ok());
  CHECK(item.error().kind == ErrorKind::not_applied);
}

TEST_CASE("an unusable answer is tried again, and leaves a write in doubt") {
  const std::vector<std::pair<std::string, http::HeaderFields>> unusable = {{"<html>", {}},
                                                                            {"", {}},
                                                                            {"[]", {}},
                                                                            {R"({"Attributes":{"a":{"S":1}}})", {}},
                                                                            {"{}", {{"x-amz-crc32", "1"}}},
                                                                            {"{}", {{"X-Amz-Crc32", "x"}}}};
  for (const auto& answer : unusable) {
    CAPTURE(answer.first);
    Setup setup;
    setup.transport.answer(200, answer.first, answer.second);
    setup.transport.answer(200, "{}", {{"x-amz-crc32", std::to_string(crc32("{}"))}});
    const auto outcome = setup.client->put_item("locks", Setup::put());
    REQUIRE(outcome.ok());
    CHECK(outcome->doubted);
  }
}

TEST_CASE("a success that is not DynamoDB's leaves a write in doubt") {
  for (const int status : {201, 202, 204, 206, 299}) {
    Setup setup(1);
    setup.transport.answer(status, "{}");
    const auto outcome = setup.client->put_item("locks", Setup::put());
    REQUIRE_FALSE(outcome.ok());
    CHECK(outcome.error().kind == ErrorKind::ambiguous);
  }
}

TEST_CASE("what is wrong with the request itself is not tried again") {
  for (const char* code : {"ValidationException", "ResourceNotFoundException", "UnrecognizedClientException"}) {
    Setup setup;
    setup.transport.answer(400, std::string(R"({"__type":")") + code + "\"}");
    CHECK_FALSE(setup.client->put_item("locks", Setup::put()).ok());
    CHECK(setup.transport.requests.size() == 1);
  }
}

TEST_CASE("throttling waits longer than a lost connection, and the server's word is kept") {
  Setup setup;
  setup.transport.answer(400, R"({"__type":"ThrottlingException"})", {{"x-amz-retry-after", "700"}});
  setup.transport.fail(ErrorKind::not_applied);
  setup.transport.answer(200, "{}");
  REQUIRE(setup.client->put_item("locks", Setup::put()).ok());
  REQUIRE(setup.pauses.size() == 3);
  CHECK(setup.pauses[0] == 700ms);
  CHECK(setup.pauses[1] < 50ms);
  CHECK(setup.pauses[2] < 0ns);
}

TEST_CASE("no attempt begins when its pause would end after the deadline") {
  Setup setup;
  setup.transport.answer(400, R"({"__type":"ThrottlingException"})", {{"x-amz-retry-after", "700"}});
  CallOptions options;
  options.deadline = setup.clock.now() + 600ms;
  const auto outcome = setup.client->put_item("locks", Setup::put(), options);
  REQUIRE_FALSE(outcome.ok());
  CHECK(outcome.error().kind == ErrorKind::throttled);
  CHECK(setup.transport.requests.size() == 1);
}

TEST_CASE("a cancelled call is not tried again") {
  Setup setup;
  Cancellation cancellation;
  setup.transport.answers.emplace_back([&](const http::Request&) -> Result<http::Response> {
    cancellation.cancel();
    Error error;
    error.kind = ErrorKind::timed_out;
    return error;
  });
  const auto outcome = setup.client->put_item("locks", Setup::put(), {MonotonicTime::max(), &cancellation});
  REQUIRE_FALSE(outcome.ok());
  CHECK(outcome.error().kind == ErrorKind::timed_out);
  CHECK(setup.transport.requests.size() == 1);
}

TEST_CASE("an attempt that takes too long is one lost try, not the end of the call") {
  Setup setup;
  setup.transport.fail(ErrorKind::timed_out);
  setup.transport.answer(200, "{}");
  CHECK(setup.client->put_item("locks", Setup::put()).ok());
}

TEST_CASE("replies teach the servers' time, unless a cache answered") {
  Setup setup;
  setup.transport.answer(200, "{}", {{"Date", "Thu, 01 Jan 2026 00:00:01 GMT"}, {"Age", "5"}});
  REQUIRE(setup.client->get_item("locks", GetItem{}).ok());
  CHECK_FALSE(setup.client->server_clock().bounds(setup.clock.now()).has_value());
  setup.transport.answer(200, "{}", {{"date", "Thu, 01 Jan 2026 00:00:01 GMT"}});
  REQUIRE(setup.client->get_item("locks", GetItem{}).ok());
  const auto bounds = setup.client->server_clock().bounds(setup.clock.now());
  REQUIRE(bounds.has_value());
  CHECK(bounds->earliest <= *parse_http_date("Thu, 01 Jan 2026 00:00:01 GMT"));
}

TEST_CASE("a server that echoes the secret or the token does not get them into the error") {
  Setup setup;
  setup.transport.answer(403, R"({"__type":"InvalidSignatureException","message":"got session-token and secret-key"})");
  const auto outcome = setup.client->put_item("locks", Setup::put());
  REQUIRE_FALSE(outcome.ok());
  for (const std::string& text : {outcome.error().message, outcome.error().aws_message}) {
    CHECK(text.find("session-token") == std::string::npos);
    CHECK(text.find("secret-key") == std::string::npos);
  }
}

TEST_CASE("the clock that requests are signed with follows AWS's clock-skew scenarios") {
  const auto text = test::read_vectors("clock-skew/clock-skew-test-cases.json");
  if (!text) return;
  const auto iso_seconds = [](const std::string& iso) {
    // "2026-01-01T00:05:01Z": all scenarios are of one day.
    const auto two = [&](std::size_t at) { return std::stoi(iso.substr(at, 2)); };
    return *parse_http_date("Thu, 01 Jan 2026 00:00:00 GMT") + std::chrono::hours(two(11)) + std::chrono::minutes(two(14)) +
           std::chrono::seconds(two(17));
  };
  const json scenarios = json::parse(*text)["tests"];
  CHECK(scenarios.size() == 10);
  for (const json& scenario : scenarios) {
    const std::string description = scenario["description"];
    CAPTURE(description);
    const json& operations = scenario["operations"];
    std::unique_ptr<Setup> setup;
    Duration initial_skew{};
    for (const json& operation : operations) {
      if (!setup) {
        setup = std::make_unique<Setup>(operation.value("maxAttempts", 4));
        initial_skew = std::chrono::seconds(operation["initialClientSkew"].get<int>());
      }
      FakeClock& clock = setup->clock;
      const auto set_wall = [&](ServerTime time) {
        clock.wall_offset = time.time_since_epoch() - clock.now().time_since_epoch();
      };
      if (initial_skew != Duration::zero()) {
        // An earlier exchange has taught this skew.
        set_wall(iso_seconds("2026-01-01T00:00:00Z"));
        setup->transport.answer(200, "{}", {{"date", "Thu, 01 Jan 2026 00:05:00 GMT"}});
        REQUIRE(initial_skew == 300s);
        REQUIRE(setup->client->get_item("t", GetItem{}).ok());
        initial_skew = {};
      }
      const std::size_t first = setup->transport.requests.size();
      const json& attempts = operation["attempts"];
      for (std::size_t i = 0; i < attempts.size(); ++i) {
        const json attempt = attempts[i];
        const ServerTime next_send = iso_seconds(attempts[std::min(i + 1, attempts.size() - 1)]["clientTimeAtSend"]);
        setup->transport.answers.emplace_back([=, &clock](const http::Request&) -> Result<http::Response> {
          http::Response response;
          response.status = attempt["response"]["statusCode"];
          for (const auto& [name, value] : attempt["response"]["headers"].items())
            response.headers.push_back({name, value.get_ref<const std::string&>()});
          const std::string code = attempt["response"].value("errorCode", "");
          response.body = code.empty() ? "{}" : "{\"__type\":\"" + code + "\"}";
          response.sent = clock.now();
          clock.advance(iso_seconds(attempt["clientTimeAtReceive"]) - iso_seconds(attempt["clientTimeAtSend"]));
          response.received = clock.now();
          REQUIRE(next_send >= iso_seconds(attempt["clientTimeAtSend"]));
          return response;
        });
      }
      set_wall(iso_seconds(attempts[0]["clientTimeAtSend"]));
      const auto outcome = setup->client->put_item("t", Setup::put());
      CHECK(outcome.ok() == (operation["expectedOutcome"] == "success"));
      CHECK(setup->transport.requests.size() - first == attempts.size());
      for (std::size_t i = 0; i < attempts.size() && first + i < setup->transport.requests.size(); ++i) {
        std::string expected = attempts[i]["expectedSigningTime"];
        for (const char c : {'-', ':'}) expected.erase(std::remove(expected.begin(), expected.end(), c), expected.end());
        CHECK(setup->transport.requests[first + i].header("x-amz-date") == expected);
      }
      setup->transport.answers.clear();
    }
  }
}

TEST_CASE("keys that the service refuses are reported, and the call goes on at once with others") {
  for (const char* const code : {"ExpiredTokenException", "UnrecognizedClientException"}) {
    CAPTURE(code);
    Setup setup(4, std::make_unique<NumberedProvider>(2));
    setup.transport.answer(400, std::string(R"({"__type":"com.amazon.coral.service#)") + code + R"(","message":"no"})");
    setup.transport.answer(200, "{}");
    const auto outcome = setup.client->put_item("locks", Setup::put());
    REQUIRE(outcome.ok());
    CHECK_FALSE(outcome->doubted);
    REQUIRE(setup.transport.requests.size() == 2);
    CHECK(setup.transport.requests[0].header("authorization").find("Credential=KEY1/") != std::string::npos);
    CHECK(setup.transport.requests[1].header("authorization").find("Credential=KEY2/") != std::string::npos);
    CHECK(setup.pauses.at(0) == Duration::zero());
  }
}

TEST_CASE("keys that the service refuses are not tried again where there are no others") {
  Setup setup(4, std::make_unique<NumberedProvider>(1));
  setup.transport.answer(400, R"({"__type":"ExpiredTokenException","message":"no"})");
  const auto outcome = setup.client->put_item("locks", Setup::put());
  REQUIRE_FALSE(outcome.ok());
  CHECK(outcome.error().kind == ErrorKind::denied);
  CHECK(outcome.error().attempts == 1);
}

TEST_CASE("keys are not blamed for a missing permission or a wrong signature") {
  for (const char* const code : {"AccessDeniedException", "InvalidSignatureException", "ValidationException"}) {
    CAPTURE(code);
    auto provider = std::make_unique<NumberedProvider>(2);
    const NumberedProvider& told = *provider;
    Setup setup(4, std::move(provider));
    setup.transport.answer(400, std::string(R"({"__type":")") + code + R"(","message":"no"})");
    CHECK_FALSE(setup.client->put_item("locks", Setup::put()).ok());
    CHECK(told.rejections == 0);
  }
}
