#include <doctest/doctest.h>

#include <algorithm>
#include <chrono>
#include <map>
#include <string>
#include <vector>

#include "dynamo/crc32.hpp"
#include "dynamo/scripted_client.hpp"

using namespace std::chrono_literals;
using namespace dynamutex;
using namespace dynamutex::dynamo;
using test::Setup;

namespace {

constexpr const char* kConditionFailed =
    R"({"__type":"com.amazonaws.dynamodb.v20120810#ConditionalCheckFailedException","Message":"no","Item":{"key":{"S":"x"}}})";

struct Many : Setup {
  explicit Many(int attempts_max = 4) : Setup(attempts_max), table(*client, "locks"), multi(table.multi()) {}

  void start(std::uint64_t id, const Operation& operation = put(), CallOptions options = {}) {
    multi->start(id, operation, options);
  }

  /// What ends until nothing is left; it must not take for ever.
  std::map<std::uint64_t, Result<WriteOutcome>> drain() {
    std::map<std::uint64_t, Result<WriteOutcome>> ended;
    while (auto finished = multi->wait(clock.now() + 1h, nullptr)) ended.emplace(finished->id, std::move(finished->result));
    return ended;
  }

  ClientTable table;
  std::unique_ptr<Multi> multi;
};

Item key(std::string name) {
  Item item;
  item.set("key", std::move(name));
  return item;
}

/// The value of "key"; nothing without an item.
std::string key_of(const WriteOutcome& outcome) {
  const std::string* text = outcome.item ? outcome.item->find_as<std::string>("key") : nullptr;
  return text == nullptr ? std::string() : *text;
}

}  // namespace

TEST_CASE("operations of every kind are under way at once, and each gets its own answer") {
  Many many;
  many.transport.delays = {30ms, 20ms, 10ms, 40ms, 0ms};
  many.transport.answer(200, "{}");
  many.transport.answer(200, R"({"Item":{"key":{"S":"read"}}})");
  many.transport.answer(400, kConditionFailed);
  many.transport.answer(200, R"({"Attributes":{"key":{"S":"new"}}})");
  many.transport.answer(200, "{}");
  many.start(10, Setup::put());
  many.start(20, GetItem{key("a"), true});
  many.start(30, DeleteItem{key("b"), {}});
  many.start(40, UpdateItem{key("c"), {}, {}});
  many.start(50, GetItem{key("gone"), true});
  std::vector<std::uint64_t> order;
  std::map<std::uint64_t, WriteOutcome> outcomes;
  while (auto finished = many.multi->wait(many.clock.now() + 1h, nullptr)) {
    order.push_back(finished->id);
    outcomes[finished->id] = *std::move(finished->result);
  }
  CHECK(order == std::vector<std::uint64_t>{50, 30, 20, 10, 40});
  CHECK(many.transport.last_multi->under_way_max == 5);
  CHECK(outcomes[10].status == WriteOutcome::Status::applied);
  CHECK_FALSE(outcomes[10].item);
  CHECK(key_of(outcomes[20]) == "read");
  CHECK(outcomes[30].status == WriteOutcome::Status::condition_failed);
  CHECK(key_of(outcomes[30]) == "x");
  CHECK(key_of(outcomes[40]) == "new");
  CHECK(outcomes[50].status == WriteOutcome::Status::applied);
  CHECK_FALSE(outcomes[50].item);
  for (const auto& sent : many.transport.requests) {
    CHECK(sent.header("authorization").find("AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/") == 0);
    CHECK(sent.header("x-amz-security-token") == "session-token");
  }
  CHECK(many.transport.requests[3].header("x-amz-target") == "DynamoDB_20120810.UpdateItem");
  CHECK(many.transport.requests[3].body.find(R"("TableName":"locks")") != std::string::npos);
}

TEST_CASE("a lost reply is tried again with the same body while others go on, and is told to be doubted") {
  Many many;
  many.transport.fail(ErrorKind::ambiguous);
  many.transport.answer(200, "{}");
  many.transport.answer(200, "{}");
  many.start(1);
  many.start(2);
  const auto ended = many.drain();
  REQUIRE(ended.size() == 2);
  CHECK(ended.at(1).value().doubted);
  CHECK_FALSE(ended.at(2).value().doubted);
  REQUIRE(many.transport.requests.size() == 3);
  CHECK(many.transport.requests[2].body == many.transport.requests[0].body);
}

TEST_CASE("a pause of one operation holds up no other") {
  Many many;
  many.transport.answer(400, R"({"__type":"x#ThrottlingException"})", {{"x-amz-retry-after", "3000"}});
  many.transport.answer(200, "{}");
  many.transport.answer(200, "{}");
  many.start(1);
  many.start(2);
  const MonotonicTime begin = many.clock.now();
  const auto first = many.multi->wait(begin + 1h, nullptr);
  REQUIRE(first);
  CHECK(first->id == 2);
  CHECK(many.clock.now() == begin);
  const auto second = many.multi->wait(begin + 1h, nullptr);
  REQUIRE(second);
  CHECK(second->id == 1);
  CHECK(second->result.ok());
  CHECK(many.clock.now() >= begin + 3s);
}

TEST_CASE("attempts are bounded, and a write in doubt stays ambiguous") {
  Many many(3);
  many.transport.fail(ErrorKind::ambiguous);
  many.transport.fail(ErrorKind::not_applied);
  many.transport.fail(ErrorKind::not_applied);
  many.start(1);
  const auto ended = many.drain();
  REQUIRE(ended.size() == 1);
  REQUIRE_FALSE(ended.at(1).ok());
  CHECK(ended.at(1).error().kind == ErrorKind::ambiguous);
  CHECK(ended.at(1).error().attempts == 3);
  CHECK(ended.at(1).error().operation == "PutItem");
  CHECK(many.pauses.size() == 3);
}

TEST_CASE("retries of a Multi and of blocking calls share one quota") {
  Many many;
  // 500 tokens are 35 retries of 14.
  for (int i = 0; i < 200; ++i) many.transport.fail(ErrorKind::not_applied);
  for (std::uint64_t id = 0; id < 20; ++id) many.start(id);
  CHECK(many.drain().size() == 20);
  CHECK(many.transport.requests.size() == 20 + 35);
  many.transport.requests.clear();
  REQUIRE_FALSE(many.client->put_item("locks", Setup::put()).ok());
  CHECK(many.transport.requests.size() == 1);
}

TEST_CASE("each operation ends by its own deadline") {
  Many many;
  many.transport.delays = {10s, 1ms, 10s, 10s};
  for (int i = 0; i < 2; ++i) many.transport.answer(200, "{}");
  for (int i = 0; i < 2; ++i) many.transport.answer(200, "{}");
  const MonotonicTime begin = many.clock.now();
  many.start(1, Setup::put(), {begin + 300ms, nullptr});
  many.start(2, Setup::put(), {begin + 300ms, nullptr});
  many.start(3, GetItem{key("a"), true}, {begin + 200ms, nullptr});
  auto finished = many.multi->wait(begin + 1h, nullptr);
  REQUIRE(finished);
  CHECK(finished->id == 2);
  finished = many.multi->wait(begin + 1h, nullptr);
  REQUIRE(finished);
  CHECK(finished->id == 3);
  CHECK(finished->result.error().kind == ErrorKind::timed_out);
  CHECK(many.clock.now() == begin + 200ms);
  finished = many.multi->wait(begin + 1h, nullptr);
  REQUIRE(finished);
  CHECK(finished->id == 1);
  CHECK(finished->result.error().kind == ErrorKind::ambiguous);
  CHECK(many.clock.now() == begin + 300ms);
}

TEST_CASE("an operation that is cancelled between two attempts ends, and is not tried again") {
  Many many;
  Cancellation cancellation;
  many.transport.answer(400, R"({"__type":"x#ThrottlingException"})", {{"x-amz-retry-after", "4000"}});
  many.start(1, Setup::put(), {MonotonicTime::max(), &cancellation});
  many.transport.last_multi->on_wait = [&] { cancellation.cancel(); };
  const MonotonicTime begin = many.clock.now();
  const auto finished = many.multi->wait(begin + 1h, nullptr);
  REQUIRE(finished);
  CHECK(finished->result.error().kind == ErrorKind::throttled);
  CHECK(many.clock.now() <= begin + 100ms);
  CHECK(many.transport.requests.size() == 1);
}

TEST_CASE("a wait ends at its time or when it is woken, and the operations go on") {
  Many many;
  many.transport.delays = {500ms};
  many.transport.answer(200, "{}");
  many.start(1);
  const MonotonicTime begin = many.clock.now();
  CHECK_FALSE(many.multi->wait(begin + 100ms, nullptr));
  CHECK(many.clock.now() == begin + 100ms);
  Cancellation wake;
  many.transport.last_multi->on_wait = [&] { wake.cancel(); };
  CHECK_FALSE(many.multi->wait(begin + 1h, &wake));
  CHECK(many.clock.now() == begin + 100ms);
  many.transport.last_multi->on_wait = nullptr;
  CHECK(many.drain().at(1).ok());
}

TEST_CASE("replies to a Multi teach the servers' time, and are checked") {
  Many many;
  CHECK_FALSE(many.table.server_clock().bounds(many.clock.now()));
  many.transport.answer(200, "{}", {{"Date", "Thu, 01 Jan 2026 00:05:00 GMT"}, {"x-amz-crc32", "1"}});
  many.transport.answer(200, "{}", {{"x-amz-crc32", std::to_string(crc32("{}"))}});
  many.start(1);
  const auto ended = many.drain();
  CHECK(ended.at(1).value().doubted);
  CHECK(many.table.server_clock().bounds(many.clock.now()));
}

TEST_CASE("a server that echoes the secret does not get it into an error of a Multi") {
  Many many;
  many.transport.answer(400, R"({"__type":"x#ValidationException","message":"saw secret-key and session-token"})",
                        {{"x-amzn-RequestId", "session-token"}});
  many.start(1);
  const auto ended = many.drain();
  const Error& error = ended.at(1).error();
  for (const std::string& text : {error.message, error.aws_message, error.request_id}) {
    CHECK(text.find("secret-key") == std::string::npos);
    CHECK(text.find("session-token") == std::string::npos);
  }
  CHECK(error.aws_message.find("saw") != std::string::npos);
}

TEST_CASE("keys are asked for once for all that is due, and for no longer than a second") {
  class Slow final : public credentials::Provider {
   public:
    explicit Slow(test::FakeClock& clock) : clock_(clock) {}
    Result<credentials::SharedCredentials> get(MonotonicTime deadline, const Cancellation*) override {
      ++asked;
      clock_.wait_until(deadline, nullptr);
      return make_error(ErrorKind::timed_out, "no keys yet");
    }
    std::string source() const override { return "slow"; }
    int asked = 0;

   private:
    test::FakeClock& clock_;
  };
  test::FakeClock clock;
  test::CountingEntropy entropy;
  test::ScriptedTransport transport(clock);
  Slow slow(clock);
  ClientOptions options;
  options.endpoint = "https://dynamodb.eu-west-1.amazonaws.com";
  options.region = "eu-west-1";
  options.attempts_max = 1;
  const auto client = *Client::create({transport, slow, clock, entropy}, std::move(options));
  const auto multi = client->multi("locks");
  const MonotonicTime begin = clock.now();
  for (std::uint64_t id = 0; id < 10; ++id) multi->start(id, Setup::put(), {});
  for (int i = 0; i < 10; ++i) {
    const auto finished = multi->wait(begin + 1h, nullptr);
    REQUIRE(finished);
    CHECK(finished->result.error().kind == ErrorKind::not_applied);
  }
  CHECK(slow.asked == 1);
  CHECK(clock.now() == begin + 1s);
  CHECK(transport.requests.empty());
}

TEST_CASE("to be woken while keys are fetched is no attempt of any operation") {
  class Impatient final : public credentials::Provider {
   public:
    Result<credentials::SharedCredentials> get(MonotonicTime, const Cancellation* cancellation) override {
      if (cancellation != nullptr && cancellation->cancelled()) return make_error(ErrorKind::timed_out, "cancelled");
      return std::make_shared<const sigv4::Credentials>(sigv4::Credentials{"AKIDEXAMPLE", Secret("secret-key"), Secret()});
    }
    std::string source() const override { return "impatient"; }
  };
  Setup setup(1, std::make_unique<Impatient>());
  const auto multi = setup.client->multi("locks");
  multi->start(1, Setup::put(), {});
  Cancellation wake;
  wake.cancel();
  CHECK_FALSE(multi->wait(setup.clock.now() + 1h, &wake));
  CHECK(setup.pauses.empty());

  setup.transport.answer(200, "{}");
  const auto finished = multi->wait(setup.clock.now() + 1h, nullptr);
  REQUIRE(finished);
  CHECK(finished->result.ok());
  CHECK(setup.pauses.size() == 1);
}

TEST_CASE("a transport that has no Multi gives none") {
  class OneByOne final : public http::Transport {
   public:
    Result<http::Response> send(const http::Request&) override { return make_error(ErrorKind::not_applied, "no"); }
  };
  OneByOne transport;
  Setup setup;
  ClientOptions options;
  options.endpoint = "https://dynamodb.eu-west-1.amazonaws.com";
  options.region = "eu-west-1";
  const auto client = *Client::create({transport, *setup.credentials, setup.clock, setup.entropy}, std::move(options));
  CHECK(client->multi("locks") == nullptr);
}
